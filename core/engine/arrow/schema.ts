// Arrow's schema message (format/Schema.fbs, format/Message.fbs) of one version of a table.
import { clearBuffer, newBuffer, reserve } from "../memory/buffer";
import { writeText } from "../memory/bytes";
import {
  cold,
  F_NULLABLE,
  Field,
  isNull,
  Table,
  Version,
  WITH_OUTER_ID,
  WITH_RECORD,
  WITH_ROOT_ID,
} from "../layout/field";
import {
  K_BINARY,
  K_BOOL,
  K_DATE,
  K_DECIMAL,
  K_DOUBLE,
  K_INT,
  K_JSON,
  K_TEXT,
  K_TIME,
  K_TIMESTAMP,
  K_WEI,
} from "../layout/kinds";
import { beginTable, beginVector, referTo, referToNext, setCell, writeString } from "./flatbuffer";

const out = newBuffer();
const name: usize = memory.data(64, 8);

// Type codes of the union in Schema.fbs.
const T_INT: u32 = 2;
const T_FLOAT: u32 = 3;
const T_BINARY: u32 = 4;
const T_UTF8: u32 = 5;
const T_BOOL: u32 = 6;
const T_DECIMAL: u32 = 7;
const T_DATE: u32 = 8;
const T_TIME: u32 = 9;
const T_TIMESTAMP: u32 = 10;
const MICROSECOND: u32 = 2;

/** Columns a version has, 0 for an unknown version. */
function columnsOf(t: Table, version: u32): i32 {
  let v = t.versions;
  while (!isNull(v)) {
    if (v.number == version) return <i32>v.columns;
    v = v.next;
  }
  return -1;
}

/** System columns of a table: 2 in roots, 3 in nested ones; on request the root id, and the record's number. */
export function systemColumns(t: Table): u32 {
  const columns: u32 = isNull(t.parent) ? (t.extra & WITH_OUTER_ID ? 3 : 2) : t.extra & WITH_ROOT_ID ? 4 : 3;
  return t.extra & WITH_RECORD ? columns + 1 : columns;
}

let vector: u32 = 0;
let at: u32 = 0;

/** The encapsulated message; its length is in {@link schemaLength}. 0 for an unknown version. */
export let schemaLength: usize = 0;
export function schemaMessage(t: Table, version: u32): usize {
  const columns = columnsOf(t, version);
  if (columns < 0) return 0;
  clearBuffer(out);
  // Continuation marker, metadata length; then the position of the root table.
  reserve(out, 12);
  store<u32>(out.ptr, 0xffffffff);
  out.len = 12;
  const message = beginTable(out, 3, 7);
  store<u32>(out.ptr + 8, message - 8);
  setCell(out, message, 0, 4); // MetadataVersion V5
  setCell(out, message, 1, 1); // MessageHeader Schema
  referToNext(out, message, 2);
  const schemaCell = message + 4 + 8;
  const schema = beginTable(out, 2, 3);
  referTo(out, schemaCell, schema);
  referToNext(out, schema, 1);
  vector = beginVector(out, <u32>columns + systemColumns(t));
  at = 0;
  let c = t.columns;
  for (let i = 0; i <= columns; i++) {
    if (i == t.systemAt) writeSystem(t);
    if (i == columns) break;
    const k = cold(c);
    writeField(k.name, k.nameLength, c.kind, (k.flags & F_NULLABLE) != 0, k.precision, k.scale);
    c = k.nextColumn;
  }
  while (out.len & 7) {
    store<u8>(reserve(out, 1), 0);
    out.len++;
  }
  store<u32>(out.ptr, <u32>out.len - 8, 4);
  schemaLength = out.len;
  return out.ptr;
}

function writeSystem(t: Table): void {
  if (isNull(t.parent)) {
    if (t.extra & WITH_OUTER_ID) writeNamed("_dlt_root_id", K_TEXT);
    writeNamed("_dlt_load_id", K_TEXT);
  } else {
    if (t.extra & WITH_ROOT_ID) writeNamed("_dlt_root_id", K_TEXT);
    writeNamed("_dlt_parent_id", K_TEXT);
    writeNamed("_dlt_list_idx", K_INT);
  }
  writeNamed("_dlt_id", K_TEXT);
  if (t.extra & WITH_RECORD) writeNamed("_runlet_record", K_INT);
}

function writeNamed(text: string, kind: u32): void {
  writeField(name, writeText(name, text), kind, false, 0, 0);
}

function writeField(name: usize, n: u32, kind: u32, nullable: bool, precision: u32, scale: u32): void {
  const json = kind == K_JSON;
  const field = beginTable(out, 7, json ? 0x6f : 0x2f);
  referTo(out, vector + at * 4, field);
  at++;
  referToNext(out, field, 0);
  writeString(out, name, n);
  setCell(out, field, 1, nullable ? 1 : 0);
  const typeCell = field + 4 + 3 * 4;
  let code = T_UTF8;
  let type: u32;
  if (kind == K_INT) {
    code = T_INT;
    type = beginTable(out, 2, 3);
    setCell(out, type, 0, 64);
    setCell(out, type, 1, 1);
  } else if (kind == K_DOUBLE) {
    code = T_FLOAT;
    type = beginTable(out, 1, 1);
    setCell(out, type, 0, 2);
  } else if (kind == K_TIMESTAMP) {
    code = T_TIMESTAMP;
    type = beginTable(out, 2, 3);
    setCell(out, type, 0, MICROSECOND);
    referToNext(out, type, 1);
    store<u32>(zone, 0x435455);
    writeString(out, zone, 3);
  } else if (kind == K_DECIMAL || kind == K_WEI) {
    code = T_DECIMAL;
    type = beginTable(out, 3, 7);
    setCell(out, type, 0, precision);
    setCell(out, type, 1, scale);
    setCell(out, type, 2, 128);
  } else if (kind == K_DATE) {
    code = T_DATE;
    type = beginTable(out, 1, 1);
  } else if (kind == K_TIME) {
    code = T_TIME;
    type = beginTable(out, 2, 3);
    setCell(out, type, 0, MICROSECOND);
    setCell(out, type, 1, 64);
  } else {
    if (kind == K_BOOL) code = T_BOOL;
    else if (kind == K_BINARY) code = T_BINARY;
    type = beginTable(out, 0, 0);
  }
  setCell(out, field, 2, code);
  referTo(out, typeCell, type);
  referToNext(out, field, 5);
  beginVector(out, 0);
  if (json) writeJsonExtension(field);
}

const zone: usize = memory.data(8, 8);
const text: usize = memory.data(64, 8);

/** Field metadata that marks text as JSON: Arrow's canonical extension type. */
function writeJsonExtension(field: u32): void {
  referToNext(out, field, 6);
  const first = beginVector(out, 1);
  const pair = beginTable(out, 2, 3);
  referTo(out, first, pair);
  referToNext(out, pair, 0);
  writeString(out, text, writeText(text, "ARROW:extension:name"));
  referToNext(out, pair, 1);
  writeString(out, text, writeText(text, "arrow.json"));
}
