// Values off the fast path: the first of a field, those of another type than the column, masked, shared, dropped ones.
// Everything here is called from the parser with p on the value (strings: after the quote) and returns the position
// after it, 0 on failure.
import {
  bindBeside,
  bindField,
  declareColumns,
  givesWay,
  inferredKind,
  NO_VARIANT,
  share,
  variantOf,
} from "../columns/bind";
import { childPrefix, columnName, nameLength } from "../columns/name";
import { findColumn, forgetRemoved, isUnproven, removeColumn, retype, unwiden } from "../columns/column";
import { convertInto } from "../columns/convert";
import { setDouble, setInt, setValue } from "../columns/value";
import { maskValue } from "../columns/mask";
import { putI64, putNull, unwriteRow } from "../columns/write";
import { barsBeside, isRepeated, refuseColumn, refuseList, refuseType, unbar } from "../contract/breach";
import { isBarred } from "../contract/modes";
import { onTrial, refuseNew } from "../cursor/trial";
import { clearBuffer, newBuffer, reserve } from "../memory/buffer";
import {
  cold,
  Cold,
  F_EXISTING,
  F_FIXED,
  F_HINTED,
  F_OWNED,
  F_SEEN_NULL,
  Field,
  isNull,
} from "../layout/field";
import {
  isColumn,
  K_BARRED,
  K_BOOL,
  K_DECIMAL,
  K_DOUBLE,
  K_INT,
  K_JSON,
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
import {
  E_DEPTH,
  E_DUPLICATE,
  E_NULL,
  E_NUMBER,
  E_OWN_ID,
  E_VALUE,
  E_VARIANT,
  fail,
  failColumn,
} from "../scan/failure";
import { getDepthLimit, skipLiteral, skipValue } from "../scan/skip";
import { decodeString, skipString } from "../scan/text";
import { newShape, rowShape } from "../tables/shape";
import { recordSerial } from "../tables/table";
import { fastTimestamp, timestampMicros } from "./timestamp";
import { advance } from "./advance";
import { parseList, parseObject } from "./object";
import { childTable, countOf } from "./child-table";
import { writeJson } from "./json-text";
import { parseOwnList } from "./own-list";
import { ownIds } from "./own-ids";

/** Whether the text being parsed was rewritten: its keys are spelled one way and stand once; an object's members are
 *  followed by the input's constants. */
export let rewritten: bool = false;
export function setRewritten(on: bool): void {
  rewritten = on;
}

const decoded = newBuffer();
const jsonText = newBuffer();

/** Fields that take no scalar: 1 skip the value, 0 go on, -1 failed. */
function special(p: usize, f: Field): i32 {
  const kind: u32 = f.kind;
  if (kind == K_SKIP) return 1;
  if (kind == K_ROW_ID) {
    if (ownIds) return 1;
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

// ---- scalars

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

// ---- objects and lists

/** Whether the column {@link staysJson} has looked at is JSON since this row. */
let becomesJson: bool = false;

/** Whether the values of the field stay JSON: by depth, by hint, by what the column was before this row. */
function staysJson(f: Field, row: u32): bool {
  const kind: u32 = f.kind;
  becomesJson = false;
  if (kind == K_JSON || kind == K_MASK) return true;
  const k = cold(f);
  if (k.owner.level <= 0) return true;
  if (!isNull(k.hint) && k.hint.set && (k.hint.kind == K_JSON || k.hint.mask)) return true;
  if (kind == K_SHARED) return wasJson(k.target, row);
  if (kind == K_NONE || kind == K_NESTED) {
    const name = columnName(f);
    const c = findColumn(k.table, name, nameLength);
    if (isNull(c)) return false;
    const was = wasJson(c, row);
    becomesJson = c.kind == <u8>K_JSON && !was;
    return was;
  }
  return false;
}

/** Whether c is a JSON column that this row did not make. */
function wasJson(c: Field, row: u32): bool {
  if (c.kind != <u8>K_JSON) return false;
  const k = cold(c);
  return (k.flags & (F_FIXED | F_EXISTING | F_HINTED)) != 0 || c.len != row + 1 || k.nulls != row;
}

/** Depth of the container that holds the field's values: a list where the field stands for elements, else an object. */
function depthAround(f: Field): u32 {
  return cold(f).owner.depth - cold(f).isElement;
}

function storeJson(p: usize, f: Field, row: u32): usize {
  clearBuffer(jsonText);
  const end = writeJson(p, jsonText, depthAround(f));
  if (!end) return 0;
  setValue(K_JSON, jsonText.ptr, <u32>jsonText.len);
  return storeValue(p, f, row) ? end : 0;
}

/** Notes that the field was seen in this row although its own column gets nothing. */
function seeElsewhere(p: usize, f: Field, row: u32): bool {
  if (f.kind == <u8>K_BARRED && !unbar(p, f, row)) return false;
  if (f.len != 0xffffffff && f.len > row) return fail(p, E_DUPLICATE) != 0;
  if (isColumn(f.kind)) putNull(f, row);
  else f.len = row + 1;
  return true;
}

export function coldObject(p: usize, f: Field, row: u32): usize {
  const how = special(p, f);
  if (how) return how > 0 ? skipValue(p, depthAround(f)) : 0;
  if (onTrial && f.kind == <u8>K_NONE) return refuseNew(p);
  if (staysJson(f, row)) return storeJson(p, f, row);
  if (!seeElsewhere(p, f, row)) return 0;
  const k = cold(f);
  if (isNull(k.shape)) {
    if (onTrial) return refuseNew(p);
    const owner = k.owner;
    if (depthAround(f) >= getDepthLimit()) return fail(p, E_DEPTH);
    const prefix = childPrefix(f);
    const n = nameLength;
    k.shape = newShape(k.table, owner, prefix, n, k.hint, owner.level - 1, depthAround(f) + 1);
    if (!isNull(k.hint) && !declareInside(p, k, prefix, n)) return 0;
  }
  if (f.kind == <u8>K_NONE) {
    f.kind = <u8>(becomesJson ? K_NESTED : K_OBJECT);
    f.data = changetype<usize>(k.shape);
  }
  return parseObject(p + 1, k.shape, row);
}

/** Declares the columns of objects at a place that is seen for the first time. False where one must not be null and
 *  records without it have come already. */
function declareInside(p: usize, k: Cold, prefix: usize, n: u32): bool {
  const t = k.table;
  const before = t.requiredHints;
  declareColumns(t, k.hint, prefix, n);
  if (t.requiredHints == before || t.rows + <u32>(t.cutRows != 0) <= 1) return true;
  failColumn(prefix, n - 2);
  return fail(p, E_NULL) != 0;
}

export function coldList(p: usize, f: Field, row: u32): usize {
  const how = special(p, f);
  if (how) return how > 0 ? skipValue(p, depthAround(f)) : 0;
  if (onTrial && f.kind == <u8>K_NONE) return refuseNew(p);
  if (staysJson(f, row)) return storeJson(p, f, row);
  if (!seeElsewhere(p, f, row)) return 0;
  const k = cold(f);
  const around = depthAround(f);
  if (isNull(k.list)) {
    if (onTrial) return refuseNew(p);
    if (around >= getDepthLimit()) return fail(p, E_DEPTH);
    const t = childTable(p, f);
    if (isNull(t)) return 0;
    k.list = t;
    // A list counts from its row's level, whatever objects lie between; a list in a list from the row that wraps it.
    k.listShape = rowShape(t, (k.isElement ? k.owner.level : k.table.shape.level) - 1, around + 2);
  }
  const t = k.list;
  if (t.contract && isBarred(t)) return refuseList(p, t, around);
  // At the limit the elements must not be containers, which the parser does not look at.
  const isLast = around + 1 == getDepthLimit();
  if (isLast && !skipValue(p, around)) return 0;
  if (f.kind == <u8>K_NONE) {
    const isPlain = !isLast && !becomesJson && !t.sharedLists && k.listShape == t.shape && !isNull(t.parent);
    f.kind = <u8>(isPlain ? K_LIST : K_NESTED);
    f.data = changetype<usize>(t);
  }
  if (isNull(t.parent)) return parseOwnList(p + 1, t, k.listShape);
  return t.sharedLists || k.listShape != t.shape
    ? sharedList(p, f, row)
    : parseList(p + 1, t, k.table, row, 0);
}

/** A list in a table that other fields fill, too: its objects may lie at another level, its place is counted on. */
function sharedList(p: usize, f: Field, row: u32): usize {
  const k = cold(f);
  const t = k.list;
  if (t.rows == 0 && t.cutRows == 0 && !t.existing) {
    if (onTrial) return refuseNew(p);
    t.parent = k.table;
  }
  const count = countOf(t, k.table, row);
  // Rows that the contract has taken out keep their places.
  const before = t.rows + t.dropped;
  const shape = t.shape;
  t.shape = k.listShape;
  const end = parseList(p + 1, t, k.table, row, count.rows);
  t.shape = shape;
  count.rows += t.rows + t.dropped - before;
  return end;
}
