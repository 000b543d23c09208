/**
 * Powers of ten, and of five to 128 bits, the latter computed where they are needed instead of shipped.
 *
 * The 128-bit table holds, for each exponent q, the leading 128 bits of 5^q (truncated) for q >= 0 and of the
 * reciprocal of 5^-q for q < 0 (truncated, plus one unit for q >= -27), each with its top bit set: the table of
 * Daniel Lemire, "Number parsing at a gigabyte per second" (2021), section 5. It reaches up to q = 324 because
 * printing needs those powers as well. Exact arithmetic over 32-bit limbs makes it, from the middle outwards.
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

// Entries are made when they are asked for, and those between them and the ones there are: data need few, and all of them
// would be most of what opening an engine costs.
let lowest: i32 = 0;
let highest: i32 = -1;

/** 5^(highest + 1), and 2^928 / 5^-lowest, as 32-bit limbs; then the number of their highest limb. */
const rising: usize = memory.data(128, 16);
const falling: usize = memory.data(128, 16);
let risingTop: i32 = 0;
let fallingTop: i32 = 29;

/** Address of the 128-bit powers: [high u64, low u64] for each q from `MIN_POWER`. */
export function powersOfFive(): usize {
  powerOfFive(MIN_POWER);
  powerOfFive(LAST_POWER);
  return table;
}

/** Address of the entry of q. */
// @ts-ignore: decorator
@inline
export function powerOfFive(q: i32): usize {
  if (q < lowest) lower(q);
  else if (q > highest) raise(q);
  return entryOf(q);
}

// @ts-ignore: decorator
@inline
function entryOf(q: i32): usize {
  return table + ((<usize>(q - MIN_POWER)) << 4);
}

// @ts-ignore: decorator
@inline
function limb(limbs: usize, i: i32): u64 {
  return i < 0 ? 0 : <u64>load<u32>(limbs + ((<usize>i) << 2));
}

/** Stores the leading 128 bits of the number in `limbs`, whose highest limb is `top`, as the entry of q. */
function storeLeading(q: i32, limbs: usize, top: i32): void {
  const shift = <u64>clz<u32>(<u32>limb(limbs, top));
  let high = (limb(limbs, top) << 32) | limb(limbs, top - 1);
  let low = (limb(limbs, top - 2) << 32) | limb(limbs, top - 3);
  if (shift) {
    high = (high << shift) | (low >> (64 - shift));
    low = (low << shift) | (limb(limbs, top - 4) >> (32 - shift));
  }
  store<u64>(entryOf(q), high);
  store<u64>(entryOf(q), low, 8);
}

/** Makes the entries up to q. */
function raise(q: i32): void {
  if (highest < 0) store<u32>(rising, 1);
  while (highest < q) {
    storeLeading(++highest, rising, risingTop);
    let carry: u64 = 0;
    for (let i = 0; i <= risingTop; i++) {
      carry += limb(rising, i) * 5;
      store<u32>(rising + ((<usize>i) << 2), <u32>carry);
      carry >>= 32;
    }
    if (carry) {
      risingTop++;
      store<u32>(rising + ((<usize>risingTop) << 2), <u32>carry);
    }
  }
}

/**
 * Makes the entries down to q. Dividing 2^928 by five again and again is exact: floor(floor(a / b) / c) =
 * floor(a / (b * c)). The power leaves more than 128 bits of 2^928 / 5^342.
 */
function lower(q: i32): void {
  if (lowest == 0) store<u32>(falling + ((<usize>fallingTop) << 2), 1);
  while (lowest > q) {
    lowest--;
    let rest: u64 = 0;
    for (let i = fallingTop; i >= 0; i--) {
      const value = (rest << 32) | limb(falling, i);
      const quotient = value / 5;
      store<u32>(falling + ((<usize>i) << 2), <u32>quotient);
      rest = value - quotient * 5;
    }
    if (limb(falling, fallingTop) == 0) fallingTop--;
    storeLeading(lowest, falling, fallingTop);
    if (lowest >= -27) {
      const entry = entryOf(lowest);
      const low = load<u64>(entry, 8) + 1;
      store<u64>(entry, low, 8);
      if (low == 0) store<u64>(entry, load<u64>(entry) + 1);
    }
  }
}
