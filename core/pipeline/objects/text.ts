/** Bytes that are written to at a position the writers hand on: a field of an object costs more than an argument. */
export class Text {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView;
  /** Bytes there are. */
  size: number;
  private readonly limit: number;

  /** `limit`: bytes there may be. */
  constructor(size: number, limit: number) {
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
    this.size = size;
    this.limit = limit;
  }

  /** Makes room for `more` bytes at `at`; what was written stays. @throws TooLong */
  grow(at: number, more: number): void {
    let size = this.size;
    while (at + more > size) size *= 2;
    if (size > this.limit) throw new TooLong();
    const bytes = new Uint8Array(size);
    bytes.set(this.bytes.subarray(0, at));
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
    this.size = size;
  }
}

/** The text would exceed its limit. */
export class TooLong extends Error {}

/** Bytes that every writer of a value may use without asking: the longest number, a literal, a bracket and a comma. */
export const SLACK = 64;
