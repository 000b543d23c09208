/** Which rows of one column of a chunk have values, gathered from the bitmaps of several batches. Arrow's bitmaps and
 *  DuckDB's have the same form. */
export class Validity {
  readonly bits: Uint8Array;
  /** Whether a row has none: until then the bits are not looked at. */
  hasNulls = false;

  /** `rows`: of a chunk, at most. */
  constructor(rows: number) {
    this.bits = new Uint8Array(Math.ceil(rows / 8));
  }

  /** Rows that all have a value; they follow those that came before. */
  all(at: number, rows: number): void {
    if (this.hasNulls) this.#fill(at, rows, 0xff);
  }

  /** Rows that all have none. */
  none(at: number, rows: number): void {
    this.#begin(at);
    this.#fill(at, rows, 0);
  }

  /** Rows as a bitmap that begins at a byte has them, from a bit on. */
  copy(at: number, rows: number, bitmap: Uint8Array, byte: number, bit: number): void {
    this.#begin(at);
    const { bits } = this;
    const end = at + rows;
    // Bits beyond the last row do not matter: later rows write over them.
    for (let row = at, source = bit; row < end;) {
      const into = row & 7;
      const shift = source & 7;
      const low = bitmap[byte + (source >> 3)]! >> shift;
      const eight = shift === 0 ? low : low | ((bitmap[byte + (source >> 3) + 1] ?? 0) << (8 - shift));
      bits[row >> 3] = into === 0 ? eight : (bits[row >> 3]! & ((1 << into) - 1)) | (eight << into);
      row += 8 - into;
      source += 8 - into;
    }
  }

  #begin(at: number): void {
    if (this.hasNulls) return;
    this.hasNulls = true;
    this.bits.fill(0xff, 0, (at + 7) >> 3);
  }

  #fill(at: number, rows: number, eight: number): void {
    if (rows === 0) return;
    const first = at >> 3;
    const kept = (1 << (at & 7)) - 1;
    this.bits[first] = (this.bits[first]! & kept) | (eight & ~kept);
    this.bits.fill(eight, first + 1, (at + rows + 7) >> 3);
  }
}
