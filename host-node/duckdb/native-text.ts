import { DuckDBError } from "../../core/destinations/duckdb/driver.ts";
import type { Batch } from "./native-batch.ts";
import type { ColumnPlace, Values } from "./native-column-fill.ts";
import type { NativeBindings } from "./native-library.ts";

/** Bytes of a `duckdb_string_t`: length in 4; then up to 12 bytes of text, or its first 4 and a pointer of 8. */
const ENTRY = 16;
const INLINE = 12;
const PREFIX = 4;

/** Text or binary on its way into a vector. The bytes of all its rows go to DuckDB as one string, which copies them, and
 *  checks that text is UTF-8, in one call; the entries of the rows are then written as parts of it, by address. One
 *  call for each value takes several times as long. */
export class TextValues implements Values {
  readonly buffers = 2;
  readonly #bindings: NativeBindings;
  readonly #place: ColumnPlace;
  readonly #isText: boolean;
  readonly #isLarge: boolean;
  /** Where each row's bytes end. */
  readonly #ends: Uint32Array;
  /** Rows whose end is known; those up to the next that are taken are empty. */
  #known = 0;
  #used = 0;
  /** The bytes of all rows: a batch's own, as long as only one has come. */
  #bytes: Uint8Array = new Uint8Array(0);
  #room: Uint8Array = new Uint8Array(0);

  constructor(
    bindings: NativeBindings,
    place: ColumnPlace,
    { isText, isLarge }: { isText: boolean; isLarge: boolean },
  ) {
    this.#bindings = bindings;
    this.#place = place;
    this.#isText = isText;
    this.#isLarge = isLarge;
    this.#ends = new Uint32Array(place.size);
  }

  take(batch: Batch, from: number, at: number, rows: number): void {
    const { buffer } = this.#place;
    const width = this.#isLarge ? 8 : 4;
    const step = width / 4;
    const { words } = batch;
    let entry = (batch.startOf(buffer + 1, (batch.rows + 1) * width) >> 2) + from * step;
    const length = batch.lengthOf(buffer + 2);
    const start = words[entry]!;
    const end = words[entry + rows * step]!;
    // Of 8 bytes the upper 4 are 0: no batch is as large as that.
    if (start < 0 || end < start || end > length) throw new Error("an Arrow buffer is cut short");
    const data = batch.startOf(buffer + 2, 0);
    this.#upTo(at);
    const ends = this.#ends;
    const shift = this.#used - start;
    let before = start;
    for (let row = at; row < at + rows; row++) {
      entry += step;
      const next = words[entry]!;
      if (next < before || next > end) throw new Error("Arrow offsets are not in order");
      // All of it is UTF-8 when DuckDB has looked at it; a part is when it begins where a character does.
      if (this.#isText && next > before && (batch.bytes[data + before]! & 0xc0) === 0x80) throw notText();
      ends[row] = next + shift;
      before = next;
    }
    this.#known = at + rows;
    if (end > start) this.#add(batch.bytes.subarray(data + start, data + end));
  }

  finish(rows: number): void {
    this.#upTo(rows);
    const { vector } = this.#place;
    const entries = scratch(rows * ENTRY);
    if (this.#used > 0) writeEntries(entries, this.#assign(), this.#ends, this.#bytes, rows);
    else entries.fill(0, 0, rows * ENTRY);
    this.#bindings.copy_data_to_vector(vector, 0, entries.buffer, 0, rows * ENTRY);
    this.#known = 0;
    this.#used = 0;
  }

  /** The rows before this one that were not taken have no bytes. */
  #upTo(row: number): void {
    if (row > this.#known) this.#ends.fill(this.#used, this.#known, row);
    this.#known = row;
  }

  #add(bytes: Uint8Array): void {
    const before = this.#used;
    this.#used += bytes.length;
    if (before === 0) {
      this.#bytes = bytes;
      return;
    }
    const room = this.#room;
    if (this.#used > room.length) this.#room = new Uint8Array(this.#used * 2);
    if (this.#bytes !== this.#room) this.#room.set(this.#bytes.subarray(0, before));
    this.#room.set(bytes, before);
    this.#bytes = this.#room;
  }

  /** Gives the bytes to the vector; returns the low and high half of their address, if they have one. */
  #assign(): [number, number] {
    const { vector } = this.#place;
    const bytes = this.#bytes.length === this.#used ? this.#bytes : this.#bytes.subarray(0, this.#used);
    this.#bindings.vector_assign_string_element_len(vector, 0, bytes);
    const entry = this.#bindings.vector_get_data(vector, ENTRY);
    const view = new DataView(entry.buffer, entry.byteOffset, ENTRY);
    // What is not UTF-8 DuckDB makes an empty entry.
    if (view.getUint32(0, true) !== bytes.length) throw notText();
    return [view.getUint32(8, true), view.getUint32(12, true)];
  }
}

function notText(): DuckDBError {
  return new DuckDBError("Conversion Error: text is not UTF-8");
}

let reused = new Uint8Array(0);

/** Room for entries, used by one column after the other. */
function scratch(bytes: number): Uint8Array {
  if (reused.length < bytes) reused = new Uint8Array(bytes);
  return reused;
}

function writeEntries(
  entries: Uint8Array,
  [low, high]: [number, number],
  ends: Uint32Array,
  bytes: Uint8Array,
  rows: number,
): void {
  const words = new Uint32Array(entries.buffer, entries.byteOffset, rows * 4);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    const end = ends[row]!;
    const size = end - at;
    const word = row * 4;
    words[word] = size;
    words[word + 1] = 0;
    words[word + 2] = 0;
    words[word + 3] = 0;
    const text = row * ENTRY + 4;
    const copied = size <= INLINE ? size : PREFIX;
    for (let index = 0; index < copied; index++) entries[text + index] = bytes[at + index]!;
    if (size > INLINE) {
      const address = low + at;
      words[word + 2] = address;
      words[word + 3] = high + (address > 0xffffffff ? 1 : 0);
    }
    at = end;
  }
}
