// Tables and their rows.
import { allocBlock, allocStruct, freeBlock } from "../memory/arena";
import {
  cold,
  Cold,
  Field,
  Hint,
  isNull,
  nil,
  Shape,
  SLACK,
  Table,
  WITH_LOG,
  WITH_OUTER_ID,
  WITH_RECORD,
  WITH_ROOT_ID,
} from "../layout/field";
import { growColumn } from "../columns/storage";
import { discardsRows, isBarred, NEW_TABLE } from "../contract/modes";
import { hashBytes, sameBytes } from "../memory/bytes";
import { newShape } from "./shape";

/** Every table of the load, in order of appearance, without those that came and may not be made. */
export let firstTable: Table = nil<Table>();
let lastTable: Table = nil<Table>();
export let tableCount: u32 = 0;
/** Number of the record being parsed, from 1; what has it as `record` was touched by it. */
export let recordSerial: u32 = 0;
/** What the rows of every table carry beside the usual. */
let extra: u32 = 0;

let maxTables: u32 = 4096;

export function configureTables(max: u32, withRootKey: bool): void {
  maxTables = max;
  extra = withRootKey ? WITH_ROOT_ID : 0;
}


@inline
export function nextRecord(): void {
  recordSerial++;
}

export function tablesFull(): bool {
  return tableCount >= maxTables;
}

/** Whether the tables of the configuration are being read: they are there, whatever the contract. */
let isConfigured: bool = false;
export function setConfigured(on: bool): void {
  isConfigured = on;
}

let bucketMask: u32 = 1023;
let buckets: usize = memory.data(1024 * 4, 16);
/** Tables in the buckets. */
let named: u32 = 0;


@inline
function bucketOf(hash: u32): usize {
  return buckets + ((<usize>(hash & bucketMask)) << 2);
}

function putInBucket(t: Table): void {
  const at = bucketOf(t.nameHash);
  t.nextInBucket = load<Table>(at);
  store<Table>(at, t);
}

function growBuckets(): void {
  const old = buckets;
  const end = old + ((<usize>bucketMask + 1) << 2);
  bucketMask = bucketMask * 4 + 3;
  buckets = allocStruct((<usize>bucketMask + 1) << 2);
  for (let at = old; at < end; at += 4) {
    let t = load<Table>(at);
    while (!isNull(t)) {
      const next = t.nextInBucket;
      putInBucket(t);
      t = next;
    }
  }
}

export function findTable(name: usize, n: u32): Table {
  const hash = hashBytes(name, n);
  let t = load<Table>(bucketOf(hash));
  while (!isNull(t)) {
    if (t.nameHash == hash && t.nameLength == n && sameBytes(t.name, name, n)) return t;
    t = t.nextInBucket;
  }
  return t;
}

/** Adds a table, to its name only where the contract keeps it from being made; name and path must live as long as the
 *  instance. */
export function newTable(
  name: usize,
  nameLength: u32,
  path: usize,
  pathLength: u32,
  parent: Table,
  hint: Hint,
  level: i32,
  depth: u32,
): Table {
  const t = changetype<Table>(allocStruct(offsetof<Table>()));
  t.name = name;
  t.nameLength = nameLength;
  t.nameHash = hashBytes(name, nameLength);
  t.path = path;
  t.pathLength = pathLength;
  t.parent = parent;
  t.salt = <u64>t.nameHash * 0x9e3779b97f4a7c15 + <u64>nameLength;
  t.hint = hint;
  t.extra = isNull(parent) ? extra : parent.extra;
  t.contract = NEW_TABLE | (isNull(parent) ? 0 : parent.contract);
  if (isNull(parent) && !isNull(hint)) followHint(t, hint);
  t.systemAt = -1;
  t.columnMask = 15;
  t.columnBuckets = allocStruct(16 * sizeof<usize>());
  t.shape = newShape(t, nil<Shape>(), 0, 0, hint, level, depth);
  if (named++ > bucketMask) growBuckets();
  putInBucket(t);
  if (!isConfigured && isBarred(t)) return t;
  if (isNull(lastTable)) firstTable = t;
  else lastTable.next = t;
  lastTable = t;
  tableCount++;
  return t;
}

/** What the hints of a root table say of its rows. They hold from its first row on. */
export function followHint(t: Table, hint: Hint): void {
  if (t.rowCapacity) return;
  t.rowId = hint.rowId;
  if (hint.contract) bind(t, hint.contract);
  if (hint.extra) carry(t, hint.extra);
}

/** Lets the rows of a table and of all that have its root carry more; none has rows yet. */
export function carry(t: Table, more: u32): void {
  const root = rootOf(t);
  root.extra |= more;
  for (let other = firstTable; !isNull(other); other = other.next)
    if (rootOf(other) == root) other.extra |= more;
}

/** Lets the contract hold for the table and all that have its root. */
function bind(t: Table, contract: u32): void {
  if (discardsRows(contract)) carry(t, WITH_LOG);
  const root = rootOf(t);
  for (let other = root; !isNull(other); other = other.next)
    if (rootOf(other) == root) other.contract = contract | (other.contract & NEW_TABLE);
}

export function rootOf(t: Table): Table {
  while (!isNull(t.parent)) t = t.parent;
  return t;
}

export const ID_LENGTH: usize = 14;

/** Whether some table that lists fill has columns that must not be null. */
export let nestedRequired: bool = false;

export function requireNested(t: Table): void {
  if (!isNull(t.parent) || !isNull(t.ownIn)) nestedRequired = true;
}

function growSlots(old: usize, oldCapacity: u32, capacity: u32, rows: u32, width: usize): usize {
  const p = allocBlock(<usize>capacity * width + SLACK);
  if (old) {
    memory.copy(p, old, <usize>rows * width);
    freeBlock(old, <usize>oldCapacity * width + SLACK);
  }
  return p;
}

function growTable(t: Table): void {
  const before = t.rowCapacity;
  const capacity: u32 = before ? before * 2 : 64;
  const rows = t.rows;
  t.ids = growSlots(t.ids, before, capacity, rows, ID_LENGTH);
  if (!isNull(t.parent)) {
    t.parentIds = growSlots(t.parentIds, before, capacity, rows, ID_LENGTH);
    t.listIndex = growSlots(t.listIndex, before, capacity, rows, 8);
    if (t.extra & WITH_ROOT_ID) t.rootIds = growSlots(t.rootIds, before, capacity, rows, ID_LENGTH);
  } else if (t.extra & WITH_OUTER_ID) t.rootIds = growSlots(t.rootIds, before, capacity, rows, ID_LENGTH);
  if (t.extra & WITH_RECORD) t.records = growSlots(t.records, before, capacity, rows, 8);
  t.rowCapacity = capacity;
  let c = t.columns;
  while (!isNull(c)) {
    growColumn(c, capacity);
    c = cold(c).nextColumn;
  }
}

/** Adds an empty row and returns its number within the batch. */
@inline
export function newRow(t: Table): u32 {
  const row = t.rows;
  if (row == t.rowCapacity) growTable(t);
  if (t.record != recordSerial) {
    t.record = recordSerial;
    t.recordStart = row;
  }
  t.rows = row + 1;
  return row;
}

/** Puts f among the fields that are looked through when rows go: it sees something. */
export function listField(f: Field): void {
  const k = cold(f);
  if (k.isListed) return;
  k.isListed = 1;
  k.nextField = k.table.fields;
  k.table.fields = f;
}

/** Takes f out of these fields. */
export function unlistField(f: Field): void {
  const t = cold(f).table;
  if (!cold(f).isListed) return;
  let at = changetype<usize>(t) + offsetof<Table>("fields");
  while (load<Field>(at) != f) at = changetype<usize>(cold(load<Field>(at))) + offsetof<Cold>("nextField");
  store<Field>(at, cold(f).nextField);
  cold(f).isListed = 0;
}
