/** Binary form of Postgres's `numeric` (`numeric_send` in `src/backend/utils/adt/numeric.c`): digit count, weight of the
 *  first digit, sign and decimal places as 16-bit integers, then digits in base 10,000, grouped from the decimal point.
 *  A fixed number of digits is written, zeros included, which the server removes: so each value has the same width. */
export class NumericEncoder {
  /** Bytes per value. */
  readonly width: number;
  readonly #words: number;
  readonly #scale: number;
  readonly #integerDigits: number;
  readonly #digits: number;
  /** Factor that makes the fraction a whole number of base-10,000 digits. */
  readonly #pad: number;
  /** Little-endian 32-bit limbs of a value's size. */
  readonly #limbs: Uint32Array;

  /** @param bits 64 or 128: size of the two's complement integers, little-endian
   *  @param scale decimal places of the integers' last digit */
  constructor(bits: 64 | 128, scale: number) {
    const fractionDigits = Math.ceil(scale / 4);
    this.#words = bits / 32;
    this.#scale = scale;
    this.#integerDigits = Math.ceil(Math.max((bits === 64 ? 19 : 39) - scale, 1) / 4);
    this.#digits = this.#integerDigits + fractionDigits;
    this.#pad = 10 ** (fractionDigits * 4 - scale);
    this.#limbs = new Uint32Array(this.#words + 1);
    this.width = 8 + this.#digits * 2;
  }

  write(from: DataView, at: number, into: DataView, to: number): void {
    const negative = this.#load(from, at);
    into.setInt16(to, this.#digits);
    into.setInt16(to + 2, this.#integerDigits - 1);
    into.setUint16(to + 4, negative ? 0x4000 : 0);
    into.setUint16(to + 6, this.#scale);
    const limbs = this.#limbs;
    let top = limbs.length - 1;
    for (let digit = this.#digits - 1; digit >= 0; digit--) {
      while (top >= 0 && limbs[top] === 0) top--;
      let rest = 0;
      for (let limb = top; limb >= 0; limb--) {
        const value = rest * 0x1_0000_0000 + limbs[limb]!;
        const quotient = Math.floor(value / 10_000);
        limbs[limb] = quotient;
        rest = value - quotient * 10_000;
      }
      into.setInt16(to + 8 + digit * 2, rest);
    }
  }

  /** Reads a value's size, padded, into the limbs; returns its sign. */
  #load(from: DataView, at: number): boolean {
    const limbs = this.#limbs;
    const words = this.#words;
    const negative = from.getInt32(at + words * 4 - 4, true) < 0;
    let borrow = negative ? 1 : 0;
    let carry = 0;
    for (let word = 0; word < words; word++) {
      let value = from.getUint32(at + word * 4, true);
      if (negative) {
        value = (~value >>> 0) + borrow;
        borrow = value > 0xffff_ffff ? 1 : 0;
        value = value >>> 0;
      }
      const padded = value * this.#pad + carry;
      carry = Math.floor(padded / 0x1_0000_0000);
      limbs[word] = padded;
    }
    limbs[words] = carry;
    return negative;
  }
}
