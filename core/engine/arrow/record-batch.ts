// Arrow's record batch message (format/Message.fbs), written whole: metadata, then the buffers one behind the other.
// Columns without a value in the batch all point to one run of zeros at the beginning of the body.
import { allocBlock, blockSize, freeBlock, MAX_BLOCK, outOfMemory } from "../memory/arena";
import {
  cold,
  F_FIXED,
  Field,
  isNull,
  OwnIds,
  Table,
  WITH_OUTER_ID,
  WITH_RECORD,
  WITH_ROOT_ID,
} from "../layout/field";
import { isVariable, K_BOOL, widthOf } from "../layout/kinds";
import { bitBytes } from "../columns/storage";
import { setRun } from "../columns/write";
import { copyShort } from "../memory/bytes";
import { loadId, loadIdLength } from "../config/config";
import { findOwnId, hasOwnIds, ownIdBytes, ownIdLength, ownIdText } from "../tables/own-ids";
import { ID_LENGTH } from "../tables/table";
import { systemColumns } from "./schema";

export let messageLength: usize = 0;
export let messageCapacity: usize = 0;


@inline
function pad8(n: usize): usize {
  return (n + 7) & ~7;
}


@inline
function bitmapBytes(rows: u32): usize {
  return (<usize>rows + 7) >>> 3;
}

/** Offsets 0, n, 2n, … of columns whose values all have the same length. */
let idOffsets: usize = 0;
let idOffsetRows: u32 = 0;
let loadOffsets: usize = 0;
let loadValues: usize = 0;
let loadRows: u32 = 0;

/** Bytes for so many offsets; what is copied from them is read 16 bytes a step. */
@inline
function offsetRoom(rows: u32): usize {
  return (<usize>rows + 1) * 4 + 16;
}

function evenOffsets(rows: u32, width: u32): usize {
  const p = allocBlock(offsetRoom(rows));
  for (let i: u32 = 0; i <= rows; i++) store<u32>(p + ((<usize>i) << 2), i * width);
  return p;
}

function prepareConstants(rows: u32): void {
  if (idOffsetRows < rows) {
    if (idOffsets) freeBlock(idOffsets, offsetRoom(idOffsetRows));
    idOffsets = evenOffsets(rows * 2, <u32>ID_LENGTH);
    idOffsetRows = rows * 2;
  }
  if (loadRows < rows) {
    if (loadOffsets) {
      freeBlock(loadOffsets, offsetRoom(loadRows));
      freeBlock(loadValues, <usize>loadRows * loadIdLength + 16);
    }
    loadRows = rows * 2;
    loadOffsets = evenOffsets(loadRows, loadIdLength);
    loadValues = allocBlock(<usize>loadRows * loadIdLength + 16);
    for (let i: u32 = 0; i < loadRows; i++)
      memory.copy(loadValues + <usize>i * loadIdLength, loadId, loadIdLength);
  }
}

/** Bytes of values in a column of the batch. */
@inline
function valueBytes(c: Field, rows: u32): usize {
  const kind: u32 = c.kind;
  return isVariable(kind)
    ? c.dataPos - c.data
    : kind == K_BOOL
      ? bitmapBytes(rows)
      : <usize>rows * widthOf(kind);
}

/** Bytes for the validity and the offsets of a column. */
@inline
function besideValues(rows: u32): u64 {
  return <u64>(pad8(bitmapBytes(rows)) + pad8((<usize>rows + 1) * 4) + 16);
}

/** Upper bound of what there is beside the table's own columns. */
function systemBound(t: Table): u64 {
  const rows = t.rows;
  return (
    <u64>rows * 16 +
    64 +
    systemColumns(t) * besideValues(rows) +
    <u64>rows * (ID_LENGTH * 3 + 16 + loadIdLength) +
    64
  );
}

/** Whether a batch of t would have about so many bytes, or more. */
export function isBodyOf(t: Table, enough: u64): bool {
  const rows = t.rows;
  const perColumn = besideValues(rows);
  let bytes = systemBound(t);
  let c = t.columns;
  while (!isNull(c) && bytes < enough) {
    if (c.len) bytes += perColumn + pad8(valueBytes(c, rows)) + 8;
    c = cold(c).nextColumn;
  }
  return bytes >= enough;
}

// Where the next field node, buffer entry and body byte go.
let node: usize = 0;
let entry: usize = 0;
let body: usize = 0;
let free: usize = 0;


@inline
function putNode(rows: u32, nulls: u32): void {
  store<i64>(node, rows);
  store<i64>(node, nulls, 8);
  node += 16;
}


@inline
function putEntry(offset: usize, length: usize): void {
  store<i64>(entry, offset);
  store<i64>(entry, length, 8);
  entry += 16;
}

/** Below this a loop is faster than memory.copy, which is a call out of the module. */
@inline const SHORT: usize = 256;

/** Copies n bytes to the body, padded with zeros. */
@inline
function putBuffer(p: usize, n: usize): void {
  putFilled(p, n, n, 0);
}

/** Copies `used` bytes to the body and fills it up to n bytes with the word, padded with zeros. */
function putFilled(p: usize, used: usize, n: usize, word: u32): void {
  putEntry(free - body, n);
  if (used <= SHORT) copyShort(free, p, used);
  else memory.copy(free, p, used);
  if (used < n) {
    const v = i32x4.splat(word);
    for (let at = free + used; at < free + n; at += 16) v128.store(at, v);
  }
  store<u64>(free + n, 0);
  free += pad8(n);
}

/** Writes the batch and returns the message (a block of messageCapacity bytes); its columns are empty then. */
export function recordBatch(t: Table): usize {
  const rows = t.rows;
  prepareConstants(rows);
  const columns = t.columnCount + systemColumns(t);
  let buffers: usize = isNull(t.parent) ? (t.extra & WITH_OUTER_ID ? 9 : 6) : t.extra & WITH_ROOT_ID ? 11 : 8;
  if (t.extra & WITH_RECORD) buffers += 2;
  // The columns are gone through twice, each of them several cache lines: once to measure, once to write and empty them.
  const perColumn = besideValues(rows);
  let bound = systemBound(t);
  let c = t.columns;
  while (!isNull(c)) {
    const k = cold(c);
    k.flags |= F_FIXED;
    k.writerRow = 0;
    buffers += isVariable(c.kind) ? 3 : 2;
    if (c.len) bound += perColumn + pad8(valueBytes(c, rows)) + 8;
    c = k.nextColumn;
  }
  const metadata = pad8(84 + <usize>columns * 16 + 4 + buffers * 16 + 4);
  const bytes =
    <u64>metadata +
    8 +
    bound +
    ownIdBytes(t.ownIds) +
    ownIdBytes(t.ownParentIds) +
    ownIdBytes(t.ownRootIds) +
    64;
  if (bytes > MAX_BLOCK) outOfMemory();
  messageCapacity = blockSize(<usize>bytes);
  const message = allocBlock(<usize>bytes);
  store<u32>(message, 0xffffffff);
  store<u32>(message, <u32>metadata, 4);
  const m = message + 8;
  memory.fill(m, 0, metadata);
  // Root position; Message's vtable at 4, table at 16; RecordBatch's vtable at 40, table at 52.
  store<u32>(m, 16);
  store<u16>(m, 12, 4);
  store<u16>(m, 24, 6);
  store<u16>(m, 4, 8);
  store<u16>(m, 6, 10);
  store<u16>(m, 8, 12);
  store<u16>(m, 16, 14);
  store<i32>(m, 12, 16);
  store<u16>(m, 4, 20); // MetadataVersion V5
  store<u8>(m, 3, 22); // MessageHeader RecordBatch
  store<u32>(m, 52 - 24, 24);
  store<u16>(m, 10, 40);
  store<u16>(m, 24, 42);
  store<u16>(m, 12, 44);
  store<u16>(m, 4, 46);
  store<u16>(m, 8, 48);
  store<i32>(m, 52 - 40, 52);
  store<i64>(m, rows, 64);
  store<u32>(m, 76 - 56, 56);
  store<u32>(m, columns, 76);
  const entries = 80 + columns * 16 + 4;
  store<u32>(m, entries - 60, 60);
  store<u32>(m + entries, <u32>buffers);
  node = m + 80;
  entry = m + entries + 4;
  body = m + metadata;
  const zeros = pad8(<usize>rows * 16 + 8);
  memory.fill(body, 0, zeros);
  free = body + zeros;
  c = t.columns;
  for (let i: i32 = 0; ; i++) {
    if (i == t.systemAt) putSystem(t, rows);
    if (isNull(c)) break;
    putColumn(c, rows);
    if (c.len) empty(c, rows);
    c = cold(c).nextColumn;
  }
  store<i64>(m, free - body, 32);
  messageLength = free - message;
  return message;
}


@inline
function putColumn(c: Field, rows: u32): void {
  const kind: u32 = c.kind;
  const k = cold(c);
  const bits = bitmapBytes(rows);
  const len = c.len;
  if (k.nulls == len) {
    putNode(rows, rows);
    putEntry(0, bits);
    if (isVariable(kind)) {
      putEntry(0, (<usize>rows + 1) << 2);
      putEntry(0, 0);
    } else putEntry(0, kind == K_BOOL ? bits : <usize>rows * widthOf(kind));
    return;
  }
  const nulls = k.nulls + (rows - len);
  putNode(rows, nulls);
  if (nulls) {
    setRun(k.valid, k.runStart, len);
    k.validDirty = 1;
    putBuffer(k.valid, bits);
  } else putEntry(free - body, 0);
  // What the last rows lack is filled in here, not in the column.
  if (isVariable(kind)) {
    const used = (<usize>len) << 2;
    putFilled(c.offsets, used + 4, (<usize>rows + 1) << 2, load<u32>(c.offsets + used));
    putBuffer(c.data, c.dataPos - c.data);
  } else if (kind == K_BOOL) putBuffer(c.data, bits);
  else {
    const width = <usize>widthOf(kind);
    putFilled(c.data, <usize>len * width, <usize>rows * width, 0);
  }
}

/** Empties a column for the next batch. */
@inline
function empty(c: Field, rows: u32): void {
  const k = cold(c);
  if (k.validDirty) clearBits(k.valid, rows);
  if (c.kind == <u8>K_BOOL) clearBits(c.data, rows);
  c.dataPos = c.data;
  c.len = 0;
  k.validDirty = 0;
  k.runStart = 0;
  k.nulls = 0;
}

function clearBits(bits: usize, rows: u32): void {
  const zero = i64x2.splat(0);
  const end = bits + bitBytes(rows);
  for (let at = bits; at < end; at += 16) v128.store(at, zero);
}

function putSystem(t: Table, rows: u32): void {
  if (isNull(t.parent)) {
    if (t.extra & WITH_OUTER_ID) putIds(t.rootIds, t.ownRootIds, rows);
    putNode(rows, 0);
    putEntry(free - body, 0);
    putBuffer(loadOffsets, (<usize>rows + 1) << 2);
    putBuffer(loadValues, <usize>rows * loadIdLength);
  } else {
    if (t.extra & WITH_ROOT_ID) putIds(t.rootIds, t.ownRootIds, rows);
    putIds(t.parentIds, t.ownParentIds, rows);
    putWords(t.listIndex, rows);
  }
  putIds(t.ids, t.ownIds, rows);
  if (t.extra & WITH_RECORD) putWords(t.records, rows);
}

/** A column of 64-bit values. */
function putWords(values: usize, rows: u32): void {
  putNode(rows, 0);
  putEntry(free - body, 0);
  putBuffer(values, (<usize>rows) << 3);
}

function putIds(slots: usize, own: OwnIds, rows: u32): void {
  putNode(rows, 0);
  putEntry(free - body, 0);
  if (!hasOwnIds(own)) {
    putBuffer(idOffsets, (<usize>rows + 1) << 2);
    putBuffer(slots, <usize>rows * ID_LENGTH);
    return;
  }
  const offsetBytes = (<usize>rows + 1) << 2;
  const offsets = free;
  putEntry(free - body, offsetBytes);
  free += pad8(offsetBytes);
  store<u32>(offsets + offsetBytes, 0);
  const values = free;
  let used: usize = 0;
  for (let i: u32 = 0; i < rows; i++) {
    store<u32>(offsets + ((<usize>i) << 2), <u32>used);
    const supplied = findOwnId(own, i);
    const n = supplied ? <usize>ownIdLength : ID_LENGTH;
    memory.copy(values + used, supplied ? ownIdText : slots + <usize>i * ID_LENGTH, n);
    used += n;
  }
  store<u32>(offsets + ((<usize>rows) << 2), <u32>used);
  store<u64>(values + used, 0);
  putEntry(values - body, used);
  free += pad8(used);
}
