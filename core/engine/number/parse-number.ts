/**
 * Reads JSON numbers (RFC 8259, section 6). Integers stay exact; doubles are always correctly rounded.
 */
import { literalToDouble } from "./literal-to-double";
import { pow10i } from "./powers";

export { eiselLemire } from "./eisel-lemire";

/** The literal has neither point nor exponent. */
export let numIsInteger: bool = false;
/** `NUM_INT64`, `NUM_BIG` or `NUM_DOUBLE`. */
export let numKind: u32 = 0;
/** The value when `numKind` is `NUM_INT64`. */
export let numInt: i64 = 0;
/** The value when `numKind` is not `NUM_INT64`; the nearest f64, infinite beyond its range. */
export let numDouble: f64 = 0;
/** Where the last refused text goes wrong; `end` when it only stops too early. */
export let numberErrorAt: usize = 0;

/** An integer within i64. */
export const NUM_INT64: u32 = 0;
/** An integer beyond i64, of any length. */
export const NUM_BIG: u32 = 1;
/** A literal with a point or an exponent. */
export const NUM_DOUBLE: u32 = 2;

// @ts-ignore: decorator
@inline
function digitAt(p: usize): u32 {
  return <u32>load<u8>(p) - 48;
}

/**
 * Reads the number at `p` and returns the address after it, or 0 with `numberErrorAt` set. `end` is the end of
 * the text; the bytes from there on must be zeros (8 of them).
 */
export function parseNumber(p: usize, end: usize): usize {
  const negative = load<u8>(p) == 45;
  if (negative) p++;
  const start = p;
  let digits = countDigits(load<u64>(p));
  if (digits == 0) return fail(p, end);
  if (load<u8>(p) == 48 && digits > 1) return fail(p + 1, end);
  let mantissa = leadingDigits(load<u64>(p), digits);
  p += digits;
  while (digits == 8) {
    digits = countDigits(load<u64>(p));
    if (digits == 0) break;
    mantissa = append(mantissa, load<u64>(p), digits);
    p += digits;
  }
  let mark = <u32>load<u8>(p);
  if (mark != 46 && (mark | 32) != 101) {
    numIsInteger = true;
    const count = p - start;
    if (count < 19 || (count == 19 && mantissa <= <u64>i64.MAX_VALUE + u64(negative))) {
      numKind = NUM_INT64;
      numInt = negative ? -(<i64>mantissa) : <i64>mantissa;
      return p;
    }
    numKind = NUM_BIG;
    const magnitude = literalToDouble(start, p, mantissa, <i64>count, 0, 0);
    numDouble = negative ? -magnitude : magnitude;
    return p;
  }

  numIsInteger = false;
  numKind = NUM_DOUBLE;
  let count = <i64>(p - start);
  let scale: i64 = 0;
  if (mark == 46) {
    const fraction = ++p;
    digits = countDigits(load<u64>(p));
    if (digits == 0) return fail(p, end);
    while (true) {
      mantissa = append(mantissa, load<u64>(p), digits);
      p += digits;
      if (digits < 8) break;
      digits = countDigits(load<u64>(p));
      if (digits == 0) break;
    }
    scale = -(<i64>(p - fraction));
    count -= scale;
    mark = load<u8>(p);
  }
  const digitsEnd = p;
  let exponent: i64 = 0;
  if ((mark | 32) == 101) {
    p++;
    const sign = <u32>load<u8>(p);
    if (sign == 43 || sign == 45) p++;
    let digit = digitAt(p);
    if (digit > 9) return fail(p, end);
    do {
      if (exponent < 100000000000) exponent = exponent * 10 + digit;
      digit = digitAt(++p);
    } while (digit <= 9);
    if (sign == 45) exponent = -exponent;
  }
  const magnitude = literalToDouble(start, digitsEnd, mantissa, count, scale, exponent);
  numDouble = negative ? -magnitude : magnitude;
  return p;
}

function fail(at: usize, end: usize): usize {
  numberErrorAt = min(at, end);
  return 0;
}

/**
 * How many of the eight bytes, from the lowest on, are ASCII digits. Carries only reach bytes behind the first one
 * that is no digit.
 */
// @ts-ignore: decorator
@inline
function countDigits(bytes: u64): usize {
  const others = ((bytes + 0x4646464646464646) | (bytes - 0x3030303030303030)) & 0x8080808080808080;
  return <usize>(ctz<u64>(others) >> 3);
}

/** Value of the first `count` (1-8) ASCII digits. */
// @ts-ignore: decorator
@inline
function leadingDigits(bytes: u64, count: usize): u64 {
  return eightDigits(bytes << (64 - ((<u64>count) << 3)));
}

/** The number followed by the first `count` (1-8) ASCII digits, modulo 2^64. */
// @ts-ignore: decorator
@inline
function append(mantissa: u64, bytes: u64, count: usize): u64 {
  return mantissa * load<u64>(pow10i + (count << 3)) + leadingDigits(bytes, count);
}

/**
 * Value of eight ASCII digits, first digit in the lowest byte, zero bytes counting as 0: two, four and eight at a time
 * (Johnny Lee, "Fast numeric string to int", 2016).
 */
// @ts-ignore: decorator
@inline
function eightDigits(bytes: u64): u64 {
  let value = (bytes & 0x0f0f0f0f0f0f0f0f) * 2561;
  value = ((value >> 8) & 0x00ff00ff00ff00ff) * 6553601;
  return (((value >> 16) & 0x0000ffff0000ffff) * 42949672960001) >> 32;
}
