/**
 * Nearest f64 of mantissa * 10^exponent by one or two 64-bit products.
 *
 * Source: Daniel Lemire, "Number parsing at a gigabyte per second" (2021), algorithm 1, and Noble Mushtak and
 * Daniel Lemire, "Fast number parsing without fallback" (2022), which shows that the second product decides
 * every 64-bit mantissa.
 */
import { MAX_POWER, MIN_POWER, powerOfFive } from "./powers";
import { multiplyHigh } from "./wide";

const FRACTION_MASK: u64 = 0x000fffffffffffff;

/** Nearest f64 of `mantissa * 10^exp10`, or NaN when the products leave it open. */
export function eiselLemire(mantissa: u64, exp10: i32): f64 {
  if (mantissa == 0 || exp10 < MIN_POWER) return 0;
  if (exp10 > MAX_POWER) return Infinity;
  const lead = <i32>clz<u64>(mantissa);
  const normal = mantissa << lead;
  const entry = powerOfFive(exp10);
  let low = normal * load<u64>(entry);
  let high = multiplyHigh(normal, load<u64>(entry));
  if ((high & 0x1ff) == 0x1ff) {
    const sum = low + multiplyHigh(normal, load<u64>(entry, 8));
    if (sum < low) high++;
    low = sum;
    if (low == u64.MAX_VALUE && (exp10 < -27 || exp10 > 55)) return NaN;
  }
  const upper = <i32>(high >> 63);
  let bits = high >> (<u64>upper + 9);
  // floor(log2(10^q)) = (217706 q) >> 16 for every q of the table
  let exponent = ((217706 * exp10) >> 16) + 63 + upper - lead + 1023;
  if (exponent <= 0) {
    if (exponent <= -63) return 0;
    bits >>= <u64>(1 - exponent);
    bits = (bits + (bits & 1)) >> 1;
    return reinterpret<f64>(bits);
  }
  // Exactly half way is possible only where 5^q fits 64 bits: round to even there.
  if (low <= 1 && exp10 >= -4 && exp10 <= 23 && (bits & 3) == 1) {
    if (bits << (<u64>upper + 9) == high) bits &= ~(<u64>1);
  }
  bits = (bits + (bits & 1)) >> 1;
  if (bits >= (<u64>1) << 53) {
    bits = (<u64>1) << 52;
    exponent++;
  }
  if (exponent >= 0x7ff) return Infinity;
  return reinterpret<f64>((bits & FRACTION_MASK) | ((<u64>exponent) << 52));
}
