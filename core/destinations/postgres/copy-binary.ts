import { BatchCursor } from "../../arrow/batch-cursor.ts";
import { readMessages, type IpcMessage } from "../../arrow/ipc-messages.ts";
import { RunletError } from "../../errors.ts";
import { columnWriter, type ColumnData, type ColumnWriter } from "./copy-columns.ts";

/** How a column's values are written. */
export type CopyEncoding =
  | { kind: "text" | "jsonb" | "bytes" | "bool" | "double" | "timestamp" | "date" | "time" }
  | { kind: "integer"; bits: 16 | 32 | 64 }
  | { kind: "numeric"; bits: 64 | 128; scale: number };

/** A column of a stream, in the stream's order. */
export interface CopyColumn {
  name: string;
  encoding: CopyEncoding;
}

/** Size a chunk is aimed at, in bytes. */
const CHUNK = 256 * 1024;
const SIGNATURE = [0x50, 0x47, 0x43, 0x4f, 0x50, 0x59, 0x0a, 0xff, 0x0d, 0x0a, 0x00];

/** The record batches of an Arrow IPC stream in the binary format of Postgres's COPY
 *  (https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.55.9.4): a signature, per row a count of fields and per
 *  field a length, or -1, and a value, big-endian. Written column by column for some hundred rows at a time; no object is
 *  made per value.
 *  @throws RunletError DESTINATION_SCHEMA when an integer does not fit its column */
export function* encodeCopy(
  stream: Uint8Array,
  table: string,
  columns: readonly CopyColumn[],
): Generator<Uint8Array> {
  const header = new Uint8Array(SIGNATURE.length + 8);
  header.set(SIGNATURE);
  // Each chunk goes out with the next one's beginning in hand: small pieces of their own wait for the network.
  let pending: Uint8Array = header;
  for (const batch of readMessages(stream).messages) {
    if (batch.kind !== "batch") continue;
    for (const block of encodeBatch(batch, table, columns)) {
      if (pending.length + block.length <= CHUNK) pending = joined(pending, block);
      else {
        yield pending;
        pending = block;
      }
    }
  }
  yield joined(pending, Uint8Array.of(0xff, 0xff));
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function* encodeBatch(
  batch: IpcMessage,
  table: string,
  columns: readonly CopyColumn[],
): Generator<Uint8Array> {
  const rows = Number(batch.header.int64(0));
  if (rows === 0) return;
  const writers = readColumns(batch, columns).map((data, index) =>
    columnWriter(data, table, columns[index]!),
  );
  const perBlock = Math.min(Math.max(Math.floor((CHUNK * rows) / batch.body.length), 16), 4096);
  const at = new Int32Array(Math.min(perBlock, rows));
  for (let from = 0; from < rows; from += perBlock) {
    yield encodeBlock(writers, at.subarray(0, Math.min(perBlock, rows - from)), from);
  }
}

/** Rows `from` and on, as many as `at` has elements: it holds each row's position in the chunk. */
function encodeBlock(writers: readonly ColumnWriter[], at: Int32Array, from: number): Uint8Array {
  at.fill(2 + writers.length * 4);
  for (const writer of writers) writer.measure(at, from);
  let length = 0;
  for (let row = 0; row < at.length; row++) {
    const size = at[row]!;
    at[row] = length;
    length += size;
  }
  const chunk = new Uint8Array(length);
  const view = new DataView(chunk.buffer);
  for (let row = 0; row < at.length; row++) {
    view.setInt16(at[row]!, writers.length);
    at[row]! += 2;
  }
  for (const writer of writers) writer.write(chunk, view, at, from);
  return chunk;
}

/** Where the columns of a batch have their values. */
function readColumns({ header, body }: IpcMessage, columns: readonly CopyColumn[]): ColumnData[] {
  const cursor = new BatchCursor(header, body);
  return columns.map(({ encoding }) => {
    const { length: rows, nulls } = cursor.node();
    const validity = cursor.buffer();
    const first = cursor.buffer();
    const hasOffsets = ["text", "jsonb", "bytes"].includes(encoding.kind);
    return {
      body,
      view: cursor.view,
      rows,
      validity: nulls === 0 || validity.length === 0 ? -1 : validity.at,
      offsets: hasOffsets ? first.at : -1,
      values: hasOffsets ? cursor.buffer().at : first.at,
    };
  });
}

/** Refuses text with a NUL, which Postgres cannot hold; before anything is sent.
 *  @throws RunletError DESTINATION_SCHEMA */
export function refuseNul(stream: Uint8Array, table: string, columns: readonly CopyColumn[]): void {
  for (const batch of readMessages(stream).messages) {
    if (batch.kind !== "batch") continue;
    readColumns(batch, columns).forEach(({ body, view, rows, offsets, values }, index) => {
      const { name, encoding } = columns[index]!;
      if (encoding.kind !== "text" || rows === 0) return;
      const nul = body.indexOf(0, values + view.getInt32(offsets, true));
      if (nul === -1 || nul >= values + view.getInt32(offsets + rows * 4, true)) return;
      throw new RunletError(
        "DESTINATION_SCHEMA",
        `column ${name} of table ${table} holds text with a NUL character, which Postgres cannot store`,
        {
          where: { table, column: name },
          hint: "remove U+0000 in the source or in a map(); nothing was loaded",
        },
      );
    });
  }
}
