// Columns of a table: found by name, created, taken over by a field, widened, removed.
import { allocStruct } from "../memory/arena";
import { hashBytes, sameBytes } from "../memory/bytes";
import {
  cold,
  Cold,
  COLD,
  F_EXISTING,
  F_FIXED,
  F_HINTED,
  F_NULLABLE,
  F_OWNED,
  F_REMOVED,
  F_SEEN_NULL,
  Field,
  isNull,
  nil,
  Table,
} from "../layout/field";
import { columnName, nameLength } from "./name";
import {
  K_DECIMAL,
  K_DOUBLE,
  K_INT,
  K_JSON,
  K_LIST,
  K_MASK,
  K_NESTED,
  K_NONE,
  K_OBJECT,
  K_SHARED,
} from "../layout/kinds";
import { E_COLUMNS, fail } from "../scan/failure";
import { recordSerial } from "../tables/table";
import { allocColumn, freeColumn } from "./storage";
import { i64ToDecimal } from "../number/decimal128";

let maxColumns: u32 = 10000;
export function setMaxColumns(n: u32): void {
  maxColumns = n;
}

export function findColumn(t: Table, name: usize, n: u32): Field {
  const hash = hashBytes(name, n);
  let c = load<Field>(t.columnBuckets + ((<usize>(hash & t.columnMask)) << 2));
  while (!isNull(c)) {
    const k = cold(c);
    if (k.nameHash == hash && k.nameLength == n && sameBytes(k.name, name, n)) return c;
    c = k.nextSameBucket;
  }
  return c;
}

function putInBucket(t: Table, c: Field): void {
  const at = t.columnBuckets + ((<usize>(cold(c).nameHash & t.columnMask)) << 2);
  cold(c).nextSameBucket = load<Field>(at);
  store<Field>(at, c);
}

function takeFromBucket(t: Table, c: Field): void {
  let at = t.columnBuckets + ((<usize>(cold(c).nameHash & t.columnMask)) << 2);
  while (load<Field>(at) != c)
    at = changetype<usize>(cold(load<Field>(at))) + offsetof<Cold>("nextSameBucket");
  store<Field>(at, cold(c).nextSameBucket);
}

function growBuckets(t: Table): void {
  t.columnMask = t.columnMask * 2 + 1;
  t.columnBuckets = allocStruct((<usize>(t.columnMask + 1)) << 2);
  let c = t.columns;
  while (!isNull(c)) {
    putInBucket(t, c);
    c = cold(c).nextColumn;
  }
}

/** Makes c, a field without column state, the last column of t. False when the table is full. The name must live
 *  as long as the instance; precision and scale are for decimals. */
export function addColumn(
  c: Field,
  t: Table,
  name: usize,
  n: u32,
  kind: u32,
  precision: u32,
  scale: u32,
): bool {
  if (t.columnCount >= maxColumns) {
    fail(0, E_COLUMNS);
    return false;
  }
  const k = cold(c);
  if (c.len == 0xffffffff) c.len = 0;
  k.table = t;
  k.name = name;
  k.nameLength = n;
  k.nameHash = hashBytes(name, n);
  k.precision = precision;
  k.scale = scale;
  k.flags |= F_NULLABLE;
  k.nextColumn = nil<Field>();
  k.previousColumn = t.lastColumn;
  if (isNull(t.lastColumn)) t.columns = c;
  else cold(t.lastColumn).nextColumn = c;
  t.lastColumn = c;
  t.columnCount++;
  if (t.columnCount * 2 > t.columnMask) growBuckets(t);
  else putInBucket(t, c);
  c.len = 0;
  k.runStart = 0;
  k.nulls = 0;
  k.validDirty = 0;
  setKind(c, kind);
  return true;
}

/** Gives the column its type and memory; an incomplete column (K_NONE) has none yet. */
export function setKind(c: Field, kind: u32): void {
  c.kind = <u8>kind;
  if (kind == K_JSON) lookAnew(c);
  if (kind != K_NONE && cold(c).table.rowCapacity) allocColumn(c, cold(c).table.rowCapacity);
}

/** The objects and lists of the fields that lead to c, now a JSON column, stay JSON from the next row on. */
function lookAnew(c: Field): void {
  const k = cold(c);
  for (let f = k.table.fields; !isNull(f); f = cold(f).nextField) {
    if (f.kind != <u8>K_OBJECT && f.kind != <u8>K_LIST) continue;
    const name = columnName(f);
    if (nameLength == k.nameLength && sameBytes(name, k.name, nameLength)) f.kind = <u8>K_NESTED;
  }
}

/** f takes over the column c, which no field owns: its state moves into f's line. */
export function adoptColumn(f: Field, c: Field): void {
  const k = cold(f);
  const from = cold(c);
  const t = from.table;
  takeFromBucket(t, c);
  f.kind = c.kind;
  f.len = c.len;
  f.data = c.data;
  f.dataPos = c.dataPos;
  f.dataEnd = c.dataEnd;
  f.offsets = c.offsets;
  const seenNull = k.flags & F_SEEN_NULL;
  // Column state and identity are the first part of the cold line, up to `scale`.
  memory.copy(changetype<usize>(k), changetype<usize>(from), offsetof<Cold>("owner"));
  k.flags |= seenNull;
  const variants = offsetof<Cold>("variantBool");
  memory.copy(
    changetype<usize>(k) + variants,
    changetype<usize>(from) + variants,
    offsetof<Cold>("writer") - variants,
  );
  k.flags |= F_OWNED;
  k.base = from.base;
  k.discards = from.discards;
  k.widenedIn = from.widenedIn;
  k.widenedFrom = from.widenedFrom;
  k.widenedRow = from.widenedRow;
  let at = changetype<usize>(k) + variants;
  while (at <= changetype<usize>(k) + offsetof<Cold>("variantJson")) {
    const v = load<Field>(at);
    if (!isNull(v)) cold(v).base = f;
    at += 4;
  }
  if (isNull(k.previousColumn)) t.columns = f;
  else cold(k.previousColumn).nextColumn = f;
  if (isNull(k.nextColumn)) t.lastColumn = f;
  else cold(k.nextColumn).previousColumn = f;
  putInBucket(t, f);
}

/** Whether no row has a value in the column, and nothing else vouches for its type. */
export function isUnproven(c: Field): bool {
  const k = cold(c);
  return (k.flags & (F_FIXED | F_EXISTING | F_HINTED)) == 0 && c.len == k.nulls && !isMaskedProof(k);
}

/** Notes that the row at hand has a value for a column that shows none of them. */
export function proveMasked(c: Field): void {
  const k = cold(c);
  k.nullIn = recordSerial;
  k.writerRow = k.table.rows;
}

/** Whether a row that stays has a value that only a mask keeps from the column. */
function isMaskedProof(k: Cold): bool {
  if (!isNull(k.owner) || !k.nullIn) return false;
  return k.nullIn != recordSerial || k.writerRow <= k.table.rows;
}

/** Gives an unproven column another type. */
export function retype(c: Field, kind: u32): void {
  const k = cold(c);
  if (k.valid) freeColumn(c);
  c.len = 0;
  k.runStart = 0;
  k.nulls = 0;
  k.validDirty = 0;
  k.precision = kind == K_DECIMAL ? 38 : 0;
  k.scale = 0;
  setKind(c, kind);
}

/** Takes an unproven column out of its table; its field is as if it had never seen a value. {@link forgetRemoved} ends
 *  a series of removals. */
export function removeColumn(c: Field): void {
  const k = cold(c);
  const t = k.table;
  takeFromBucket(t, c);
  if (isNull(k.previousColumn)) t.columns = k.nextColumn;
  else cold(k.previousColumn).nextColumn = k.nextColumn;
  if (isNull(k.nextColumn)) t.lastColumn = k.previousColumn;
  else cold(k.nextColumn).previousColumn = k.previousColumn;
  t.columnCount--;
  if (!(k.flags & F_NULLABLE)) {
    t.required--;
    t.boundHints--;
  }
  if (c.kind != <u8>K_NONE && k.valid) freeColumn(c);
  c.kind = <u8>K_NONE;
  c.len = 0xffffffff;
  k.flags = (k.flags & F_SEEN_NULL) | F_REMOVED;
  k.nulls = 0;
}

/** Makes the fields and columns of t forget the columns that were removed: once, after any number of removals. */
export function forgetRemoved(t: Table): void {
  let c = t.columns;
  while (!isNull(c)) {
    forgetVariants(cold(c));
    c = cold(c).nextColumn;
  }
  let f = t.fields;
  while (!isNull(f)) {
    const k = cold(f);
    forgetVariants(k);
    if (!isNull(k.target) && cold(k.target).flags & F_REMOVED) {
      k.target = nil<Field>();
      if (f.kind == <u8>K_SHARED || f.kind == <u8>K_MASK) {
        f.kind = <u8>K_NONE;
        f.len = 0xffffffff;
      }
    }
    f = k.nextField;
  }
  f = t.fields;
  while (!isNull(f)) {
    cold(f).flags &= ~F_REMOVED;
    f = cold(f).nextField;
  }
}

function forgetVariants(k: Cold): void {
  let at = changetype<usize>(k) + offsetof<Cold>("variantBool");
  const end = changetype<usize>(k) + offsetof<Cold>("variantJson");
  while (at <= end) {
    const v = load<Field>(at);
    if (!isNull(v) && cold(v).flags & F_REMOVED) store<Field>(at, nil<Field>());
    at += 4;
  }
}

/** 2^53: every integer up to it is exact as a double. */
const EXACT: i64 = 9007199254740992;

export function isExactDouble(v: i64): bool {
  if (v >= -EXACT && v <= EXACT) return true;
  const d = <f64>v;
  return d < 9223372036854775807.0 && d >= -9223372036854775808.0 && <i64>d == v;
}

/** Turns a bigint column into a double one when nothing of it has left the engine and every value is exact. */
export function widenToDouble(c: Field, row: u32): bool {
  const k = cold(c);
  if (k.flags & (F_FIXED | F_EXISTING)) return false;
  for (let i: u32 = 0; i < c.len; i++)
    if (!isExactDouble(load<i64>(c.data + ((<usize>i) << 3)))) return false;
  for (let i: u32 = 0; i < c.len; i++) {
    const at = c.data + ((<usize>i) << 3);
    store<f64>(at, <f64>load<i64>(at));
  }
  c.kind = <u8>K_DOUBLE;
  noteWidening(k, K_INT, row);
  return true;
}

/** Turns a bigint column into decimal(38,0) when nothing of it has left the engine. */
export function widenToDecimal(c: Field, row: u32): bool {
  const k = cold(c);
  if (k.flags & (F_FIXED | F_EXISTING)) return false;
  copyAs(c, K_DECIMAL);
  k.precision = 38;
  k.scale = 0;
  noteWidening(k, K_INT, row);
  return true;
}

function noteWidening(k: Cold, from: u32, row: u32): void {
  k.widenedRow = row;
  k.widenedIn = recordSerial;
  k.widenedFrom = from;
}

/** Re-allocates the values of c as another number kind, bigint to decimal or back. */
function copyAs(c: Field, kind: u32): void {
  const k = cold(c);
  const len = c.len;
  const old = allocStruct(COLD + 64) + COLD;
  memory.copy(old - COLD, changetype<usize>(c) - COLD, COLD + 32);
  const before = changetype<Field>(old);
  c.kind = <u8>kind;
  allocColumn(c, k.rowCapacity);
  memory.copy(k.valid, cold(before).valid, ((<usize>len + 7) >>> 3) + 1);
  for (let i: u32 = 0; i < len; i++) {
    if (kind == K_DECIMAL)
      i64ToDecimal(load<i64>(before.data + ((<usize>i) << 3)), 38, 0, c.data + ((<usize>i) << 4));
    else store<i64>(c.data + ((<usize>i) << 3), load<i64>(before.data + ((<usize>i) << 4)));
  }
  freeColumn(before);
}

/** Undoes a widening of the record being rolled back. */
export function unwiden(c: Field): void {
  const k = cold(c);
  k.widenedIn = 0;
  if (c.kind == <u8>K_DOUBLE) {
    for (let i: u32 = 0; i < c.len; i++) {
      const at = c.data + ((<usize>i) << 3);
      store<i64>(at, <i64>load<f64>(at));
    }
    c.kind = <u8>K_INT;
  } else copyAs(c, K_INT);
}
