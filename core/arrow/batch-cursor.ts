import type { FlatTable } from "./flatbuffer.ts";

/** Walks the field nodes and buffers of one record batch in Arrow's pre-order. */
export class BatchCursor {
  readonly view: DataView;
  readonly body: Uint8Array;
  readonly #header: FlatTable;
  #node: number;
  #buffer: number;

  constructor(header: FlatTable, body: Uint8Array) {
    if (header.field(3) !== 0) throw new Error("compressed Arrow record batches are not supported");
    this.#header = header;
    this.body = body;
    this.view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    this.#node = header.vector(1).start;
    this.#buffer = header.vector(2).start;
  }

  node(): { length: number; nulls: number } {
    const { view } = this.#header;
    const at = this.#node;
    this.#node += 16;
    return { length: Number(view.getBigInt64(at, true)), nulls: Number(view.getBigInt64(at + 8, true)) };
  }

  buffer(): { at: number; length: number } {
    const { view } = this.#header;
    const at = this.#buffer;
    this.#buffer += 16;
    return { at: Number(view.getBigInt64(at, true)), length: Number(view.getBigInt64(at + 8, true)) };
  }

  /** The next buffer's bytes, which have to be so many at least. */
  bytes(least = 0): Uint8Array {
    const { at, length } = this.buffer();
    if (length < least || at + length > this.body.length) throw new Error("an Arrow buffer is cut short");
    return this.body.subarray(at, at + length);
  }
}
