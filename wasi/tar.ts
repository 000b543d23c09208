// POSIX tar (pax, IEEE Std 1003.1): one entry per batch, each a complete Arrow IPC stream, so that nothing is held back
// and `tar x` is all that is needed to read it. Times, owners and modes are constants: equal input gives equal bytes.
import {
  Buffer,
  clearBuffer,
  newBuffer,
  putByte,
  putBytes,
  putNumber,
  putText,
} from "../core/engine/memory/buffer";
import { flushFull, flushOutput, out, writeOutput } from "./system";

const BLOCK: usize = 512;
/** Bytes of a name that the header holds. */
const SHORT_NAME: usize = 100;

const header: usize = memory.data(512, 16);
const zeros: usize = memory.data(1024, 16);
const record = newBuffer();

/** Name of the entry to be written. */
export const entryName: Buffer = newBuffer();

/** Begins the entry {@link entryName} of n bytes, which the caller writes behind it, and then {@link endEntry}. */
export function beginEntry(n: usize): void {
  if (entryName.len > SHORT_NAME) writeLongName();
  writeHeader(entryName.ptr, min(entryName.len, SHORT_NAME), n, 48);
}

export function endEntry(n: usize): void {
  putBytes(out, zeros, (BLOCK - (n & (BLOCK - 1))) & (BLOCK - 1));
  flushFull();
}

/** The end of the archive. Without it the archive is known to be cut. */
export function endArchive(): void {
  putBytes(out, zeros, BLOCK * 2);
  flushOutput();
}

/** An extended header with the one record `<length> path=<name>\n`; the length counts itself. */
function writeLongName(): void {
  const rest = entryName.len + 7;
  let length = rest + 1;
  while (digitsOf(length) + rest != length) length = digitsOf(length) + rest;
  clearBuffer(record);
  putNumber(record, length);
  putText(record, " path=");
  putBytes(record, entryName.ptr, entryName.len);
  putByte(record, 10);
  writeHeader(entryName.ptr, SHORT_NAME, record.len, 120);
  writeOutput(record.ptr, record.len);
  endEntry(record.len);
}

function digitsOf(n: usize): usize {
  let digits: usize = 1;
  while (n >= 10) {
    n /= 10;
    digits++;
  }
  return digits;
}

function writeHeader(name: usize, nameLength: usize, n: usize, type: u32): void {
  memory.fill(header, 0, BLOCK);
  memory.copy(header, name, nameLength);
  putOctal(100, 7, 0o644);
  putOctal(108, 7, 0);
  putOctal(116, 7, 0);
  putOctal(124, 11, n);
  putOctal(136, 11, 0);
  store<u8>(header + 156, type);
  store<u32>(header + 257, 0x61747375); // usta
  store<u32>(header + 261, 0x30300072); // r, NUL, version 00
  // The checksum counts itself as spaces.
  memory.fill(header + 148, 32, 8);
  let sum: u32 = 0;
  for (let i: usize = 0; i < BLOCK; i++) sum += load<u8>(header + i);
  putOctal(148, 6, sum);
  store<u8>(header + 154, 0);
  putBytes(out, header, BLOCK);
}

function putOctal(at: usize, digits: u32, value: usize): void {
  for (let i = <i32>digits - 1; i >= 0; i--) {
    store<u8>(header + at + i, 48 + <u32>(value & 7));
    value >>>= 3;
  }
}
