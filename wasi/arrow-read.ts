// Columns of Arrow messages (format/Schema.fbs, format/Message.fbs), as far as the engine's own go: what a schema
// message says of each, and where a record batch has its buffers.
import { allocStruct } from "../core/engine/memory/arena";
import { isText } from "../core/engine/memory/bytes";
import { isNull, nil } from "../core/engine/layout/field";

// Type codes of the union in Schema.fbs.
export const T_INT: u32 = 2;
export const T_DOUBLE: u32 = 3;
export const T_BINARY: u32 = 4;
export const T_TEXT: u32 = 5;
export const T_BOOL: u32 = 6;
export const T_DECIMAL: u32 = 7;
export const T_DATE: u32 = 8;
export const T_TIME: u32 = 9;
export const T_TIMESTAMP: u32 = 10;
/** Text that is JSON: the extension type arrow.json. */
export const T_JSON: u32 = 100;


@unmanaged
export class Column {
  name: usize;
  nameLength: u32;
  type: u32;
  nullable: u32;
  precision: u32;
  scale: u32;
  next: Column;
  // in the batch at hand
  /** Nulls; 0: `valid` may be empty. */
  nulls: u32;
  valid: usize;
  offsets: usize;
  data: usize;
}

/** Where the value of a flatbuffer table's slot stands, 0 when it is absent. */
function slot(table: usize, n: i32): usize {
  const vtable = table - <usize>load<i32>(table);
  const entry = 4 + (n << 1);
  if (entry >= <i32>load<u16>(vtable)) return 0;
  const offset = <usize>load<u16>(vtable + entry);
  return offset ? table + offset : 0;
}

function refer(at: usize): usize {
  return at + load<u32>(at);
}

/** The header of an encapsulated message. */
function headerOf(message: usize): usize {
  const metadata = message + 8;
  return refer(slot(refer(metadata), 2));
}

function cell(table: usize, n: i32, absent: u32): u32 {
  const at = slot(table, n);
  return at ? load<u32>(at) : absent;
}

/** Appends the columns that a schema message has beyond those known (a list by `next`); returns the first. The message's
 *  memory must stay. */
export function readColumns(message: usize, known: Column): Column {
  const fields = refer(slot(headerOf(message), 1));
  const count = load<u32>(fields);
  let first = known;
  let last = nil<Column>();
  let have: u32 = 0;
  for (let c = known; !isNull(c); c = c.next) {
    last = c;
    have++;
  }
  for (let i = have; i < count; i++) {
    const c = readColumn(refer(fields + 4 + i * 4));
    if (isNull(last)) first = c;
    else last.next = c;
    last = c;
  }
  return first;
}

function readColumn(field: usize): Column {
  const c = changetype<Column>(allocStruct(offsetof<Column>()));
  const name = refer(slot(field, 0));
  c.nameLength = load<u32>(name);
  c.name = name + 4;
  const nullable = slot(field, 1);
  c.nullable = nullable ? load<u8>(nullable) : 0;
  c.type = load<u8>(slot(field, 2));
  const type = refer(slot(field, 3));
  if (c.type == T_DECIMAL) {
    c.precision = cell(type, 0, 0);
    c.scale = cell(type, 1, 0);
  }
  if (c.type == T_TEXT && isJson(field)) c.type = T_JSON;
  return c;
}

function isJson(field: usize): bool {
  const metadata = slot(field, 6);
  if (!metadata) return false;
  const pairs = refer(metadata);
  const count = load<u32>(pairs);
  for (let i: u32 = 0; i < count; i++) {
    const value = refer(slot(refer(pairs + 4 + i * 4), 1));
    if (isText(value + 4, load<u32>(value), "arrow.json")) return true;
  }
  return false;
}

/** A record batch's field nodes and buffers: a count, then 16 bytes each. */
export function nodesOf(message: usize): usize {
  return refer(slot(headerOf(message), 1));
}
export function buffersOf(message: usize): usize {
  return refer(slot(headerOf(message), 2));
}

/** Points the columns at a record batch's buffers; those the batch does not have are null in every row. */
export function bindBatch(columns: Column, message: usize, rows: u32): void {
  const nodes = nodesOf(message);
  const count = load<u32>(nodes);
  const body = message + 8 + load<u32>(message, 4);
  let node = nodes + 4;
  let buffer = buffersOf(message) + 4;
  let i: u32 = 0;
  for (let c = columns; !isNull(c); c = c.next) {
    if (i++ >= count) {
      c.nulls = rows;
      c.valid = 0;
      continue;
    }
    c.nulls = load<u32>(node, 8);
    node += 16;
    c.valid = body + load<u32>(buffer);
    buffer += 16;
    if (c.type == T_TEXT || c.type == T_JSON || c.type == T_BINARY) {
      c.offsets = body + load<u32>(buffer);
      buffer += 16;
    }
    c.data = body + load<u32>(buffer);
    buffer += 16;
  }
}


@inline
export function isMissing(c: Column, row: u32): bool {
  if (!c.nulls) return false;
  return !c.valid || !((load<u8>(c.valid + (row >>> 3)) >>> (row & 7)) & 1);
}
