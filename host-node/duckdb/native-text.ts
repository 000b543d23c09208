import { DuckDBError } from "../../core/destinations/duckdb/driver.ts";
import type { NativeBindings, NativeVector } from "./native-library.ts";

/** Bytes of a `duckdb_string_t`: length in 4; then up to 12 bytes of text, or its first 4 and a pointer of 8. */
const ENTRY = 16;
const INLINE = 12;
const PREFIX = 4;

/** Writes text or binary into a vector. The bytes of all its rows go to DuckDB as one string, which copies them, and
 *  checks that text is UTF-8, in one call; the entries of the rows are then written as parts of it, by address. One
 *  call for each value takes several times as long. */
export function fillText(
  bindings: NativeBindings,
  offsets: Int32Array | BigInt64Array,
  bytes: Uint8Array,
  isText: boolean,
): (vector: NativeVector, from: number, rows: number) => void {
  return (vector, from, rows) => {
    const entries = new Uint8Array(rows * ENTRY);
    const start = Number(offsets[from]);
    const end = Number(offsets[from + rows]);
    if (start < 0 || end > bytes.length) throw new Error("an Arrow buffer is cut short");
    if (end > start) {
      const address = assign(bindings, vector, bytes.subarray(start, end));
      writeEntries(entries, address, offsets, bytes, from, rows, isText);
    }
    bindings.copy_data_to_vector(vector, 0, entries.buffer, 0, entries.length);
  };
}

/** Gives the bytes to the vector; returns the low and high half of their address, if they have one. */
function assign(bindings: NativeBindings, vector: NativeVector, bytes: Uint8Array): [number, number] {
  bindings.vector_assign_string_element_len(vector, 0, bytes);
  const entry = bindings.vector_get_data(vector, ENTRY);
  const view = new DataView(entry.buffer, entry.byteOffset, ENTRY);
  // What is not UTF-8 DuckDB makes an empty entry.
  if (view.getUint32(0, true) !== bytes.length) throw notText();
  return [view.getUint32(8, true), view.getUint32(12, true)];
}

function notText(): DuckDBError {
  return new DuckDBError("Conversion Error: text is not UTF-8");
}

function writeEntries(
  entries: Uint8Array,
  [low, high]: [number, number],
  offsets: Int32Array | BigInt64Array,
  bytes: Uint8Array,
  from: number,
  rows: number,
  isText: boolean,
): void {
  const words = new Uint32Array(entries.buffer);
  const start = Number(offsets[from]);
  const limit = Number(offsets[from + rows]);
  let at = start;
  for (let row = 0; row < rows; row++) {
    const end = Number(offsets[from + row + 1]);
    const size = end - at;
    if (size < 0 || end > limit) throw new Error("Arrow offsets are not in order");
    if (size > 0) {
      // All of it is UTF-8; a part is when it begins where a character does.
      if (isText && (bytes[at]! & 0xc0) === 0x80) throw notText();
      const text = row * ENTRY + 4;
      const copied = size <= INLINE ? size : PREFIX;
      for (let index = 0; index < copied; index++) entries[text + index] = bytes[at + index]!;
      words[row * 4] = size;
      if (size > INLINE) {
        const address = low + (at - start);
        words[row * 4 + 2] = address;
        words[row * 4 + 3] = high + (address > 0xffffffff ? 1 : 0);
      }
    }
    at = end;
  }
}
