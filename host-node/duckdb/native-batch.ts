import { readMessages } from "../../core/arrow/ipc-messages.ts";
import { type ArrowType, readFields } from "../../core/arrow/ipc-schema.ts";

/** Where the buffers of a record batch are. Wide tables have a thousand columns in batches of a hundred rows: nothing is
 *  made per column. */
export class Batch {
  readonly rows: number;
  readonly bytes: Uint8Array;
  /** The same bytes; Arrow's buffers begin at multiples of 8. */
  readonly words: Int32Array;
  readonly #header: DataView;
  readonly #nodes: number;
  readonly #buffers: number;

  constructor(header: DataView, rows: number, nodes: number, buffers: number, body: Uint8Array) {
    // Typed arrays need their bytes aligned, which a part of a larger buffer may not be.
    this.bytes = body.byteOffset % 8 === 0 ? body : body.slice();
    this.words = new Int32Array(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length >> 2);
    this.rows = rows;
    this.#header = header;
    this.#nodes = nodes;
    this.#buffers = buffers;
  }

  /** How many values of a column are null. */
  nulls(column: number): number {
    return this.#number(this.#nodes + column * 16 + 8);
  }

  lengthOf(buffer: number): number {
    return this.#number(this.#buffers + buffer * 16 + 8);
  }

  /** Where a buffer of so many bytes at least begins. */
  startOf(buffer: number, least: number): number {
    const at = this.#number(this.#buffers + buffer * 16);
    const length = this.lengthOf(buffer);
    if (length < least || at + length > this.bytes.length) throw new Error("an Arrow buffer is cut short");
    return at;
  }

  #number(at: number): number {
    return this.#header.getUint32(at, true) + this.#header.getUint32(at + 4, true) * 2 ** 32;
  }
}

/** The columns of an Arrow IPC stream and its batches. */
export function readStream(stream: Uint8Array): { types: ArrowType[]; batches: Batch[] } {
  let types: ArrowType[] = [];
  const batches: Batch[] = [];
  for (const { kind, header, body } of readMessages(stream).messages) {
    if (kind === "schema") types = readFields(header).map((field) => field.type);
    if (kind !== "batch") continue;
    if (header.field(3) !== 0) throw new Error("compressed Arrow record batches are not supported");
    const [nodes, buffers] = [header.vector(1), header.vector(2)];
    if (nodes.length !== types.length) throw new Error("an Arrow batch has other columns than its schema");
    batches.push(new Batch(header.view, Number(header.int64(0)), nodes.start, buffers.start, body));
  }
  return { types, batches };
}
