import type { Text } from "./text.ts";

/** The four ASCII digits of 0 to 9999, as little-endian words. */
const QUADS = Int32Array.from(
  { length: 10_000 },
  (_, n) =>
    (48 + Math.floor(n / 1000)) |
    ((48 + (Math.floor(n / 100) % 10)) << 8) |
    ((48 + (Math.floor(n / 10) % 10)) << 16) |
    ((48 + (n % 10)) << 24),
);
const POWERS = Float64Array.from({ length: 16 }, (_, n) => 10 ** n);

/** Below it, all decimals of a number have 15 digits at most: then text and double stand for each other. */
const FIFTEEN_DIGITS = 1e15;
/** Below it, JavaScript writes exponents. */
const SMALLEST_PLAIN = 1e-6;
const MOST_DECIMALS = 9;

/** What is remembered of the numbers at a place. */
export interface Scaled {
  /** Decimals they are tried with; -1: they have too many. */
  scale: number;
}

/** Writes a number as `JSON.stringify` does, at `p` with {@link SLACK} bytes of room; returns the position behind it.
 *  Numbers of few decimals are written from their digits, which `m / 10 ** n === value` proves: by IEEE 754 the quotient
 *  is the double that the decimal m·10⁻ⁿ reads as, and of decimals with 15 digits or fewer only one reads as it. */
export function writeNumber(to: Text, value: number, place: Scaled, p: number): number {
  const size = value < 0 ? -value : value;
  if (size < FIFTEEN_DIGITS) {
    if (Math.floor(size) === size) {
      if (value < 0) to.bytes[p++] = 45;
      return writeInteger(to, size, p);
    }
    let { scale } = place;
    while (scale >= 0 && size >= SMALLEST_PLAIN) {
      const power = POWERS[scale]!;
      const digits = Math.round(size * power);
      if (digits < FIFTEEN_DIGITS && digits / power === size) {
        if (value < 0) to.bytes[p++] = 45;
        const whole = Math.floor(size);
        return writeDecimals(to, digits - whole * power, scale, writeInteger(to, whole, p));
      }
      place.scale = scale = scale < MOST_DECIMALS ? scale + 3 : -1;
    }
  }
  return writeLetters(to, Number.isFinite(value) ? String(value) : "null", p);
}

/** Writes a short text of ASCII. */
export function writeLetters(to: Text, text: string, p: number): number {
  const { bytes } = to;
  for (let at = 0; at < text.length; at++) bytes[p++] = text.charCodeAt(at);
  return p;
}

/** The point and `scale` digits behind it, without the zeros at their end; they are not all zeros. */
function writeDecimals(to: Text, decimals: number, scale: number, p: number): number {
  // Less than 10⁹: with integers, division by ten is a multiplication.
  let rest = decimals | 0;
  for (let tenth = (rest / 10) | 0; tenth * 10 === rest; tenth = (rest / 10) | 0) {
    rest = tenth;
    scale--;
  }
  const { bytes } = to;
  bytes[p] = 46;
  for (let at = p + scale; at > p; at--) {
    const tenth = (rest / 10) | 0;
    bytes[at] = 48 + rest - tenth * 10;
    rest = tenth;
  }
  return p + scale + 1;
}

/** Writes an integer from 0 to 10¹⁵. */
export function writeInteger(to: Text, value: number, p: number): number {
  if (value < 10) {
    to.bytes[p] = 48 + value;
    return p + 1;
  }
  if (value < 10_000) return writeFirst(to, value | 0, p);
  if (value < 100_000_000) {
    const whole = value | 0;
    const high = (whole / 10_000) | 0;
    p = writeFirst(to, high, p);
    to.view.setInt32(p, QUADS[whole - high * 10_000]!, true);
    return p + 4;
  }
  const high = Math.floor(value / 100_000_000);
  const low = (value - high * 100_000_000) | 0;
  p = writeInteger(to, high, p);
  const middle = (low / 10_000) | 0;
  to.view.setInt32(p, QUADS[middle]!, true);
  to.view.setInt32(p + 4, QUADS[low - middle * 10_000]!, true);
  return p + 8;
}

/** 0 to 9999 without zeros in front. */
function writeFirst(to: Text, value: number, p: number): number {
  const digits = value >= 1000 ? 4 : value >= 100 ? 3 : value >= 10 ? 2 : 1;
  to.view.setInt32(p, QUADS[value]! >>> ((4 - digits) << 3), true);
  return p + digits;
}
