// The parser: one pass from bytes to columns. A field's key is compared with the one that followed last time before
// anything is searched; values go straight to the column in the field's cache line; all that is not plain goes to cold.ts and
// cold-containers.ts.
import { Field, isNull, Shape, Table } from "../layout/field";
import { K_BOOL, K_LIST, K_OBJECT, K_TEXT } from "../layout/kinds";
import { putBool } from "../columns/write";
import { rowDropped } from "../contract/drop-row";
import { E_LIST_END, E_OBJECT_END, fail } from "../scan/failure";
import { cursor, skipSpace } from "../scan/text";
import { findField, tokenBits } from "../tables/shape";
import { ID_LENGTH, newRow } from "../tables/table";
import { writeNestedIds } from "../tables/ids";
import { advance } from "./advance";
import { coldBool, coldLiteral, coldNull, coldString } from "./cold";
import { coldList, coldObject } from "./cold-containers";
import { putNumber, putNumberAside } from "./number";
import { ownIds, ownNestedIds } from "./own-ids";
import { writeExtra } from "./root-row";
import { putString } from "./string";
import { listFieldOf, valueFieldOf } from "./element";

/** p after the `{`. Returns the position after the `}`, 0 on failure. */
export function parseObject(p: usize, shape: Shape, row: u32): usize {
  let c: u32 = load<u8>(p);
  if (c <= 32) {
    p = skipSpace(p);
    c = load<u8>(p);
  }
  if (c == 125) return p + 1;
  let slot: usize = changetype<usize>(shape) + offsetof<Shape>("first");
  while (true) {
    let f = load<Field>(slot);
    if (tokenBits(p, f) == 0xffffffff) p += <usize>f.tokenLength;
    else {
      f = findField(p, shape, slot);
      if (isNull(f)) return 0;
      p = cursor;
    }
    c = load<u8>(p);
    if (c <= 32) {
      p++;
      if (c == 32) c = load<u8>(p);
      if (c <= 32) {
        p = skipSpace(p - 1);
        c = load<u8>(p);
      }
    }
    if (c == 34) {
      if (f.kind == <u8>K_TEXT) p = putString(p + 1, f, row);
      else p = coldString(p + 1, f, row);
    } else if (c - 45 < 13) p = putNumber(p, f, row);
    else if (c == 123) {
      if (f.kind == <u8>K_OBJECT && f.len <= row) {
        f.len = row + 1;
        p = parseObject(p + 1, changetype<Shape>(f.data), row);
      } else p = coldObject(p, f, row);
    } else if (c == 91) {
      if (f.kind == <u8>K_LIST && f.len <= row) {
        f.len = row + 1;
        p = parseList(p + 1, changetype<Table>(f.data), shape.table, row, 0);
      } else p = coldList(p, f, row);
    } else {
      const word = load<u32>(p);
      if (word == 0x6c6c756e) {
        if (f.len > row || f.kind > <u8>K_TEXT) p = coldNull(p, f, row);
        else p += 4;
      } else if (word == 0x65757274 || (word == 0x736c6166 && load<u8>(p, 4) == 101)) {
        const value = <u32>(word == 0x65757274);
        if (f.kind == <u8>K_BOOL) {
          if (f.len != row && !advance(p, f, row)) return 0;
          putBool(f, row, value);
          p += <usize>(5 - value);
        } else p = coldBool(p, f, row, value);
      } else return coldLiteral(p);
    }
    if (!p) return 0;
    slot = changetype<usize>(f) + offsetof<Field>("next");
    c = load<u8>(p);
    if (c != 44) {
      if (c == 125) return p + 1;
      p = skipSpace(p);
      c = load<u8>(p);
      if (c == 125) return p + 1;
      if (c != 44) return fail(p, E_OBJECT_END);
    }
    p++;
  }
}

/** p after the `[` of a list whose elements are rows of t, below a row of its parent, counted from `first`. */
export function parseList(p: usize, t: Table, parent: Table, parentRow: u32, first: u64): usize {
  let c: u32 = load<u8>(p);
  if (c <= 32) {
    p = skipSpace(p);
    c = load<u8>(p);
  }
  if (c == 93) return p + 1;
  let index = first;
  while (true) {
    const row = newRow(t);
    if (ownIds) ownNestedIds(p, t, row, parent, parentRow, index);
    else writeNestedIds(t, row, parent.ids + <usize>parentRow * ID_LENGTH, index);
    store<u64>(t.listIndex + ((<usize>row) << 3), index);
    if (t.extra) writeExtra(t, row, p);
    index++;
    if (c == 123) p = parseObject(p + 1, t.shape, row);
    else if (c == 34) {
      const f = valueFieldOf(t);
      if (f.kind == <u8>K_TEXT) p = putListString(p + 1, f, row);
      else p = coldString(p + 1, f, row);
    } else if (c - 45 < 13) p = putNumberAside(p, valueFieldOf(t), row);
    else p = parseElement(p, c, t, row);
    if (!p) {
      p = rowDropped(t, row);
      if (!p) return 0;
    }
    c = load<u8>(p);
    if (c <= 32) {
      p = skipSpace(p);
      c = load<u8>(p);
    }
    if (c == 93) return p + 1;
    if (c != 44) return fail(p, E_LIST_END);
    p++;
    c = load<u8>(p);
    if (c <= 32) {
      p = skipSpace(p);
      c = load<u8>(p);
    }
  }
}

function putListString(p: usize, f: Field, row: u32): usize {
  return putString(p, f, row);
}

/** A list in a list, or a literal. */
export function parseElement(p: usize, c: u32, t: Table, row: u32): usize {
  if (c == 91) {
    const f = listFieldOf(t);
    if (f.kind == <u8>K_LIST) return parseList(p + 1, changetype<Table>(f.data), t, row, 0);
    return coldList(p, f, row);
  }
  const word = load<u32>(p);
  if (word == 0x6c6c756e) return coldNull(p, valueFieldOf(t), row);
  if (word == 0x65757274) return coldBool(p, valueFieldOf(t), row, 1);
  if (word == 0x736c6166 && load<u8>(p, 4) == 101) return coldBool(p, valueFieldOf(t), row, 0);
  return coldLiteral(p);
}
