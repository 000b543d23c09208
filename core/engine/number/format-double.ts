/**
 * Python's `repr(float)`: the shortest decimal that reads back as the same f64 and, among those, the closest;
 * scientific notation below 1e-4 and from 1e16 on (CPython, `format_float_short` with code "r").
 *
 * The digits come from Raffaello Giulietti, "The Schubfach way to render doubles" (2021), with its table replaced
 * by the powers of five that number reading needs anyway.
 */
import { formatU64 } from "./format-int";
import { powerOfFive } from "./powers";
import { multiplyHigh } from "./wide";

/** Digits of the last `shortest` call as an integer. */
let digits: u64 = 0;
/** Power of ten that `digits` counts. */
let power: i32 = 0;

/** Writes `repr(v)` at `dst` (at most 25 bytes) and returns the count of bytes. */
export function formatDouble(v: f64, dst: usize): u32 {
  return format(v, dst, -3, true);
}

/** As {@link formatDouble}, for a finite v, as orjson prints it: scientific notation below 1e-5, exponents without zeros
 *  before them. */
export function formatJsonDouble(v: f64, dst: usize): u32 {
  return format(v, dst, -4, false);
}

function format(v: f64, dst: usize, lowest: i32, padded: bool): u32 {
  const start = dst;
  if (v != v) {
    store<u32>(dst, 0x6e616e); // nan
    return 3;
  }
  const bits = reinterpret<u64>(v);
  if (<i64>bits < 0) store<u8>(dst++, 45);
  const magnitude = bits & 0x7fffffffffffffff;
  if (magnitude == 0x7ff0000000000000) {
    store<u16>(dst, 0x6e69); // in
    store<u8>(dst, 102, 2); // f
    return <u32>(dst - start) + 3;
  }
  if (magnitude == 0) {
    store<u16>(dst, 0x2e30); // 0.
    store<u8>(dst, 48, 2);
    return <u32>(dst - start) + 3;
  }
  shortest(magnitude);
  if (digits % 100000000 == 0) {
    digits /= 100000000;
    power += 8;
  }
  while (digits % 10 == 0) {
    digits /= 10;
    power++;
  }
  return <u32>(dst - start) + layOut(dst, lowest, padded);
}

/** Writes `digits * 10^power`; scientific where the point is below `lowest`, exponents of two digits when `padded`. */
function layOut(dst: usize, lowest: i32, padded: bool): u32 {
  const start = dst;
  const count = <i32>formatU64(digits, dst);
  const point = count + power;
  if (point > 16 || point < lowest) {
    if (count > 1) {
      memory.copy(dst + 2, dst + 1, <usize>(count - 1));
      store<u8>(dst, 46, 1);
      dst += <usize>count + 1;
    } else {
      dst++;
    }
    const exponent = point - 1;
    store<u8>(dst, 101);
    store<u8>(dst, exponent < 0 ? 45 : 43, 1);
    dst += 2;
    const size = <u64>abs(exponent);
    if (padded && size < 10) store<u8>(dst++, 48);
    dst += formatU64(size, dst);
    return <u32>(dst - start);
  }
  if (point <= 0) {
    const zeros = <usize>-point;
    memory.copy(dst + 2 + zeros, dst, <usize>count);
    memory.fill(dst, 48, 2 + zeros);
    store<u8>(dst, 46, 1);
    return <u32>(2 - point + count);
  }
  if (point >= count) {
    memory.fill(dst + <usize>count, 48, <usize>(point - count));
    store<u16>(dst + <usize>point, 0x302e); // .0
    return <u32>point + 2;
  }
  memory.copy(dst + <usize>point + 1, dst + <usize>point, <usize>(count - point));
  store<u8>(dst + <usize>point, 46);
  return <u32>count + 1;
}

/** Sets `digits` and `power` for the positive finite f64 of `bits`. */
function shortest(bits: u64): void {
  const fraction = bits & 0x000fffffffffffff;
  const biased = <i32>(bits >> 52);
  const mantissa = biased ? fraction | ((<u64>1) << 52) : fraction;
  const binary = (biased ? biased : 1) - 1075;
  if (binary <= 0 && binary > -53 && <i32>ctz(mantissa) >= -binary) {
    digits = mantissa >> (<u64>-binary);
    power = 0;
    return;
  }
  // The gap below a power of two is half as wide.
  const narrow = fraction == 0 && biased > 1;
  // floor(log10(2^binary)), of 3/4 of it when narrow
  const k = (binary * 1262611 - (narrow ? 524031 : 0)) >> 22;
  const entry = powerOfFive(-k);
  // Schubfach wants the power rounded up; 5^0 .. 5^55 are exact, 5^-27 .. 5^-1 are rounded up already.
  const up = u64(k < -55 || k > 27);
  const powerLow = load<u64>(entry, 8) + up;
  const powerHigh = load<u64>(entry) + u64(up != 0 && powerLow == 0);
  // floor(log2(10^-k)) = (-k * 1741647) >> 19
  const shift = <u64>(binary + ((-k * 1741647) >> 19) + 1);
  const center = mantissa << 2;
  const lower = scaleToOdd(powerHigh, powerLow, (center - 2 + u64(narrow)) << shift);
  const middle = scaleToOdd(powerHigh, powerLow, center << shift);
  const upper = scaleToOdd(powerHigh, powerLow, (center + 2) << shift);
  // An even mantissa owns its bounds.
  const odd = mantissa & 1;
  const first = lower + odd;
  const last = upper - odd;

  const whole = middle >> 2;
  if (whole >= 10) {
    const tens = whole / 10;
    const under = first <= 40 * tens;
    const over = 40 * tens + 40 <= last;
    if (under != over) {
      digits = tens + u64(over);
      power = k + 1;
      return;
    }
  }
  power = k;
  const under = first <= 4 * whole;
  const over = 4 * whole + 4 <= last;
  if (under != over) {
    digits = whole + u64(over);
    return;
  }
  const half = 4 * whole + 2;
  digits = whole + u64(middle > half || (middle == half && (whole & 1) != 0));
}

/** floor(power * value / 2^128) with its lowest bit set when anything was cut off. */
function scaleToOdd(powerHigh: u64, powerLow: u64, value: u64): u64 {
  const carry = multiplyHigh(powerLow, value);
  const low = powerHigh * value + carry;
  const high = multiplyHigh(powerHigh, value) + u64(low < carry);
  return high | u64(low > 1);
}
