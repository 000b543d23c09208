// Cutting batches at record ends and queueing them for the host.
import { allocStruct } from "../memory/arena";
import { batchBytes } from "../config/config";
import { cold, isNull, nil, Table, Version } from "../layout/field";
import { isColumn } from "../layout/kinds";
import { truncateOwnIds } from "../tables/own-ids";
import { firstTable } from "../tables/table";
import { isBodyOf, messageCapacity, messageLength, recordBatch } from "./record-batch";


@unmanaged
export class Batch {
  table: Table;
  version: u32;
  rows: u32;
  message: usize;
  length: usize;
  capacity: usize;
  next: Batch;
}

let first: Batch = nil<Batch>();
let last: Batch = nil<Batch>();
let spare: Batch = nil<Batch>();

/** Cells of a table from which on it is cut, however little there is in them: every column has room for every row. */
@inline const WIDE: u64 = 4194304;

/** Whether t has more cells than it is to have. */
function isWide(t: Table): bool {
  return <u64>t.rows * t.columnCount >= WIDE;
}

/** Cuts the tables that have gathered enough; all of them at the end. */
export function cutBatches(all: bool): void {
  const enough = batchBytes >>> 1;
  let t = firstTable;
  while (!isNull(t)) {
    if (t.rows && (all || isWide(t) || isBodyOf(t, enough))) cut(t);
    t = t.next;
  }
}

/** Cuts the tables that have become too large before the batch is full. */
export function cutWide(): void {
  for (let t = firstTable; !isNull(t); t = t.next) if (isWide(t)) cut(t);
}

function cut(t: Table): void {
  const rows = t.rows;
  if (t.systemAt < 0) t.systemAt = <i32>t.columnCount;
  if (t.version == 0 || t.versionColumns != t.columnCount) newVersion(t);
  let b = spare;
  if (isNull(b)) b = changetype<Batch>(allocStruct(offsetof<Batch>()));
  else spare = b.next;
  b.table = t;
  b.version = t.version;
  b.rows = rows;
  b.message = recordBatch(t);
  b.length = messageLength;
  b.capacity = messageCapacity;
  b.next = nil<Batch>();
  if (isNull(last)) first = b;
  else last.next = b;
  last = b;
  reset(t);
}

function newVersion(t: Table): void {
  t.version++;
  t.versionColumns = t.columnCount;
  const v = changetype<Version>(allocStruct(offsetof<Version>()));
  v.number = t.version;
  v.columns = t.columnCount;
  v.next = t.versions;
  t.versions = v;
}

/** Begins the next batch of t, whose columns are empty. */
function reset(t: Table): void {
  let f = t.fields;
  while (!isNull(f)) {
    if (f.len && f.len != 0xffffffff && !isColumn(f.kind)) f.len = 0;
    f = cold(f).nextField;
  }
  t.cutRows += t.rows;
  t.rows = 0;
  t.record = 0;
  truncateOwnIds(t.ownIds, 0);
  truncateOwnIds(t.ownParentIds, 0);
  truncateOwnIds(t.ownRootIds, 0);
}

/** Takes the oldest batch from the queue; null when it is empty. The caller frees the message. */
export function takeBatch(): Batch {
  const b = first;
  if (isNull(b)) return b;
  first = b.next;
  if (isNull(first)) last = first;
  b.next = spare;
  spare = b;
  return b;
}
