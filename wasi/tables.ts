// Tables whose form has to be known before their first row is written (a CSV header, CREATE TABLE, an Arrow schema).
// Batches are held back until there is no more to come or they are too many: what all of them have in columns is the
// form. A column that comes later is an error where the form cannot grow, and ALTER TABLE in SQL.
import { isNull, nil } from "../core/engine/layout/field";
import { allocBlock, allocStruct, freeBlock } from "../core/engine/memory/arena";
import { clearBuffer, putBytes, putText } from "../core/engine/memory/buffer";
import { sameBytes } from "../core/engine/memory/bytes";
import { bindBatch, Column, readColumns } from "./arrow-read";
import { endStream, writeBatch, writeEmptyStream } from "./arrow-stream";
import { putCsvHeader, putCsvRows } from "./csv";
import {
  batchAt,
  batchLength,
  batchRows,
  batchTable,
  batchTableLength,
  batchVersion,
  listAt,
  listLength,
  readTableSchema,
} from "./engine";
import { fail, message } from "./failure";
import { ARROW, CSV, lookahead, output, SQL } from "./options";
import { beginTransaction, commitTransaction, putCreateTable, putInserts, putNewColumns } from "./sql";
import { flushOutput, out } from "./system";


@unmanaged
class Target {
  name: usize;
  nameLength: u32;
  /** The version of the schema that `columns` are from, and its message. */
  version: u32;
  columns: Column;
  schema: usize;
  schemaLength: usize;
  /** Its form has been written. */
  begun: u32;
  next: Target;
}


@unmanaged
class Held {
  target: Target;
  rows: u32;
  message: usize;
  length: usize;
  next: Held;
}

let firstTarget: Target = nil<Target>();
let lastTarget: Target = nil<Target>();
let firstHeld: Held = nil<Held>();
let lastHeld: Held = nil<Held>();
let heldBytes: u64 = 0;
let holding: bool = true;

/** The table that is wanted alone, 0: all. */
let wanted: usize = 0;
let wantedLength: usize = 0;

export function wantOnly(name: usize, n: usize): void {
  wanted = allocBlock(n + 1);
  memory.copy(wanted, name, n);
  wantedLength = n;
}

/** Takes over the batch taken last. */
export function putBatch(): void {
  if (wanted && !(batchTableLength == <u32>wantedLength && sameBytes(batchTable, wanted, wantedLength)))
    return;
  const message = batchAt;
  const length = batchLength;
  const target = targetOf();
  if (target.version < batchVersion) readForm(target, batchVersion);
  if (!holding) {
    if (!target.begun) begin(target);
    writeRows(target, message, length, batchRows);
    return;
  }
  const h = changetype<Held>(allocStruct(offsetof<Held>()));
  h.target = target;
  h.rows = batchRows;
  h.length = length;
  h.message = allocBlock(length);
  memory.copy(h.message, message, length);
  if (isNull(firstHeld)) firstHeld = h;
  else lastHeld.next = h;
  lastHeld = h;
  heldBytes += length;
  if (heldBytes > lookahead) release();
}

/** The load has ended: `records` of the input are in. */
export function endTables(records: u64): void {
  if (holding) release();
  if (wanted && isNull(firstTarget)) noSuchTable(records);
  if (output == SQL) commitTransaction();
  else if (output == ARROW) endStream();
  flushOutput();
}

function targetOf(): Target {
  let t = firstTarget;
  while (!isNull(t) && !(t.nameLength == batchTableLength && sameBytes(t.name, batchTable, t.nameLength)))
    t = t.next;
  if (!isNull(t)) return t;
  t = changetype<Target>(allocStruct(offsetof<Target>()));
  t.name = allocBlock(batchTableLength + 1);
  memory.copy(t.name, batchTable, batchTableLength);
  t.nameLength = batchTableLength;
  if (isNull(firstTarget)) firstTarget = t;
  else lastTarget.next = t;
  lastTarget = t;
  return t;
}

/** Reads the columns that the table has from a version on. */
function readForm(t: Target, version: u32): void {
  readTableSchema(t.name, t.nameLength, version);
  const kept = allocBlock(listLength);
  memory.copy(kept, listAt, listLength);
  let last = t.columns;
  while (!isNull(last) && !isNull(last.next)) last = last.next;
  t.columns = readColumns(kept, t.columns);
  t.schema = kept;
  t.schemaLength = listLength;
  t.version = version;
  if (t.begun) addColumns(t, last.next);
}

/** Writes what was held back; from now on batches are written as they come. */
function release(): void {
  holding = false;
  if (output == SQL) beginTransaction();
  for (let t = firstTarget; !isNull(t); t = t.next) begin(t);
  for (let h = firstHeld; !isNull(h); h = h.next) {
    writeRows(h.target, h.message, h.length, h.rows);
    freeBlock(h.message, h.length);
  }
}

/** Writes the table's form. */
function begin(t: Target): void {
  t.begun = 1;
  if (output == SQL) putCreateTable(t.name, t.nameLength, t.columns);
  else if (output == CSV) putCsvHeader(t.columns);
  else putBytes(out, t.schema, t.schemaLength);
}

/** Columns from `first` on are new in a table whose form has been written. */
function addColumns(t: Target, first: Column): void {
  if (output == SQL) {
    putNewColumns(t.name, t.nameLength, first);
    return;
  }
  clearBuffer(message);
  putText(message, "column ");
  putBytes(message, first.name, first.nameLength);
  putText(message, " of table ");
  putBytes(message, t.name, t.nameLength);
  putText(message, " came after the output had begun");
  fail(
    "SCHEMA_CONTRACT",
    "hold more back: --lookahead <MB>, or take all tables: --output arrow without --only",
  );
}

function writeRows(t: Target, message: usize, length: usize, rows: u32): void {
  if (output == ARROW) {
    writeBatch(t.columns, message, length, rows);
    return;
  }
  bindBatch(t.columns, message, rows);
  if (output == SQL) putInserts(t.name, t.nameLength, t.columns, rows);
  else putCsvRows(t.columns, rows);
}

/** An input without records has no tables; else the name is wrong. */
function noSuchTable(records: u64): void {
  if (!records) {
    if (output == ARROW) writeEmptyStream();
    return;
  }
  clearBuffer(message);
  putText(message, "the input has no table ");
  putBytes(message, wanted, wantedLength);
  fail("CONFIG_INVALID", "see its tables: --schema");
}
