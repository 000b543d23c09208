// A growing byte buffer, for text and messages off the hot path.
import { allocBlock, allocStruct, blockSize, freeBlock } from "./arena";


@unmanaged
export class Buffer {
  ptr: usize;
  len: usize;
  cap: usize;
}

export function newBuffer(): Buffer {
  return changetype<Buffer>(allocStruct(offsetof<Buffer>()));
}

/** Makes room for n more bytes and returns where they go; the caller advances `len`. */
export function reserve(b: Buffer, n: usize): usize {
  const need = b.len + n;
  if (need > b.cap) {
    const cap = blockSize(need < 256 ? 256 : need + (need >>> 1));
    const p = allocBlock(cap);
    if (b.ptr) {
      memory.copy(p, b.ptr, b.len);
      freeBlock(b.ptr, b.cap);
    }
    b.ptr = p;
    b.cap = cap;
  }
  return b.ptr + b.len;
}

export function putBytes(b: Buffer, p: usize, n: usize): void {
  memory.copy(reserve(b, n), p, n);
  b.len += n;
}

export function putByte(b: Buffer, c: u32): void {
  store<u8>(reserve(b, 1), c);
  b.len++;
}

/** Appends the ASCII text of a string literal. */
export function putText(b: Buffer, text: string): void {
  const n = text.length;
  const d = reserve(b, n);
  for (let i = 0; i < n; i++) store<u8>(d + i, text.charCodeAt(i));
  b.len += n;
}

export function putNumber(b: Buffer, value: u64): void {
  if (value >= 10) putNumber(b, value / 10);
  putByte(b, 48 + <u32>(value % 10));
}

/** Empties the buffer; its memory stays for the next use. */
export function clearBuffer(b: Buffer): void {
  b.len = 0;
}

export function releaseBuffer(b: Buffer): void {
  if (b.ptr) freeBlock(b.ptr, b.cap);
  b.ptr = 0;
  b.len = 0;
  b.cap = 0;
}
