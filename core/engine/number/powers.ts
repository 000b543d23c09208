/**
 * Powers of ten, and of five to 128 bits, the latter computed once instead of shipped.
 *
 * The 128-bit table holds, for each exponent q, the leading 128 bits of 5^q (truncated) for q >= 0 and of the
 * reciprocal of 5^-q for q < 0 (truncated, plus one unit for q >= -27), each with its top bit set: the table of
 * Daniel Lemire, "Number parsing at a gigabyte per second" (2021), section 5. It reaches up to q = 324 because
 * printing needs those powers as well. Exact arithmetic over 32-bit limbs makes it in well under a millisecond.
 */

/** First exponent of the table. */
export const MIN_POWER: i32 = -342;
/** Last exponent that reading a number can need. */
export const MAX_POWER: i32 = 308;
/** Last exponent in the table, needed to print the smallest numbers. */
const LAST_POWER: i32 = 324;

/** 1e0 .. 1e22, every one exact as an f64. */
export const pow10f: usize = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
  1e20, 1e21, 1e22,
]);
/** 10^0 .. 10^19 as u64. */
export const pow10i: usize = memory.data<u64>([
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000,
  1000000000000, 10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000,
  1000000000000000000, 10000000000000000000,
]);

const table: usize = memory.data(667 * 16, 16);
const limbs: usize = memory.data(128, 16);
let ready: bool = false;

/** Fills the 128-bit table; cheap when already done. The number functions call it where they need it. */
export function initPowers(): void {
  if (ready) return;
  ready = true;
  fillPositive();
  fillNegative();
}

/** Address of the 128-bit powers: [high u64, low u64] for each q from `MIN_POWER`. */
export function powersOfFive(): usize {
  initPowers();
  return table;
}

/** Address of the entry of q; the table must have been filled. */
// @ts-ignore: decorator
@inline
export function powerOfFive(q: i32): usize {
  return table + ((<usize>(q - MIN_POWER)) << 4);
}

// @ts-ignore: decorator
@inline
function limb(i: i32): u64 {
  return i < 0 ? 0 : <u64>load<u32>(limbs + ((<usize>i) << 2));
}

/** Stores the leading 128 bits of the number in `limbs`, whose highest limb is `top`, as the entry of q. */
function storeLeading(q: i32, top: i32): void {
  const shift = <u64>clz<u32>(<u32>limb(top));
  let high = (limb(top) << 32) | limb(top - 1);
  let low = (limb(top - 2) << 32) | limb(top - 3);
  if (shift) {
    high = (high << shift) | (low >> (64 - shift));
    low = (low << shift) | (limb(top - 4) >> (32 - shift));
  }
  store<u64>(powerOfFive(q), high);
  store<u64>(powerOfFive(q), low, 8);
}

function fillPositive(): void {
  let top = 0;
  store<u32>(limbs, 1);
  for (let q = 0; q <= LAST_POWER; q++) {
    storeLeading(q, top);
    let carry: u64 = 0;
    for (let i = 0; i <= top; i++) {
      carry += limb(i) * 5;
      store<u32>(limbs + ((<usize>i) << 2), <u32>carry);
      carry >>= 32;
    }
    if (carry) {
      top++;
      store<u32>(limbs + ((<usize>top) << 2), <u32>carry);
    }
  }
}

/**
 * Dividing 2^928 by five again and again is exact: floor(floor(a / b) / c) = floor(a / (b * c)). The power leaves
 * more than 128 bits of 2^928 / 5^342.
 */
function fillNegative(): void {
  memory.fill(limbs, 0, 128);
  let top = 29;
  store<u32>(limbs + ((<usize>top) << 2), 1);
  for (let q = -1; q >= MIN_POWER; q--) {
    let rest: u64 = 0;
    for (let i = top; i >= 0; i--) {
      const value = (rest << 32) | limb(i);
      const quotient = value / 5;
      store<u32>(limbs + ((<usize>i) << 2), <u32>quotient);
      rest = value - quotient * 5;
    }
    if (limb(top) == 0) top--;
    storeLeading(q, top);
    if (q >= -27) {
      const entry = powerOfFive(q);
      const low = load<u64>(entry, 8) + 1;
      store<u64>(entry, low, 8);
      if (low == 0) store<u64>(entry, load<u64>(entry) + 1);
    }
  }
}
