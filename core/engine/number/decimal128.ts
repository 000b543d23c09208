/**
 * Decimals as Arrow's Decimal128 holds them: a little-endian two's complement i128 that counts units of 10^-scale.
 * Nothing is ever rounded.
 */
import { formatI128 } from "./format-int";
import { pow10i } from "./powers";
import { multiplyHigh } from "./wide";

let low: u64 = 0;
let high: u64 = 0;

/** (high, low) = (high, low) * factor + addend. */
function multiplyAdd(factor: u64, addend: u64): void {
  const product = low * factor;
  const sum = product + addend;
  high = high * factor + multiplyHigh(low, factor) + u64(sum < product);
  low = sum;
}

function scaleUp(power: u32): void {
  for (; power > 18; power -= 18) multiplyAdd(load<u64>(pow10i + (18 << 3)), 0);
  multiplyAdd(load<u64>(pow10i + ((<usize>power) << 3)), 0);
}

function storeSigned(negative: bool, dst: usize): void {
  if (negative) {
    low = 0 - low;
    high = ~high + u64(low == 0);
  }
  store<u64>(dst, low);
  store<u64>(dst, high, 8);
}

/**
 * Writes the decimal number in the text (sign, digits with at most one point, exponent) at `dst` with `scale`
 * (16 bytes, scale <= precision <= 38) and returns 1; 0 when the text is no such number or would lose a digit.
 */
export function parseDecimal(p: usize, n: u32, precision: u32, scale: u32, dst: usize): u32 {
  const end = p + n;
  let negative = false;
  if (p < end && (load<u8>(p) == 45 || load<u8>(p) == 43)) negative = load<u8>(p++) == 45;
  /** Addresses of the first digit other than zero and after the last one. */
  let first: usize = 0;
  let last: usize = 0;
  let digits = 0;
  /** Digits after the point, and how many there were at `last`. */
  let fraction: i64 = 0;
  let fractionAtLast: i64 = 0;
  /** Digits of the integer part from `last` on. */
  let integerZeros: i64 = 0;
  let point = false;
  for (; p < end; p++) {
    const digit = <u32>load<u8>(p) - 48;
    if (digit <= 9) {
      digits++;
      if (point) fraction++;
      else integerZeros++;
      if (digit) {
        if (!first) first = p;
        last = p + 1;
        fractionAtLast = fraction;
        integerZeros = 0;
      }
    } else if (digit == <u32>-2 && !point) {
      point = true;
    } else {
      break;
    }
  }
  if (digits == 0) return 0;
  let exponent: i64 = 0;
  if (p < end) {
    if ((load<u8>(p) | 32) != 101) return 0;
    p++;
    let down = false;
    if (p < end && (load<u8>(p) == 45 || load<u8>(p) == 43)) down = load<u8>(p++) == 45;
    if (p == end) return 0;
    for (; p < end; p++) {
      const digit = <u32>load<u8>(p) - 48;
      if (digit > 9) return 0;
      if (exponent < 100000000000) exponent = exponent * 10 + digit;
    }
    if (down) exponent = -exponent;
  }
  low = 0;
  high = 0;
  if (!first) {
    storeSigned(false, dst);
    return 1;
  }
  const zeros = exponent + integerZeros - fractionAtLast + <i64>scale;
  if (zeros < 0 || zeros > 38 || last - first > 39) return 0;
  let count: i64 = 0;
  for (p = first; p < last; p++) {
    const digit = <u32>load<u8>(p) - 48;
    if (digit > 9) continue;
    if (++count + zeros > <i64>precision) return 0;
    multiplyAdd(10, digit);
  }
  scaleUp(<u32>zeros);
  storeSigned(negative, dst);
  return 1;
}

/** Writes `v` as a decimal at `dst` and returns 1, or 0 when it needs more than `precision` digits. */
export function i64ToDecimal(v: i64, precision: u32, scale: u32, dst: usize): u32 {
  return u128ToDecimal(v < 0 ? 0 - <u64>v : <u64>v, 0, v < 0, precision, scale, dst);
}

/** Writes the integer with the magnitude (magnitudeHigh, magnitudeLow) as a decimal, as `i64ToDecimal` does. */
export function u128ToDecimal(
  magnitudeLow: u64,
  magnitudeHigh: u64,
  negative: bool,
  precision: u32,
  scale: u32,
  dst: usize,
): u32 {
  low = 1;
  high = 0;
  scaleUp(precision - scale);
  if (magnitudeHigh > high || (magnitudeHigh == high && magnitudeLow >= low)) return 0;
  low = magnitudeLow;
  high = magnitudeHigh;
  scaleUp(scale);
  storeSigned(negative, dst);
  return 1;
}

/** Writes the decimal at `src` with all `scale` digits after the point (at most 42 bytes); returns the bytes. */
export function formatDecimal(src: usize, scale: u32, dst: usize): u32 {
  let n = formatI128(load<u64>(src), load<i64>(src, 8), dst);
  if (scale == 0) return n;
  const sign = u32(load<u8>(dst) == 45);
  const missing = <i32>(scale + 1) - <i32>(n - sign);
  if (missing > 0) {
    memory.copy(dst + sign + <usize>missing, dst + sign, n - sign);
    memory.fill(dst + sign, 48, <usize>missing);
    n += <u32>missing;
  }
  memory.copy(dst + n - scale + 1, dst + n - scale, scale);
  store<u8>(dst + n - scale, 46);
  return n + 1;
}
