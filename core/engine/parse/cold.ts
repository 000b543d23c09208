// Scalars off the fast path: the first of a field, those of another type than the column, masked, shared, dropped ones.
// Everything here is called from the parser with p on the value (strings: after the quote) and returns the position
// after it, 0 on failure. cold-containers.ts has objects and lists.
import { bindBeside, bindField, givesWay, inferredKind, NO_VARIANT, share, variantOf } from "../columns/bind";
import { columnName, nameLength } from "../columns/name";
import { findColumn, forgetRemoved, isUnproven, removeColumn, retype, unwiden } from "../columns/column";
import { convertInto } from "../columns/convert";
import { setDouble, setInt, setValue } from "../columns/value";
import { maskValue } from "../columns/mask";
import { putI64, putNull, unwriteRow } from "../columns/write";
import { barsBeside, isRepeated, refuseColumn, refuseType } from "../contract/breach";
import { onTrial, refuseNew } from "../cursor/trial";
import { clearBuffer, newBuffer, reserve } from "../memory/buffer";
import { cold, Cold, F_OWNED, F_SEEN_NULL, Field, isNull } from "../layout/field";
import {
  K_BARRED,
  K_BOOL,
  K_DECIMAL,
  K_DOUBLE,
  K_INT,
  K_LIST,
  K_MASK,
  K_NESTED,
  K_NONE,
  K_OBJECT,
  K_ROW_ID,
  K_SHARED,
  K_SKIP,
  K_TEXT,
  K_TIMESTAMP,
  K_TWIN,
} from "../layout/kinds";
import { numberErrorAt, numDouble, numInt, numKind, parseNumber } from "../number/parse-number";
import { E_DUPLICATE, E_NUMBER, E_OWN_ID, E_VALUE, E_VARIANT, fail } from "../scan/failure";
import { skipLiteral } from "../scan/skip";
import { decodeString, skipString } from "../scan/text";
import { listField, recordSerial } from "../tables/table";
import { fastTimestamp, timestampMicros } from "./timestamp";
import { advance } from "./advance";
import { areSupplied, ownIds } from "./own-ids";

/** Whether the text being parsed was rewritten: its keys are spelled one way and stand once; an object's members are
 *  followed by the input's constants. */
export let rewritten: bool = false;
export function setRewritten(on: bool): void {
  rewritten = on;
}

const decoded = newBuffer();

/** Fields that take no value as it is: 1 skip the value, 0 go on, -1 failed. */
export function special(p: usize, f: Field): i32 {
  const kind: u32 = f.kind;
  if (kind == K_SKIP) return 1;
  if (kind == K_ROW_ID) {
    if (ownIds && areSupplied) return 1;
    fail(p, E_OWN_ID);
    return -1;
  }
  if (kind == K_TWIN) {
    if (!rewritten) {
      fail(p, E_DUPLICATE);
      return -1;
    }
    f.kind = <u8>K_NONE;
    const bound = bindField(f);
    if (!bound) return -1;
  }
  return 0;
}

/** Stores the value at hand; `at` is where it stands. */
export function storeValue(at: usize, f: Field, row: u32): bool {
  let kind: u32 = f.kind;
  if (kind == K_NONE) {
    if (onTrial) return refuseNew(at) != 0;
    if (f.len != 0xffffffff && f.len > row) return fail(at, E_DUPLICATE) != 0;
    if (!bindField(f)) return false;
    kind = f.kind;
  }
  if (kind == K_BARRED) return refuseColumn(at, f, row);
  if (kind == K_OBJECT || kind == K_LIST || kind == K_NESTED) {
    // A scalar where objects or lists were: it gets a column of its own beside them.
    return storeBeside(at, f, row);
  }
  let c = f;
  if (kind == K_SHARED || kind == K_MASK) {
    if (f.len > row) return fail(at, E_DUPLICATE) != 0;
    f.len = row + 1;
    c = cold(f).target;
    if (kind == K_MASK && !maskValue(cold(f).hint)) return true;
    if (!claim(c, f, row)) return true;
  } else if (c.len > row) return fail(at, E_DUPLICATE) != 0;
  return storeIn(at, c, row);
}

function storeIn(at: usize, c: Field, row: u32): bool {
  return convertInto(c, row) || storeVariant(at, c, row);
}

/** Stores the value at hand beside c, in the variant column of its kind. */
export function storeVariant(at: usize, c: Field, row: u32): bool {
  const v = variantOf(c);
  if (isNull(v)) return false;
  if (v == NO_VARIANT) return refuseType(at, c, row);
  if (v.len > row) return fail(at, E_DUPLICATE) != 0;
  if (!convertInto(v, row)) return fail(at, E_VARIANT) != 0;
  if (c.len <= row) putNull(c, row);
  return true;
}

/** Makes row `row` of c the field's to write; false when what another field has written there stays. */
function claim(c: Field, f: Field, row: u32): bool {
  if (c.len > row) {
    if (onTrial) {
      refuseNew(0);
      return false;
    }
    if (!makeWay(c, f, row)) return false;
    // The value that gave way does not decide the type either.
    if (isUnproven(c)) retype(c, inferredKind());
  }
  cold(c).writer = cold(f).owner;
  cold(c).writerRow = row + 1;
  return true;
}

/** Two fields of one row write one column: takes the earlier value back if the later one counts. */
function makeWay(c: Field, f: Field, row: u32): bool {
  const k = cold(c);
  if (k.writerRow == row + 1 && !givesWay(k.writer, cold(f).owner)) return false;
  unwriteRow(c, row);
  if (k.widenedIn == recordSerial && k.widenedRow == row) unwiden(c);
  let removed = false;
  let slot = changetype<usize>(k) + offsetof<Cold>("variantBool");
  const end = changetype<usize>(k) + offsetof<Cold>("variantJson");
  while (slot <= end) {
    const v = load<Field>(slot);
    if (!isNull(v) && v.len > row) {
      unwriteRow(v, row);
      if (isUnproven(v)) {
        removeColumn(v);
        removed = true;
      }
    }
    slot += 4;
  }
  if (removed) forgetRemoved(k.table);
  return true;
}

function storeBeside(at: usize, f: Field, row: u32): bool {
  const k = cold(f);
  if (f.len > row) return fail(at, E_DUPLICATE) != 0;
  if (isNull(k.target)) {
    if (onTrial) return refuseNew(at) != 0;
    if (barsBeside(f)) {
      f.len = row + 1;
      return refuseColumn(at, f, row);
    }
    const kind = f.kind;
    if (!bindBeside(f)) return false;
    f.kind = kind;
  }
  f.len = row + 1;
  const c = k.target;
  return claim(c, f, row) ? storeIn(at, c, row) : true;
}

export function coldString(p: usize, f: Field, row: u32): usize {
  const kind: u32 = f.kind;
  if (kind == K_TIMESTAMP) {
    const end = fastTimestamp(p);
    if (end) {
      if (f.len != row && !advance(p, f, row)) return 0;
      putI64(f, row, timestampMicros);
      return end;
    }
  }
  const after = skipString(p);
  if (!after) return 0;
  const how = special(p, f);
  if (how) return how > 0 ? after : 0;
  const raw = after - p;
  clearBuffer(decoded);
  const d = reserve(decoded, raw + 64);
  const end = decodeString(p, d);
  setValue(K_TEXT, d, <u32>(end - d));
  return storeValue(p, f, row) ? after : 0;
}

/** Larger than any position: numbers always end at a byte that is no digit. */
const NO_END: usize = 0xfffffff0;

export function coldNumber(p: usize, f: Field, row: u32): usize {
  const end = parseNumber(p, NO_END);
  if (!end) return fail(numberErrorAt, E_NUMBER);
  const how = special(p, f);
  if (how) return how > 0 ? end : 0;
  setValue(numKind == 0 ? K_INT : numKind == 1 ? K_DECIMAL : K_DOUBLE, p, <u32>(end - p));
  setInt(numInt);
  setDouble(numDouble);
  // Infinity (1e999) is no value: null, as in dlt.
  if (numKind == 2 && numDouble - numDouble != 0) return coldNull(end - 4, f, row);
  return storeValue(p, f, row) ? end : 0;
}

export function coldBool(p: usize, f: Field, row: u32, value: u32): usize {
  const end = p + <usize>(5 - value);
  const how = special(p, f);
  if (how) return how > 0 ? end : 0;
  setValue(K_BOOL, p, 5 - value);
  setInt(<i64>value);
  return storeValue(p, f, row) ? end : 0;
}

/** A null in a field that may have been written in this row, or has seen nothing yet. */
export function coldNull(p: usize, f: Field, row: u32): usize {
  if (f.kind == <u8>K_NONE && f.len == 0xffffffff) {
    if (onTrial) return refuseNew(p);
    listField(f);
    noteNull(f);
    f.len = row + 1;
    const name = columnName(f);
    const other = findColumn(cold(f).table, name, nameLength);
    if (isNull(other) || !(cold(other).flags & F_OWNED)) return p + 4;
    share(f, other);
    f.len = 0;
  }
  const kind: u32 = f.kind;
  if (kind == K_SHARED) return sharedNull(p, f, row);
  if ((kind == K_OBJECT || kind == K_LIST || kind == K_NESTED) && f.len <= row) {
    if (onTrial && !(cold(f).flags & F_SEEN_NULL)) return refuseNew(p);
    noteNull(f);
    f.len = row + 1;
    return p + 4;
  }
  const how = special(p, f);
  if (how < 0) return 0;
  if (how == 0 && f.len != 0xffffffff && f.len > row) return fail(p, E_DUPLICATE);
  if (kind == K_BARRED && isRepeated(f, row)) return fail(p, E_DUPLICATE);
  return p + 4;
}

function noteNull(f: Field): void {
  const k = cold(f);
  if (k.flags & F_SEEN_NULL) return;
  k.flags |= F_SEEN_NULL;
  k.nullIn = recordSerial;
}

/** A null takes nothing back where two keys of a row lead to one column. */
function sharedNull(p: usize, f: Field, row: u32): usize {
  if (f.len > row) return fail(p, E_DUPLICATE);
  f.len = row + 1;
  return p + 4;
}

export function coldLiteral(p: usize): usize {
  return skipLiteral(p) ? fail(p, E_VALUE) : 0;
}
