// What an input of comma-separated text knows: its dialect, its columns, the fields they are in each table.
import { bindField, setSniffed } from "../columns/bind";
import { normalizedName, nameLength } from "../columns/name";
import { cold, F_HINTED, Field, isNull, nil, Shape, Table } from "../layout/field";
import { nextAfter, valueOf } from "../config/reader";
import { isColumn, K_NONE, K_SKIP, K_TWIN } from "../layout/kinds";
import { allocBlock, allocStruct, freeBlock } from "../memory/arena";
import {
  Buffer,
  clearBuffer,
  newBuffer,
  putBytes,
  putByte,
  putNumber,
  putText,
  reserve,
} from "../memory/buffer";
import { hashBytes } from "../memory/bytes";
import { putJsonString } from "../parse/json-text";
import { findField } from "../tables/shape";
import { kindOf } from "./sample";


@unmanaged
export class Csv {
  /** The sample has been looked at: dialect and types are known. */
  sampled: u32;
  delimiter: u32;
  quote: u32;
  /** Every column is text unless a hint says otherwise. */
  textOnly: u32;
  /** Lines still to be passed over before the first record. */
  toSkip: u32;
  /** Where in a record that is passed over its last chunk ended (cells.ts). */
  skipped: u32;
  /** The columns' names are known. */
  named: u32;
  count: u32;
  /** Keys as they stand in JSON, `"key":`, one behind the other, and where each ends. */
  keys: Buffer;
  keyEnds: Buffer;
  /** Hash and length of the names that the keys become. */
  names: Buffer;
  /** Per column what its cells in the sample were (sample.ts). */
  votes: Buffer;
  /** Table and pointer to its fields, in pairs. */
  places: Buffer;
  /** The pair used last. */
  table: Table;
  fields: usize;
}

export function newCsv(): Csv {
  const csv = changetype<Csv>(allocStruct(offsetof<Csv>()));
  csv.keys = newBuffer();
  csv.keyEnds = newBuffer();
  csv.names = newBuffer();
  csv.votes = newBuffer();
  csv.places = newBuffer();
  return csv;
}

/** Makes ready for another input. */
export function resetCsv(csv: Csv): void {
  for (let i: usize = 0; i < csv.places.len; i += 8)
    freeBlock(load<usize>(csv.places.ptr + i, 4), (<usize>csv.count) << 2);
  csv.sampled = 0;
  csv.named = 0;
  csv.skipped = 0;
  csv.table = nil<Table>();
  resetNames(csv);
  clearBuffer(csv.votes);
  clearBuffer(csv.places);
}

export function resetNames(csv: Csv): void {
  csv.count = 0;
  clearBuffer(csv.keys);
  clearBuffer(csv.keyEnds);
  clearBuffer(csv.names);
}

const candidate = newBuffer();

/** Whether a column before has the name that the candidate becomes; notes it when none has. */
function isTaken(csv: Csv): bool {
  const name = normalizedName(candidate.ptr, <u32>candidate.len);
  const mark = ((<u64>hashBytes(name, nameLength)) << 32) | nameLength;
  const names = csv.names;
  for (let i: usize = 0; i < names.len; i += 8) if (load<u64>(names.ptr + i) == mark) return true;
  store<u64>(reserve(names, 8), mark);
  names.len += 8;
  return false;
}

/** Adds a column. One without a name is called by its place (`column_3`), one whose name is taken gets the next free
 *  number (`a_1`). */
export function addName(csv: Csv, p: usize, n: usize): void {
  clearBuffer(candidate);
  putBytes(candidate, p, n);
  if (!n) {
    putText(candidate, "column_");
    putNumber(candidate, csv.count + 1);
  }
  const length = candidate.len;
  for (let i: u64 = 1; isTaken(csv); i++) {
    candidate.len = length;
    putByte(candidate, 95);
    putNumber(candidate, i);
  }
  putJsonString(csv.keys, candidate.ptr, candidate.len);
  putByte(csv.keys, 58);
  // Keys are compared 32 bytes at a time.
  memory.fill(reserve(csv.keys, 64), 0, 64);
  store<u32>(reserve(csv.keyEnds, 4), <u32>csv.keys.len);
  csv.keyEnds.len += 4;
  csv.count++;
}

/** Start of the key of column i. */
export function keyOf(csv: Csv, i: u32): usize {
  return csv.keys.ptr + (i ? <usize>load<u32>(csv.keyEnds.ptr + ((<usize>i - 1) << 2)) : 0);
}

/** The fields of the columns in t, one pointer each; 0 on failure. What the sample has shown of a column gives it its
 *  type there, unless the table knows better. */
export function fieldsIn(csv: Csv, t: Table, constants: usize): usize {
  const places = csv.places;
  for (let i: usize = 0; i < places.len; i += 8)
    if (load<Table>(places.ptr + i) == t) return use(csv, t, load<usize>(places.ptr + i, 4));
  const fields = allocBlock((<usize>csv.count) << 2);
  let slot: usize = changetype<usize>(t.shape) + offsetof<Shape>("first");
  for (let i: u32 = 0; i < csv.count; i++) {
    const f = findField(keyOf(csv, i), t.shape, slot);
    slot = changetype<usize>(f) + offsetof<Field>("next");
    const passed = isConstant(f, t, constants);
    store<Field>(fields + ((<usize>i) << 2), passed ? skippedField() : f);
    if (passed) continue;
    // A key is spelled in one way here.
    if (f.kind == <u8>K_TWIN) f.kind = <u8>K_NONE;
    const kind = kindOf(csv, i);
    if (f.kind != <u8>K_NONE || kind == K_NONE) continue;
    setSniffed(kind);
    const bound = bindField(f);
    setSniffed(K_NONE);
    if (!bound) return 0;
    if (isColumn(f.kind)) cold(f).flags |= F_HINTED;
  }
  const at = reserve(places, 8);
  store<Table>(at, t);
  store<usize>(at, fields, 4);
  places.len += 8;
  return use(csv, t, fields);
}

/** Whether a constant has the key of f: it takes the place of the cells. */
function isConstant(f: Field, t: Table, constants: usize): bool {
  const slot: usize = changetype<usize>(t.shape) + offsetof<Shape>("first");
  for (let key = constants; key; key = nextAfter(valueOf(key)))
    if (findField(key, t.shape, slot) == f) return true;
  return false;
}

let noField: Field = nil<Field>();

/** A field that takes nothing. */
function skippedField(): Field {
  if (isNull(noField)) {
    noField = changetype<Field>(allocStruct(offsetof<Field>()));
    noField.kind = <u8>K_SKIP;
  }
  return noField;
}

function use(csv: Csv, t: Table, fields: usize): usize {
  csv.table = t;
  csv.fields = fields;
  return fields;
}
