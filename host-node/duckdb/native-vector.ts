import type { NativeBindings, NativeVector } from "./native-library.ts";

/** Numbers of the rows that are wanted of a vector, in order; undefined: all. */
export type Picked = Uint32Array | undefined;

/** Values of a fixed width, as they are. */
export function picked(
  bindings: NativeBindings,
  vector: NativeVector,
  size: number,
  rows: Picked,
  width: number,
): Uint8Array {
  if (size === 0) return new Uint8Array(0);
  const bytes = bindings.vector_get_data(vector, size * width);
  if (!rows) return bytes;
  const values = new Uint8Array(rows.length * width);
  rows.forEach((row, index) => values.set(bytes.subarray(row * width, (row + 1) * width), index * width));
  return values;
}

/** Arrow's validity bitmap, empty when there are no nulls. DuckDB's has the same form. */
export function validity(
  bindings: NativeBindings,
  vector: NativeVector,
  size: number,
  rows: Picked,
): { bitmap: Uint8Array; nulls: number } {
  const none = { bitmap: new Uint8Array(0), nulls: 0 };
  const all = size === 0 ? null : bindings.vector_get_validity(vector, Math.ceil(size / 64) * 8);
  if (!all) return none;
  const length = rows?.length ?? size;
  const bitmap = new Uint8Array(Math.ceil(length / 8));
  let valid = 0;
  for (let index = 0; index < length; index++) {
    const row = rows ? rows[index]! : index;
    if ((all[row >> 3]! >> (row & 7)) & 1) {
      bitmap[index >> 3]! |= 1 << (index & 7);
      valid++;
    }
  }
  return valid === length ? none : { bitmap, nulls: length - valid };
}

/** A bit for each byte that is not 0. */
export function bits(bytes: Uint8Array): Uint8Array {
  const packed = new Uint8Array(Math.ceil(bytes.length / 8));
  bytes.forEach((value, row) => {
    if (value) packed[row >> 3]! |= 1 << (row & 7);
  });
  return packed;
}

/** Decimals of 2, 4, 8 or 16 bytes in 16. */
export function decimals(bytes: Uint8Array, width: number): Uint8Array {
  if (width === 16) return bytes;
  const from = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = new BigInt64Array((bytes.length / width) * 2);
  for (let row = 0; row * 2 < wide.length; row++) {
    const at = row * width;
    const value =
      width === 8
        ? from.getBigInt64(at, true)
        : BigInt(width === 4 ? from.getInt32(at, true) : from.getInt16(at, true));
    wide[row * 2] = value;
    wide[row * 2 + 1] = value < 0n ? -1n : 0n;
  }
  return new Uint8Array(wide.buffer);
}

/** Months, days and microseconds with nanoseconds. */
export function intervals(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  const values = new BigInt64Array(copy.buffer);
  for (let at = 1; at < values.length; at += 2) values[at]! *= 1000n;
  return copy;
}

/** The time of day of times with an offset: the upper 40 bits. */
export function offsetTimes(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  const values = new BigUint64Array(copy.buffer);
  for (let row = 0; row < values.length; row++) values[row]! >>= 24n;
  return copy;
}

/** Offsets and bytes of texts. */
export function joinTexts(texts: readonly Uint8Array[]): [offsets: Uint8Array, bytes: Uint8Array] {
  const offsets = new Int32Array(texts.length + 1);
  texts.forEach((text, row) => (offsets[row + 1] = offsets[row]! + text.length));
  const bytes = new Uint8Array(offsets[texts.length]!);
  texts.forEach((text, row) => bytes.set(text, offsets[row]));
  return [new Uint8Array(offsets.buffer), bytes];
}

/** 128-bit numbers, the highest bit reversed, as texts of the form 8-4-4-4-12. */
export function uuids(bytes: Uint8Array): [Uint8Array, Uint8Array] {
  const texts = Array.from({ length: bytes.length / 16 }, (_, row) => {
    const value = bytes.slice(row * 16, row * 16 + 16).reverse();
    value[0]! ^= 0x80;
    const digits = Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return new TextEncoder().encode(digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"));
  });
  return joinTexts(texts);
}

/** Offsets and bytes of texts or binary values; those of nulls are empty. A `duckdb_string_t` has its length in 4
 *  bytes, then up to 12 bytes of text, or its first 4 and a pointer. */
export function strings(
  bindings: NativeBindings,
  vector: NativeVector,
  size: number,
  rows: Picked,
): [Uint8Array, Uint8Array] {
  const { bitmap } = validity(bindings, vector, size, rows);
  const entries = picked(bindings, vector, size, rows, 16);
  const view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
  return joinTexts(
    Array.from({ length: entries.length / 16 }, (_, row) => {
      if (bitmap.length > 0 && ((bitmap[row >> 3]! >> (row & 7)) & 1) === 0) return new Uint8Array(0);
      const at = row * 16;
      const length = view.getUint32(at, true);
      if (length <= 12) return entries.subarray(at + 4, at + 4 + length);
      return bindings.get_data_from_pointer(entries.buffer, entries.byteOffset + at + 8, length);
    }),
  );
}
