/**
 * The nearest f64 of a decimal literal, always: the fast path of William Clinger, "How to read floating point numbers
 * accurately" (1990), then Eisel-Lemire, then exact comparison with big integers.
 */
import { eiselLemire } from "./eisel-lemire";
import { nearestDouble } from "./exact-decimal";
import { pow10f } from "./powers";

/**
 * Nearest f64 of an unsigned literal: `mantissa` is its `count` digits (modulo 2^64), `scale` minus the count of
 * digits after the point, and the digits lie between `start` and `end`.
 */
export function literalToDouble(
  start: usize,
  end: usize,
  mantissa: u64,
  count: i64,
  scale: i64,
  exponent: i64,
): f64 {
  if (count <= 19) {
    if (mantissa == 0) return 0;
    const exp10 = clampExponent(exponent + scale);
    if (mantissa <= (<u64>1) << 53 && exp10 >= -22 && exp10 <= 22) {
      return exp10 < 0
        ? <f64>mantissa / load<f64>(pow10f + ((<usize>-exp10) << 3))
        : <f64>mantissa * load<f64>(pow10f + ((<usize>exp10) << 3));
    }
    const value = eiselLemire(mantissa, exp10);
    if (value == value) return value;
    return nearestDouble(start, end, exponent, <f64>mantissa);
  }
  return longToDouble(start, end, exponent);
}

// @ts-ignore: decorator
@inline
function clampExponent(exponent: i64): i32 {
  return <i32>max<i64>(-100000, min<i64>(100000, exponent));
}

/** More than 19 digits, leading zeros among them perhaps: the first 19 that count bound the value. */
function longToDouble(start: usize, end: usize, exponent: i64): f64 {
  let mantissa: u64 = 0;
  let count = 0;
  let exp10 = exponent;
  let fraction = false;
  let more = false;
  for (let p = start; p < end; p++) {
    const digit = <u32>load<u8>(p) - 48;
    if (digit > 9) {
      fraction = true;
    } else if (count == 19) {
      if (digit) more = true;
      if (!fraction) exp10++;
    } else {
      mantissa = mantissa * 10 + digit;
      if (mantissa) count++;
      if (fraction) exp10--;
    }
  }
  if (mantissa == 0) return 0;
  const power = clampExponent(exp10);
  const lower = eiselLemire(mantissa, power);
  if (lower == lower) {
    if (!more) return lower;
    if (lower == eiselLemire(mantissa + 1, power)) return lower;
    return nearestDouble(start, end, exponent, lower);
  }
  const near = eiselLemire(mantissa + 1, power);
  return nearestDouble(start, end, exponent, near == near ? near : eiselLemire(mantissa - 1, power));
}
