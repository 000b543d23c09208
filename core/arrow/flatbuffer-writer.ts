/** A field of a table to be written: a scalar of so many bytes, or what writes a child and returns its position. */
export type FlatField =
  { bytes: 1 | 2 | 4 | 8; value: number | bigint } | { child: (writer: FlatWriter) => number } | undefined;

export const byte = (value: number): FlatField => ({ bytes: 1, value });
export const short = (value: number): FlatField => ({ bytes: 2, value });
export const int = (value: number): FlatField => ({ bytes: 4, value });
export const long = (value: number | bigint): FlatField => ({ bytes: 8, value });
export const text = (value: string): FlatField => ({ child: (writer) => writer.text(value) });
export const table = (fields: readonly FlatField[]): FlatField => ({
  child: (writer) => writer.table(fields),
});
export const tables = (all: readonly (readonly FlatField[])[]): FlatField => ({
  child: (writer) => writer.tables(all),
});
/** A vector of structs of two 64-bit integers. */
export const pairs = (all: readonly (readonly [number, number])[]): FlatField => ({
  child: (writer) => writer.pairs(all),
});

/** Writes flatbuffer tables (https://flatbuffers.dev/internals/), parents before their children, as far as Arrow's
 *  metadata needs them. */
export class FlatWriter {
  #bytes = new Uint8Array(512);
  #view = new DataView(this.#bytes.buffer);
  #end = 0;

  /** The buffer of a root table, padded to 8 bytes. */
  static root(fields: readonly FlatField[]): Uint8Array {
    const writer = new FlatWriter();
    writer.#reserve(8, 8);
    writer.#point(0, writer.table(fields));
    writer.#reserve(0, 8);
    return writer.#bytes.subarray(0, writer.#end);
  }

  /** Makes zeroed room; returns its position, `past` bytes beyond a multiple of `align`. */
  #reserve(bytes: number, align: number, past = 0): number {
    let at = this.#end;
    while (at % align !== past) at++;
    this.#end = at + bytes;
    if (this.#end > this.#bytes.length) {
      const grown = new Uint8Array(this.#end * 2);
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }

  #point(from: number, to: number): void {
    this.#view.setUint32(from, to - from, true);
  }

  table(fields: readonly FlatField[]): number {
    const places: number[] = [];
    let size = 4;
    for (const field of fields) {
      const bytes = !field ? 0 : "child" in field ? 4 : field.bytes;
      if (bytes > 0) size = Math.ceil(size / bytes) * bytes;
      places.push(bytes > 0 ? size : 0);
      size += bytes;
    }
    const vtable = this.#reserve(4 + fields.length * 2, 2);
    const at = this.#reserve(size, 8);
    this.#view.setUint16(vtable, 4 + fields.length * 2, true);
    this.#view.setUint16(vtable + 2, size, true);
    places.forEach((place, slot) => this.#view.setUint16(vtable + 4 + slot * 2, place, true));
    this.#view.setInt32(at, at - vtable, true);
    fields.forEach((field, slot) => {
      const place = at + places[slot]!;
      if (!field) return;
      if ("child" in field) this.#point(place, field.child(this));
      else if (field.bytes === 1) this.#view.setUint8(place, Number(field.value));
      else if (field.bytes === 2) this.#view.setInt16(place, Number(field.value), true);
      else if (field.bytes === 4) this.#view.setInt32(place, Number(field.value), true);
      else this.#view.setBigInt64(place, BigInt(field.value), true);
    });
    return at;
  }

  tables(all: readonly (readonly FlatField[])[]): number {
    const at = this.#reserve(4 + all.length * 4, 4);
    this.#view.setUint32(at, all.length, true);
    all.forEach((fields, index) => this.#point(at + 4 + index * 4, this.table(fields)));
    return at;
  }

  text(value: string): number {
    const bytes = new TextEncoder().encode(value);
    const at = this.#reserve(4 + bytes.length + 1, 4);
    this.#view.setUint32(at, bytes.length, true);
    this.#bytes.set(bytes, at + 4);
    return at;
  }

  pairs(all: readonly (readonly [number, number])[]): number {
    const at = this.#reserve(4 + all.length * 16, 8, 4);
    this.#view.setUint32(at, all.length, true);
    all.forEach(([first, second], index) => {
      this.#view.setBigInt64(at + 4 + index * 16, BigInt(first), true);
      this.#view.setBigInt64(at + 12 + index * 16, BigInt(second), true);
    });
    return at;
  }
}
