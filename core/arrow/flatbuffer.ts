const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Reads flatbuffer tables (https://flatbuffers.dev/internals/), as far as Arrow's metadata needs them. */
export class FlatTable {
  readonly view: DataView;
  /** Position of the table in `view`. */
  readonly at: number;

  constructor(view: DataView, at: number) {
    this.view = view;
    this.at = at;
  }

  /** The root table of a buffer. */
  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(view, view.getUint32(0, true));
  }

  /** Position of the field's value, 0 when it is absent. `slot` counts fields from 0. */
  field(slot: number): number {
    const vtable = this.at - this.view.getInt32(this.at, true);
    const entry = 4 + slot * 2;
    if (entry >= this.view.getUint16(vtable, true)) return 0;
    const offset = this.view.getUint16(vtable + entry, true);
    return offset === 0 ? 0 : this.at + offset;
  }

  byte(slot: number, absent = 0): number {
    const at = this.field(slot);
    return at === 0 ? absent : this.view.getUint8(at);
  }

  int16(slot: number, absent = 0): number {
    const at = this.field(slot);
    return at === 0 ? absent : this.view.getInt16(at, true);
  }

  int32(slot: number, absent = 0): number {
    const at = this.field(slot);
    return at === 0 ? absent : this.view.getInt32(at, true);
  }

  int64(slot: number): bigint {
    const at = this.field(slot);
    return at === 0 ? 0n : this.view.getBigInt64(at, true);
  }

  table(slot: number): FlatTable | undefined {
    const at = this.field(slot);
    return at === 0 ? undefined : new FlatTable(this.view, at + this.view.getUint32(at, true));
  }

  text(slot: number): string | undefined {
    const at = this.field(slot);
    if (at === 0) return undefined;
    const start = at + this.view.getUint32(at, true);
    const length = this.view.getUint32(start, true);
    return decoder.decode(new Uint8Array(this.view.buffer, this.view.byteOffset + start + 4, length));
  }

  /** Position of a vector's first element and its length. */
  vector(slot: number): { start: number; length: number } {
    const at = this.field(slot);
    if (at === 0) return { start: 0, length: 0 };
    const start = at + this.view.getUint32(at, true);
    return { start: start + 4, length: this.view.getUint32(start, true) };
  }

  /** A vector of tables. */
  tables(slot: number): FlatTable[] {
    const { start, length } = this.vector(slot);
    return Array.from({ length }, (_, index) => {
      const at = start + index * 4;
      return new FlatTable(this.view, at + this.view.getUint32(at, true));
    });
  }
}
