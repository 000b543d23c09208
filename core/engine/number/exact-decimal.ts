/**
 * The last resort of number reading: compares the decimal literal, as a big integer, with the midpoints next to a
 * guess and moves the guess until it is the nearest f64 (ties to even). This is algorithm R of William Clinger,
 * "How to read floating point numbers accurately" (1990), started one step away at most.
 */

/** More digits than any midpoint has (767): what follows can only be "and a bit more". */
const MAX_DIGITS: i32 = 780;
/** 128 limbs hold 4096 bits; the largest operand has about 2700. */
const CAPACITY: i32 = 128;
const left: usize = memory.data(512, 16);
const right: usize = memory.data(512, 16);
const digits: usize = memory.data(512, 16);
let digitLimbs: i32 = 0;

/**
 * The f64 nearest to the literal between `p` and `end` (digits with at most one point, no sign, no exponent)
 * times 10^exp10, for a non-zero value. `guess` is any non-negative f64, close for speed.
 */
export function nearestDouble(p: usize, end: usize, exp10: i64, guess: f64): f64 {
  let exponent = exp10;
  let count = 0;
  let sticky = false;
  let fraction = false;
  let chunk: u32 = 0;
  let scale: u32 = 1;
  memory.fill(digits, 0, 512);
  digitLimbs = 1;
  for (; p < end; p++) {
    const digit = <u32>load<u8>(p) - 48;
    if (digit > 9) {
      fraction = true;
      continue;
    }
    if (count == 0 && digit == 0) {
      if (fraction) exponent--;
      continue;
    }
    if (count == MAX_DIGITS) {
      if (digit) sticky = true;
      if (!fraction) exponent++;
      continue;
    }
    if (fraction) exponent--;
    count++;
    chunk = chunk * 10 + digit;
    scale *= 10;
    if (scale == 1000000000) {
      digitLimbs = multiplyAdd(digits, digitLimbs, scale, chunk);
      chunk = 0;
      scale = 1;
    }
  }
  digitLimbs = multiplyAdd(digits, digitLimbs, scale, chunk);
  if (sticky) {
    digitLimbs = multiplyAdd(digits, digitLimbs, 10, 1);
    exponent--;
    count++;
  }
  if (count + exponent > 310) return Infinity;
  if (count + exponent < -330) return 0;

  let bits = reinterpret<u64>(guess);
  while (true) {
    const above = bits < INFINITY_BITS ? compareMidpoint(<i32>exponent, bits) : -1;
    if (above > 0 || (above == 0 && (bits & 1) != 0)) {
      bits++;
      continue;
    }
    if (bits == 0) break;
    const below = compareMidpoint(<i32>exponent, bits - 1);
    if (below < 0 || (below == 0 && (bits & 1) != 0)) {
      bits--;
      continue;
    }
    break;
  }
  return reinterpret<f64>(bits);
}

const INFINITY_BITS: u64 = 0x7ff0000000000000;

/** Sign of digits * 10^exponent minus the midpoint between the f64 of `bits` and its successor. */
function compareMidpoint(exponent: i32, bits: u64): i32 {
  const biased = <i32>(bits >> 52);
  let mantissa = bits & 0x000fffffffffffff;
  if (biased) mantissa |= (<u64>1) << 52;
  const binary = (biased ? biased : 1) - 1076;
  memory.copy(left, digits, 512);
  let leftLimbs = digitLimbs;
  memory.fill(right, 0, 512);
  store<u64>(right, mantissa * 2 + 1);
  let rightLimbs = 2;
  if (exponent >= 0) leftLimbs = multiplyFives(left, leftLimbs, exponent);
  else rightLimbs = multiplyFives(right, rightLimbs, -exponent);
  const shift = exponent - binary;
  if (shift >= 0) leftLimbs = shiftLeft(left, leftLimbs, shift);
  else rightLimbs = shiftLeft(right, rightLimbs, -shift);
  for (let i = max(leftLimbs, rightLimbs) - 1; i >= 0; i--) {
    const a = load<u32>(left + ((<usize>i) << 2));
    const b = load<u32>(right + ((<usize>i) << 2));
    if (a != b) return a > b ? 1 : -1;
  }
  return 0;
}

/** number = number * factor + addend; returns the new count of limbs. */
function multiplyAdd(number: usize, count: i32, factor: u32, addend: u32): i32 {
  let carry = <u64>addend;
  for (let i = 0; i < count; i++) {
    const at = number + ((<usize>i) << 2);
    carry += <u64>load<u32>(at) * factor;
    store<u32>(at, <u32>carry);
    carry >>= 32;
  }
  if (carry && count < CAPACITY) {
    store<u32>(number + ((<usize>count) << 2), <u32>carry);
    count++;
  }
  return count;
}

function multiplyFives(number: usize, count: i32, power: i32): i32 {
  for (; power >= 13; power -= 13) count = multiplyAdd(number, count, 1220703125, 0);
  let factor: u32 = 1;
  for (; power > 0; power--) factor *= 5;
  return multiplyAdd(number, count, factor, 0);
}

function shiftLeft(number: usize, count: i32, shift: i32): i32 {
  const whole = shift >> 5;
  const part = <u64>(shift & 31);
  if (whole) {
    count = min(count, CAPACITY - whole);
    memory.copy(number + ((<usize>whole) << 2), number, (<usize>count) << 2);
    memory.fill(number, 0, (<usize>whole) << 2);
    count += whole;
  }
  let carry: u64 = 0;
  for (let i = whole; i < count; i++) {
    const at = number + ((<usize>i) << 2);
    carry |= (<u64>load<u32>(at)) << part;
    store<u32>(at, <u32>carry);
    carry >>= 32;
  }
  if (carry && count < CAPACITY) {
    store<u32>(number + ((<usize>count) << 2), <u32>carry);
    count++;
  }
  return count;
}
