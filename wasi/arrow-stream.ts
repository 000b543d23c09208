// `--output arrow` of one table: a plain Arrow IPC stream, which has one schema. Batches of an earlier version are
// written with the columns they lack as nulls: a batch's metadata made anew, its body as it is and zeros behind it.
import { allocBlock, freeBlock } from "../core/engine/memory/arena";
import { Buffer, clearBuffer, newBuffer, putByte, putBytes, reserve } from "../core/engine/memory/buffer";
import { isNull } from "../core/engine/layout/field";
import { beginTable, beginVector, referToNext, setCell } from "../core/engine/arrow/flatbuffer";
import {
  buffersOf,
  Column,
  nodesOf,
  T_BINARY,
  T_BOOL,
  T_DATE,
  T_DECIMAL,
  T_JSON,
  T_TEXT,
} from "./arrow-read";
import { putEndOfStream } from "./archive";
import { flushFull, out, writeOutput } from "./system";

const metadata: Buffer = newBuffer();

export function endStream(): void {
  putEndOfStream(out);
}

/** Writes the stream of a load without a record: a schema without fields. */
export function writeEmptyStream(): void {
  clearBuffer(metadata);
  reserve(metadata, 12);
  store<u32>(metadata.ptr, 0xffffffff);
  metadata.len = 12;
  const message = beginTable(metadata, 3, 7);
  store<u32>(metadata.ptr + 8, message - 8);
  setCell(metadata, message, 0, 4); // MetadataVersion V5
  setCell(metadata, message, 1, 1); // MessageHeader Schema
  referToNext(metadata, message, 2);
  const schema = beginTable(metadata, 2, 3);
  referToNext(metadata, schema, 1);
  beginVector(metadata, 0);
  while (metadata.len & 7) putByte(metadata, 0);
  store<u32>(metadata.ptr, <u32>metadata.len - 8, 4);
  putBytes(out, metadata.ptr, metadata.len);
}


@inline
function pad8(n: usize): usize {
  return (n + 7) & ~7;
}

/** Bytes of the widest values; as many zeros for each row are enough for every kind of column. */
const WIDEST: usize = 16;

/** Writes a record batch for a schema of the columns given, the first of which are its own. */
export function writeBatch(columns: Column, message: usize, length: usize, rows: u32): void {
  let count: u32 = 0;
  for (let c = columns; !isNull(c); c = c.next) count++;
  const nodes = nodesOf(message);
  const have = load<u32>(nodes);
  if (have == count) {
    writeOutput(message, length);
    return;
  }
  const buffers = buffersOf(message);
  const haveBuffers = load<u32>(buffers);
  let bufferCount = haveBuffers;
  let first = columns;
  for (let i: u32 = 0; i < have; i++) first = first.next;
  for (let c = first; !isNull(c); c = c.next) bufferCount += hasOffsets(c) ? 3 : 2;

  const body = message + 8 + load<u32>(message, 4);
  const bodyLength = message + length - body;
  const zeros = pad8((<usize>rows + 1) * WIDEST);
  const entries = 80 + <usize>count * 16 + 4;
  const n = pad8(entries + 4 + <usize>bufferCount * 16);
  const start = allocBlock(n + 8);
  const m = start + 8;
  memory.fill(start, 0, n + 8);
  store<u32>(start, 0xffffffff);
  store<u32>(start, <u32>n, 4);
  putHeader(m, rows, bodyLength + zeros, count, <u32>entries, bufferCount);
  memory.copy(m + 80, nodes + 4, <usize>have * 16);
  memory.copy(m + entries + 4, buffers + 4, <usize>haveBuffers * 16);
  let node = m + 80 + <usize>have * 16;
  let entry = m + entries + 4 + <usize>haveBuffers * 16;
  for (let c = first; !isNull(c); c = c.next) {
    store<i64>(node, rows);
    store<i64>(node, rows, 8);
    node += 16;
    entry = putEntry(entry, bodyLength, (<usize>rows + 7) >>> 3);
    if (hasOffsets(c)) entry = putEntry(entry, bodyLength, (<usize>rows + 1) << 2);
    entry = putEntry(entry, bodyLength, hasOffsets(c) ? 0 : valueBytes(c, rows));
  }
  writeOutput(start, n + 8);
  writeOutput(body, bodyLength);
  freeBlock(start, n + 8);
  writeZeros(zeros);
}

function hasOffsets(c: Column): bool {
  return c.type == T_TEXT || c.type == T_JSON || c.type == T_BINARY;
}

function valueBytes(c: Column, rows: u32): usize {
  if (c.type == T_BOOL) return (<usize>rows + 7) >>> 3;
  return <usize>rows * (c.type == T_DECIMAL ? 16 : c.type == T_DATE ? 4 : 8);
}

function putEntry(at: usize, offset: usize, length: usize): usize {
  store<i64>(at, offset);
  store<i64>(at, length, 8);
  return at + 16;
}

/** Message and RecordBatch at m (the metadata), whose nodes begin at 80 and whose buffers at entries + 4. */
function putHeader(m: usize, rows: u32, bodyLength: usize, nodes: u32, entries: u32, buffers: u32): void {
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
  store<i64>(m, bodyLength, 32);
  store<u16>(m, 10, 40);
  store<u16>(m, 24, 42);
  store<u16>(m, 12, 44);
  store<u16>(m, 4, 46);
  store<u16>(m, 8, 48);
  store<i32>(m, 52 - 40, 52);
  store<i64>(m, rows, 64);
  store<u32>(m, 76 - 56, 56);
  store<u32>(m, nodes, 76);
  store<u32>(m, entries - 60, 60);
  store<u32>(m + entries, buffers);
}

function writeZeros(n: usize): void {
  while (n) {
    const part = min<usize>(n, 4096);
    memory.fill(reserve(out, part), 0, part);
    out.len += part;
    n -= part;
    flushFull();
  }
}
