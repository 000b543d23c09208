// `--output arrow` of all tables: `<table>/<schema version>-<number>.arrows`, each a complete Arrow IPC stream of one
// batch, and at the end `schema.json`.
import { isNull, nil } from "../core/engine/layout/field";
import { allocBlock, allocStruct } from "../core/engine/memory/arena";
import { Buffer, clearBuffer, putByte, putBytes, putText } from "../core/engine/memory/buffer";
import { sameBytes } from "../core/engine/memory/bytes";
import {
  batchAt,
  batchLength,
  batchTable,
  batchTableLength,
  batchVersion,
  listAt,
  listLength,
  readSchema,
  readTableSchema,
} from "./engine";
import { out, writeOutput } from "./system";
import { beginEntry, endArchive, endEntry, entryName } from "./tar";

/** Bytes of Arrow's end-of-stream marker. */
const END: usize = 8;


@unmanaged
class Numbered {
  name: usize;
  length: u32;
  batches: u32;
  next: Numbered;
}

let first: Numbered = nil<Numbered>();

/** The number of the table's next batch, from 1. */
function numberOf(name: usize, n: u32): u32 {
  let t = first;
  while (!isNull(t) && !(t.length == n && sameBytes(t.name, name, n))) t = t.next;
  if (isNull(t)) {
    t = changetype<Numbered>(allocStruct(offsetof<Numbered>()));
    t.name = allocBlock(n);
    memory.copy(t.name, name, n);
    t.length = n;
    t.next = first;
    first = t;
  }
  return ++t.batches;
}

/** Writes the batch taken last. */
export function archiveBatch(): void {
  clearBuffer(entryName);
  putFileName(entryName, batchTable, batchTableLength);
  putByte(entryName, 47);
  putPadded(entryName, batchVersion, 3);
  putByte(entryName, 45);
  putPadded(entryName, numberOf(batchTable, batchTableLength), 6);
  putText(entryName, ".arrows");
  const message = batchAt;
  const length = batchLength;
  readTableSchema(batchTable, batchTableLength, batchVersion);
  const n = listLength + length + END;
  beginEntry(n);
  putBytes(out, listAt, listLength);
  writeOutput(message, length);
  putEndOfStream(out);
  endEntry(n);
}

export function putEndOfStream(b: Buffer): void {
  for (let i = 0; i < 8; i++) putByte(b, i < 4 ? 255 : 0);
}

/** Ends the archive with the schema document. */
export function endArchiveTables(): void {
  clearBuffer(entryName);
  putText(entryName, "schema.json");
  readSchema();
  const n = listLength;
  beginEntry(n);
  writeOutput(listAt, n);
  endEntry(n);
  endArchive();
}

/** A table's name as a name of a folder: what is no letter, digit, `_` or `-` is written `%2F`. */
function putFileName(b: Buffer, p: usize, n: usize): void {
  for (let i: usize = 0; i < n; i++) {
    const c: u32 = load<u8>(p + i);
    if ((c | 32) - 97 < 26 || c - 48 < 10 || c == 95 || c == 45) putByte(b, c);
    else {
      putByte(b, 37);
      putByte(b, hexDigit(c >>> 4));
      putByte(b, hexDigit(c & 15));
    }
  }
}

function hexDigit(n: u32): u32 {
  return n < 10 ? 48 + n : 55 + n;
}

function putPadded(b: Buffer, n: u32, digits: u32): void {
  if (digits > 1 || n >= 10) putPadded(b, n / 10, digits ? digits - 1 : 0);
  putByte(b, 48 + (n % 10));
}
