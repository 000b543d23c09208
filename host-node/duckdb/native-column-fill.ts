import type { ArrowType } from "../../core/arrow/ipc-schema.ts";
import type { Batch } from "./native-batch.ts";
import type { NativeBindings, NativeType, NativeVector } from "./native-library.ts";
import { TextValues } from "./native-text.ts";
import { Validity } from "./native-validity.ts";

/** One column of a chunk. */
export interface ColumnPlace {
  readonly vector: NativeVector;
  /** Rows of a vector, at most. */
  readonly size: number;
  readonly type: ArrowType;
  /** What the table has. */
  readonly target: NativeType;
  readonly column: number;
  /** The first of its buffers in a batch. */
  readonly buffer: number;
}

/** The values of a column on their way into a vector. DuckDB's vectors and Arrow's arrays have the same layout but for
 *  booleans, decimals of less than 19 digits and text (https://duckdb.org/docs/stable/clients/c/vector). */
export interface Values {
  /** Arrow's buffers of them, without the validity. */
  readonly buffers: number;
  /** Takes rows of a batch, `from` on, for the rows `at` on of the vector; some have values. */
  take(batch: Batch, from: number, at: number, rows: number): void;
  /** Writes what has been held back, of all the vector's rows. */
  finish?(rows: number): void;
}

/** Copies a column's rows into its vector. */
export class ColumnFill {
  /** Arrow's buffers of the column. */
  readonly buffers: number;
  readonly #bindings: NativeBindings;
  readonly #place: ColumnPlace;
  readonly #values: Values;
  readonly #validity: Validity;
  #hasValues = false;

  constructor(bindings: NativeBindings, place: ColumnPlace, values: Values) {
    this.#bindings = bindings;
    this.#place = place;
    this.#values = values;
    this.#validity = new Validity(place.size);
    this.buffers = values.buffers + 1;
  }

  /** Takes rows of a batch, `from` on, for the rows `at` on of the vector, which follow those taken before. */
  take(batch: Batch, from: number, at: number, rows: number): void {
    const { column, buffer } = this.#place;
    const nulls = batch.nulls(column);
    const isAbsent = nulls > 0 && nulls === batch.rows;
    if (isAbsent) return this.#validity.none(at, rows);
    if (nulls === 0 || batch.lengthOf(buffer) === 0) this.#validity.all(at, rows);
    else this.#validity.copy(at, rows, batch.bytes, batch.startOf(buffer, Math.ceil(batch.rows / 8)), from);
    this.#hasValues = true;
    this.#values.take(batch, from, at, rows);
  }

  /** Writes what has been held back, and begins anew. */
  finish(rows: number): void {
    if (this.#hasValues) this.#values.finish?.(rows);
    this.#hasValues = false;
    if (!this.#validity.hasNulls) return;
    this.#validity.hasNulls = false;
    const { buffer, byteOffset } = this.#validity.bits;
    const { vector } = this.#place;
    this.#bindings.vector_ensure_validity_writable(vector);
    this.#bindings.copy_data_to_vector_validity(vector, 0, buffer, byteOffset, Math.ceil(rows / 8));
  }
}

export function columnFill(bindings: NativeBindings, place: ColumnPlace): ColumnFill {
  return new ColumnFill(bindings, place, valuesOf(bindings, place));
}

function valuesOf(bindings: NativeBindings, place: ColumnPlace): Values {
  const { type, target } = place;
  switch (type.kind) {
    case "bool":
      return new Booleans(bindings, place);
    case "int":
    case "float":
      return new FixedWidth(bindings, place, type.bits / 8);
    case "timestamp":
      return new FixedWidth(bindings, place, 8);
    case "date":
      return new FixedWidth(bindings, place, 4);
    case "time":
      if (type.unit !== "us") break;
      return new FixedWidth(bindings, place, 8);
    case "decimal": {
      if (type.bits !== 128) break;
      const digits = bindings.decimal_width(target);
      return digits > 18
        ? new FixedWidth(bindings, place, 16)
        : new NarrowDecimals(bindings, place, digits <= 4 ? 2 : digits <= 9 ? 4 : 8);
    }
    case "utf8":
    case "binary":
    case "large-utf8":
    case "large-binary":
      return new TextValues(bindings, place, {
        isText: type.kind.endsWith("utf8"),
        isLarge: type.kind.startsWith("large"),
      });
  }
  throw new Error(`an Arrow column of type ${type.kind} cannot be appended`);
}

class FixedWidth implements Values {
  readonly buffers = 1;
  readonly #bindings: NativeBindings;
  readonly #place: ColumnPlace;
  readonly #width: number;

  constructor(bindings: NativeBindings, place: ColumnPlace, width: number) {
    this.#bindings = bindings;
    this.#place = place;
    this.#width = width;
  }

  take(batch: Batch, from: number, at: number, rows: number): void {
    const { vector, buffer } = this.#place;
    const width = this.#width;
    const { bytes } = batch;
    const start = bytes.byteOffset + batch.startOf(buffer + 1, batch.rows * width) + from * width;
    this.#bindings.copy_data_to_vector(vector, at * width, bytes.buffer, start, rows * width);
  }
}

/** Arrow has a bit for each, DuckDB a byte. */
class Booleans implements Values {
  readonly buffers = 1;
  readonly #bindings: NativeBindings;
  readonly #place: ColumnPlace;
  readonly #held: Uint8Array;

  constructor(bindings: NativeBindings, place: ColumnPlace) {
    this.#bindings = bindings;
    this.#place = place;
    this.#held = new Uint8Array(place.size);
  }

  take(batch: Batch, from: number, at: number, rows: number): void {
    const start = batch.startOf(this.#place.buffer + 1, Math.ceil(batch.rows / 8));
    const { bytes } = batch;
    const held = this.#held;
    for (let row = 0; row < rows; row++)
      held[at + row] = (bytes[start + ((from + row) >> 3)]! >> ((from + row) & 7)) & 1;
  }

  finish(rows: number): void {
    this.#bindings.copy_data_to_vector(this.#place.vector, 0, this.#held.buffer, 0, rows);
  }
}

/** DuckDB keeps decimals of up to 4, 9 and 18 digits in 2, 4 and 8 bytes: the lowest ones of Arrow's 16. */
class NarrowDecimals implements Values {
  readonly buffers = 1;
  readonly #bindings: NativeBindings;
  readonly #place: ColumnPlace;
  readonly #width: number;
  readonly #held: Uint8Array;

  constructor(bindings: NativeBindings, place: ColumnPlace, width: number) {
    this.#bindings = bindings;
    this.#place = place;
    this.#width = width;
    this.#held = new Uint8Array(place.size * width);
  }

  take(batch: Batch, from: number, at: number, rows: number): void {
    const start = batch.startOf(this.#place.buffer + 1, batch.rows * 16);
    const { bytes } = batch;
    const width = this.#width;
    for (let row = 0; row < rows; row++) {
      const source = start + (from + row) * 16;
      for (let byte = 0; byte < width; byte++) this.#held[(at + row) * width + byte] = bytes[source + byte]!;
    }
  }

  finish(rows: number): void {
    this.#bindings.copy_data_to_vector(this.#place.vector, 0, this.#held.buffer, 0, rows * this.#width);
  }
}
