// One record: its cells into the columns, as many bytes a step as in parse/string and parse/number.
import { advance } from "../parse/advance";
import { coldNull, storeValue, storeVariant } from "../parse/cold";
import { longNumber, putPlainNumber, putPlainNumberAside } from "../parse/number";
import { fastTimestamp, timestampMicros } from "../parse/timestamp";
import { setValue, valueInt, valueKind } from "../columns/value";
import { growValues } from "../columns/storage";
import { putBool, putI64, unwriteRow } from "../columns/write";
import { cold, Field, isNull, Table } from "../layout/field";
import {
  K_BARRED,
  K_BINARY,
  K_BOOL,
  K_DECIMAL,
  K_INT,
  K_JSON,
  K_MASK,
  K_NONE,
  K_ROW_ID,
  K_SHARED,
  K_SKIP,
  K_TEXT,
  K_TIME,
  K_TIMESTAMP,
} from "../layout/kinds";
import { QUOTES, vec } from "../scan/constants";
import { E_AFTER_QUOTE, E_CELLS, E_UNCLOSED, fail } from "../scan/failure";
import { supplyId } from "../tables/ids";
import { afterRecord, cellEnds, cellLength, cellText, delimiter, quote, readCell, textEnd } from "./cells";
import { setCell } from "./sample";

/** Reads the record at p into row `row` of t; its fields are `count` pointers. Returns the position after the record,
 *  behind {@link textEnd} when its end has not come; 0 on failure. */
export function readRow(p: usize, t: Table, fields: usize, count: u32, row: u32): usize {
  const stop = fields + ((<usize>count) << 2);
  const mark = delimiter;
  const quoteByte = quote;
  while (true) {
    const f = load<Field>(fields);
    const kind: u32 = f.kind;
    if (<u32>load<u8>(p) == quoteByte) {
      p = kind == K_TEXT ? putQuoted(p, f, row) : putCellAt(p, t, f, row);
      if (!p) return 0;
    } else {
      const v = v128.load(p);
      const m = cellEnds(v);
      if (m & 1) {
        if (kind == K_NONE && f.len == 0xffffffff && !coldNull(p, f, row)) return 0;
      } else if (kind == K_TEXT) {
        p = putPlain(p, v, m, f, row);
        if (!p) return 0;
      } else {
        const n = <usize>ctz(m | 0x10000);
        const isNumber = n < 16 && kind - K_INT < 2 && (f.len == row || advance(p, f, row));
        if (isNumber && putPlainNumber(p, n, f, row)) p += n;
        else {
          p = putCellAt(p, t, f, row);
          if (!p) return 0;
        }
      }
    }
    fields += 4;
    if (<u32>load<u8>(p) != mark) break;
    if (fields == stop) return fail(p, E_CELLS);
    p++;
  }
  const c: u32 = load<u8>(p);
  if (c != 10 && c != 13) return fail(p, E_AFTER_QUOTE);
  for (; fields < stop; fields += 4) {
    const f = load<Field>(fields);
    if (f.kind == <u8>K_NONE && f.len == 0xffffffff && !coldNull(p, f, row)) return 0;
  }
  return afterRecord(p);
}

/** Position after the record whose last cell ends at p; 0 on failure. */
export function endOfRow(p: usize): usize {
  const c: u32 = load<u8>(p);
  if (c == delimiter) return fail(p, E_CELLS);
  return c == 10 || c == 13 ? afterRecord(p) : fail(p, E_AFTER_QUOTE);
}

/** The plain cell at p, which begins with v (m: where cells end in it), into a text column. */
@inline
function putPlain(p: usize, v: v128, m: u32, c: Field, row: u32): usize {
  if (c.len != row && !advance(p, c, row)) return 0;
  let d = c.dataPos;
  if (d > c.dataEnd) {
    growValues(c, 64);
    d = c.dataPos;
  }
  while (true) {
    v128.store(d, v);
    if (m) break;
    const v1 = v128.load(p, 16);
    const v2 = v128.load(p, 32);
    v128.store(d, v1, 16);
    v128.store(d, v2, 32);
    m = cellEnds(v1) | (cellEnds(v2) << 16);
    if (m) {
      p += 16;
      d += 16;
      break;
    }
    p += 48;
    d += 48;
    if (d > c.dataEnd) {
      c.dataPos = d;
      growValues(c, 64);
      d = c.dataPos;
    }
    v = v128.load(p);
    m = cellEnds(v);
  }
  const k = <usize>ctz(m);
  endText(d + k, c, row);
  return p + k;
}


@inline
function endText(d: usize, c: Field, row: u32): void {
  c.dataPos = d;
  store<u32>(c.offsets + ((<usize>row + 1) << 2), <u32>(d - c.data));
  c.len = row + 1;
}

/** The quoted cell at p into a text column. */
function putQuoted(start: usize, c: Field, row: u32): usize {
  if (c.len != row && !advance(start, c, row)) return 0;
  let p = start + 1;
  let d = c.dataPos;
  while (true) {
    if (d > c.dataEnd) {
      c.dataPos = d;
      growValues(c, 64);
      d = c.dataPos;
    }
    const v = v128.load(p);
    const v1 = v128.load(p, 16);
    v128.store(d, v);
    v128.store(d, v1, 16);
    const m =
      (<u32>i8x16.bitmask(i8x16.eq(v, vec(QUOTES)))) |
      ((<u32>i8x16.bitmask(i8x16.eq(v1, vec(QUOTES)))) << 16);
    if (!m) {
      p += 32;
      d += 32;
      continue;
    }
    const k = <usize>ctz(m);
    p += k;
    d += k;
    if (p > textEnd) return fail(start, E_UNCLOSED);
    if (<u32>load<u8>(p, 1) != quote || p + 1 > textEnd) break;
    // The first of two quotes has been copied.
    d++;
    p += 2;
  }
  endText(d, c, row);
  return p + 1;
}

/** The cell at p into any field. Returns the position of the byte behind it, 0 on failure. */
function putCellAt(p: usize, t: Table, f: Field, row: u32): usize {
  const end = readCell(p);
  return end && putCell(cellText, cellLength, t, f, row) ? end : 0;
}

const clock: usize = memory.data(128, 16);

/** The n bytes at p, a cell's text, into any field. */
function putCell(p: usize, n: usize, t: Table, f: Field, row: u32): bool {
  const kind: u32 = f.kind;
  if (kind == K_SKIP) return true;
  if (kind == K_ROW_ID) {
    if (n) supplyId(t, row, p, <u32>n);
    return true;
  }
  const stored: u32 =
    kind == K_SHARED || kind == K_MASK ? cold(f).target.kind : kind == K_BARRED ? K_NONE : kind;
  // Nothing between quotes is an empty text; where no text is kept, it is no value.
  if (n == 0 && stored != K_TEXT && stored != K_NONE) return true;
  if (kind == K_TIMESTAMP && n < 48) {
    v128.store(clock, v128.load(p));
    v128.store(clock, v128.load(p, 16), 16);
    v128.store(clock, v128.load(p, 32), 32);
    store<u8>(clock + n, 34);
    if (fastTimestamp(clock) == clock + n + 1) {
      if (f.len != row && !advance(p, f, row)) return false;
      putI64(f, row, timestampMicros);
      return true;
    }
  } else if (kind - K_INT < 2) {
    if (n < 16) {
      if (putPlainNumberAside(p, n, f, row)) return true;
    } else {
      const end = longNumber(p, f, row);
      if (end == p + n) return true;
      if (end) unwriteRow(f, row);
    }
  }
  if (n == 0 || stored == K_TEXT || stored == K_JSON || stored == K_BINARY || stored == K_TIME)
    setValue(K_TEXT, p, <u32>n);
  else {
    setCell(p, n);
    if (kind == K_BOOL && valueKind == K_BOOL) {
      if (f.len != row && !advance(p, f, row)) return false;
      putBool(f, row, <u32>valueInt);
      return true;
    }
  }
  // Digits of another spelling (007, +1) would not come back out of a number.
  if (valueKind == K_TEXT && isInferredNumber(f)) return storeVariant(p, f, row);
  return storeValue(p, f, row);
}

/** Whether f is a column of numbers that no hint has asked for. */
function isInferredNumber(f: Field): bool {
  const kind: u32 = f.kind;
  const hint = cold(f).hint;
  return (kind - K_INT < 2 || kind == K_DECIMAL) && (isNull(hint) || !hint.set || hint.kind == K_NONE);
}
