import { BatchCursor } from "../../core/arrow/batch-cursor.ts";
import { readMessages } from "../../core/arrow/ipc-messages.ts";
import { type ArrowType, readFields } from "../../core/arrow/ipc-schema.ts";
import type { NativeAppender, NativeBindings, NativeType, NativeVector } from "./native-library.ts";
import { fillText } from "./native-text.ts";

/** Copies rows of one column of a record batch into a vector; `from` is a multiple of 8. */
export type Fill = (vector: NativeVector, from: number, rows: number) => void;

/** Appends an Arrow IPC stream to a table by the columns' position. Columns of a batch, in pieces of a vector's size,
 *  are copied whole into one data chunk that is used over and over: DuckDB's vectors and Arrow's arrays have the same
 *  layout but for booleans, decimals of less than 19 digits and text
 *  (https://duckdb.org/docs/stable/clients/c/vector). */
export function insertStream(bindings: NativeBindings, appender: NativeAppender, stream: Uint8Array): void {
  const columns = bindings.appender_column_count(appender);
  const types = Array.from({ length: columns }, (_, column) =>
    bindings.appender_column_type(appender, column),
  );
  const chunk = bindings.create_data_chunk(types);
  // A chunk has the same vectors all its life.
  const vectors = types.map((_, column) => bindings.data_chunk_get_vector(chunk, column));
  const size = bindings.vector_size();
  let fields: ArrowType[] = [];
  for (const { kind, header, body } of readMessages(stream).messages) {
    if (kind === "schema") fields = readFields(header).map((field) => field.type);
    if (kind !== "batch") continue;
    if (fields.length !== columns) throw new Error(`${fields.length} columns for a table of ${columns}`);
    const cursor = new BatchCursor(header, aligned(body));
    const rows = Number(header.int64(0));
    const fills = fields.map((type, column) => readColumn(bindings, cursor, type, types[column]!, rows));
    for (let from = 0; from < rows; from += size) {
      const count = Math.min(size, rows - from);
      bindings.data_chunk_reset(chunk);
      for (let column = 0; column < columns; column++) fills[column]!(vectors[column]!, from, count);
      bindings.data_chunk_set_size(chunk, count);
      bindings.append_data_chunk(appender, chunk);
    }
  }
}

/** Typed arrays need their bytes aligned, which a part of a larger buffer may not be. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
}

function readColumn(
  bindings: NativeBindings,
  cursor: BatchCursor,
  type: ArrowType,
  target: NativeType,
  length: number,
): Fill {
  const { nulls } = cursor.node();
  const validity = cursor.bytes();
  const values = readValues(bindings, cursor, type, target, length);
  if (nulls === 0 || validity.length === 0) return values;
  if (validity.length * 8 < length) throw new Error("an Arrow buffer is cut short");
  return (vector, from, rows) => {
    const bytes = Math.ceil(rows / 8);
    // Most columns of a wide table have no value in most chunks.
    if (nulls < length && isAny(validity, from / 8, bytes)) values(vector, from, rows);
    bindings.vector_ensure_validity_writable(vector);
    const at = validity.byteOffset + from / 8;
    bindings.copy_data_to_vector_validity(vector, 0, validity.buffer, at, bytes);
  };
}

/** Whether a bit is set in these bytes. */
function isAny(bitmap: Uint8Array, from: number, bytes: number): boolean {
  for (let at = from; at < from + bytes; at++) if (bitmap[at] !== 0) return true;
  return false;
}

function readValues(
  bindings: NativeBindings,
  cursor: BatchCursor,
  type: ArrowType,
  target: NativeType,
  length: number,
): Fill {
  switch (type.kind) {
    case "bool":
      return fillBooleans(bindings, cursor.bytes(Math.ceil(length / 8)));
    case "int":
    case "float":
      return fillBytes(bindings, cursor.bytes((length * type.bits) / 8), type.bits / 8);
    case "timestamp":
      return fillBytes(bindings, cursor.bytes(length * 8), 8);
    case "date":
      return fillBytes(bindings, cursor.bytes(length * 4), 4);
    case "time":
      if (type.unit !== "us") break;
      return fillBytes(bindings, cursor.bytes(length * 8), 8);
    case "decimal":
      if (type.bits !== 128) break;
      return fillDecimals(bindings, cursor.bytes(length * 16), bindings.decimal_width(target));
    case "utf8":
    case "binary":
      return fillText(bindings, offsets(cursor, length), cursor.bytes(), type.kind === "utf8");
    case "large-utf8":
    case "large-binary":
      return fillText(bindings, largeOffsets(cursor, length), cursor.bytes(), type.kind === "large-utf8");
  }
  throw new Error(`an Arrow column of type ${type.kind} cannot be appended`);
}

function offsets(cursor: BatchCursor, length: number): Int32Array {
  const { buffer, byteOffset } = cursor.bytes(length > 0 ? (length + 1) * 4 : 0);
  return new Int32Array(buffer, byteOffset, length > 0 ? length + 1 : 0);
}

function largeOffsets(cursor: BatchCursor, length: number): BigInt64Array {
  const { buffer, byteOffset } = cursor.bytes(length > 0 ? (length + 1) * 8 : 0);
  return new BigInt64Array(buffer, byteOffset, length > 0 ? length + 1 : 0);
}

function fillBytes(bindings: NativeBindings, bytes: Uint8Array, width: number): Fill {
  return (vector, from, rows) =>
    bindings.copy_data_to_vector(vector, 0, bytes.buffer, bytes.byteOffset + from * width, rows * width);
}

/** Arrow has a bit for each, DuckDB a byte. */
function fillBooleans(bindings: NativeBindings, bits: Uint8Array): Fill {
  return (vector, from, rows) => {
    const bytes = new Uint8Array(rows);
    for (let row = 0; row < rows; row++) bytes[row] = (bits[(from + row) >> 3]! >> (row & 7)) & 1;
    bindings.copy_data_to_vector(vector, 0, bytes.buffer, 0, rows);
  };
}

/** DuckDB keeps decimals of up to 4, 9 and 18 digits in 2, 4 and 8 bytes: the lowest ones of Arrow's 16. */
function fillDecimals(bindings: NativeBindings, bytes: Uint8Array, digits: number): Fill {
  if (digits > 18) return fillBytes(bindings, bytes, 16);
  const View = digits <= 4 ? Int16Array : digits <= 9 ? Int32Array : BigInt64Array;
  const step = 16 / View.BYTES_PER_ELEMENT;
  const wide = new View(bytes.buffer as ArrayBuffer, bytes.byteOffset, (bytes.length >> 4) * step);
  return (vector, from, rows) => {
    const narrow = new View(rows);
    for (let row = 0; row < rows; row++) narrow[row] = wide[(from + row) * step]!;
    bindings.copy_data_to_vector(vector, 0, narrow.buffer, 0, narrow.byteLength);
  };
}
