/** Decimal text of integers, two digits at a time. */

const pairs: usize = memory.data<u8>([
  48, 48, 48, 49, 48, 50, 48, 51, 48, 52, 48, 53, 48, 54, 48, 55, 48, 56, 48, 57, 49, 48, 49, 49, 49, 50, 49,
  51, 49, 52, 49, 53, 49, 54, 49, 55, 49, 56, 49, 57, 50, 48, 50, 49, 50, 50, 50, 51, 50, 52, 50, 53, 50, 54,
  50, 55, 50, 56, 50, 57, 51, 48, 51, 49, 51, 50, 51, 51, 51, 52, 51, 53, 51, 54, 51, 55, 51, 56, 51, 57, 52,
  48, 52, 49, 52, 50, 52, 51, 52, 52, 52, 53, 52, 54, 52, 55, 52, 56, 52, 57, 53, 48, 53, 49, 53, 50, 53, 51,
  53, 52, 53, 53, 53, 54, 53, 55, 53, 56, 53, 57, 54, 48, 54, 49, 54, 50, 54, 51, 54, 52, 54, 53, 54, 54, 54,
  55, 54, 56, 54, 57, 55, 48, 55, 49, 55, 50, 55, 51, 55, 52, 55, 53, 55, 54, 55, 55, 55, 56, 55, 57, 56, 48,
  56, 49, 56, 50, 56, 51, 56, 52, 56, 53, 56, 54, 56, 55, 56, 56, 56, 57, 57, 48, 57, 49, 57, 50, 57, 51, 57,
  52, 57, 53, 57, 54, 57, 55, 57, 56, 57, 57,
]);
const scratch: usize = memory.data(48, 16);

/** Writes `v` in decimal at `dst` (at most 20 bytes) and returns the count of bytes. */
export function formatU64(v: u64, dst: usize): u32 {
  let at = scratch + 24;
  while (v >= 100) {
    const rest = v / 100;
    at -= 2;
    store<u16>(at, load<u16>(pairs + ((<usize>(v - rest * 100)) << 1)));
    v = rest;
  }
  if (v >= 10) {
    at -= 2;
    store<u16>(at, load<u16>(pairs + ((<usize>v) << 1)));
  } else {
    store<u8>(--at, <u8>v + 48);
  }
  const n = scratch + 24 - at;
  memory.copy(dst, at, n);
  return <u32>n;
}

/** Writes `v` in decimal at `dst` (at most 20 bytes) and returns the count of bytes. */
export function formatI64(v: i64, dst: usize): u32 {
  if (v >= 0) return formatU64(<u64>v, dst);
  store<u8>(dst, 45);
  return formatU64(0 - <u64>v, dst + 1) + 1;
}

/** Writes `v` with leading zeros as exactly `width` digits; `v` must fit. */
export function formatPadded(v: u32, width: u32, dst: usize): void {
  for (let at = dst + width; at > dst; v /= 10) store<u8>(--at, 48 + <u8>(v % 10));
}

/** Writes the two's complement i128 (`hi`, `lo`) in decimal at `dst` (at most 40 bytes); returns the bytes. */
export function formatI128(lo: u64, hi: i64, dst: usize): u32 {
  if (hi == (<i64>lo) >> 63) return formatI64(<i64>lo, dst);
  let high = <u64>hi;
  let n: u32 = 0;
  if (hi < 0) {
    lo = 0 - lo;
    high = ~high + u64(lo == 0);
    store<u8>(dst, 45);
    n = 1;
  }
  // Five base-10^9 digits, lowest first, by long division over 32-bit limbs.
  let a = high >> 32;
  let b = high & 0xffffffff;
  let c = lo >> 32;
  let d = lo & 0xffffffff;
  for (let i: usize = 0; i < 5; i++) {
    let rest = a % 1000000000;
    a /= 1000000000;
    rest = (rest << 32) | b;
    b = rest / 1000000000;
    rest = ((rest % 1000000000) << 32) | c;
    c = rest / 1000000000;
    rest = ((rest % 1000000000) << 32) | d;
    d = rest / 1000000000;
    store<u32>(scratch + 24 + (i << 2), <u32>(rest % 1000000000));
  }
  let i = 4;
  while (load<u32>(scratch + 24 + ((<usize>i) << 2)) == 0) i--;
  n += formatU64(load<u32>(scratch + 24 + ((<usize>i) << 2)), dst + n);
  while (--i >= 0) {
    formatPadded(load<u32>(scratch + 24 + ((<usize>i) << 2)), 9, dst + n);
    n += 9;
  }
  return n;
}
