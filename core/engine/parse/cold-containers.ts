// Objects and lists off the fast path: the first of a field, those that stay JSON, those of tables that several fields
// fill. As in cold.ts, p is on the value and the position after it is returned, 0 on failure.
import { declareColumns } from "../columns/bind";
import { childPrefix, columnName, nameLength } from "../columns/name";
import { findColumn } from "../columns/column";
import { setValue } from "../columns/value";
import { putNull } from "../columns/write";
import { refuseList, unbar } from "../contract/breach";
import { isBarred } from "../contract/modes";
import { onTrial, refuseNew } from "../cursor/trial";
import { clearBuffer, newBuffer } from "../memory/buffer";
import { cold, Cold, F_EXISTING, F_FIXED, F_HINTED, Field, isNull } from "../layout/field";
import {
  isColumn,
  K_BARRED,
  K_JSON,
  K_LIST,
  K_MASK,
  K_NESTED,
  K_NONE,
  K_OBJECT,
  K_SHARED,
} from "../layout/kinds";
import { E_DEPTH, E_DUPLICATE, E_NULL, fail, failColumn } from "../scan/failure";
import { getDepthLimit, skipValue } from "../scan/skip";
import { newShape, rowShape } from "../tables/shape";
import { listField, recordSerial } from "../tables/table";
import { parseList, parseObject } from "./object";
import { childTable, countOf } from "./child-table";
import { writeJson } from "./json-text";
import { parseOwnList } from "./own-list";
import { special, storeValue } from "./cold";

const jsonText = newBuffer();

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
  else {
    listField(f);
    f.len = row + 1;
  }
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
    noteNested(f, row);
    f.kind = <u8>(becomesJson ? K_NESTED : K_OBJECT);
    f.data = changetype<usize>(k.shape);
  }
  return parseObject(p + 1, k.shape, row);
}

/** Notes that an object or a list has come in a field that had seen none: with its row, that is forgotten. */
function noteNested(f: Field, row: u32): void {
  cold(f).widenedIn = recordSerial;
  cold(f).widenedRow = row;
}

/** Declares the columns of objects at a place that is seen for the first time. False where one must not be null and
 *  records without it have come already. */
function declareInside(p: usize, k: Cold, prefix: usize, n: u32): bool {
  const t = k.table;
  const before = t.requiredHints;
  declareColumns(t, k.hint, prefix, n);
  if (t.requiredHints == before || t.rows + <u32>(t.cutRows != 0) <= 1) return true;
  failColumn(t, prefix, n - 2);
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
    noteNested(f, row);
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
