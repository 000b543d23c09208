// Writing FlatBuffers front to back (https://flatbuffers.dev/internals/): a table is its vtable and one 4-byte cell per
// slot; what a cell refers to is written behind it. Enough for Arrow's schema messages, which hold no 64-bit fields.
import { Buffer, putBytes, reserve } from "../memory/buffer";

function align(b: Buffer): void {
  while (b.len & 3) {
    store<u8>(reserve(b, 1), 0);
    b.len++;
  }
}

/** Begins a table of `slots` cells, of which those in `present` are there. Returns its position. */
export function beginTable(b: Buffer, slots: u32, present: u32): u32 {
  align(b);
  const vtable = <u32>b.len;
  const vtableBytes = (4 + slots * 2 + 3) & ~3;
  const d = reserve(b, vtableBytes + 4 + slots * 4);
  memory.fill(d, 0, vtableBytes + 4 + slots * 4);
  store<u16>(d, 4 + slots * 2);
  store<u16>(d, 4 + slots * 4, 2);
  for (let i: u32 = 0; i < slots; i++) if ((present >>> i) & 1) store<u16>(d + 4 + i * 2, 4 + i * 4);
  const table = vtable + vtableBytes;
  store<i32>(d + vtableBytes, <i32>vtableBytes);
  b.len += vtableBytes + 4 + slots * 4;
  return table;
}

export function setCell(b: Buffer, table: u32, slot: u32, value: u32): void {
  store<u32>(b.ptr + table + 4 + slot * 4, value);
}

/** Makes the cell refer to what is written next. */
export function referToNext(b: Buffer, table: u32, slot: u32): void {
  align(b);
  const cell = table + 4 + slot * 4;
  store<u32>(b.ptr + cell, <u32>b.len - cell);
}

/** Makes the cell refer to a table that has been written. */
export function referTo(b: Buffer, cell: u32, table: u32): void {
  store<u32>(b.ptr + cell, table - cell);
}

export function writeString(b: Buffer, p: usize, n: u32): void {
  store<u32>(reserve(b, 4), n);
  b.len += 4;
  putBytes(b, p, n);
  store<u8>(reserve(b, 1), 0);
  b.len++;
}

/** Begins a vector of `count` references; returns the position of the first. */
export function beginVector(b: Buffer, count: u32): u32 {
  const d = reserve(b, 4 + count * 4);
  memory.fill(d, 0, 4 + count * 4);
  store<u32>(d, count);
  b.len += 4 + count * 4;
  return <u32>b.len - count * 4;
}
