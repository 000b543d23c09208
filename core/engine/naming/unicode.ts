/** The two Unicode properties dlt's Python relies on, over UTF-8 text. */
import { DIGIT_GROUPS, digitGroups } from "./digit-groups";

/** Count of bytes of the last decoded code point. */
export let codePointBytes: u32 = 1;

/** Code point at `p`, which lies before `end`; sets `codePointBytes`. Broken UTF-8 gives U+FFFD, one byte long. */
export function codePointAt(p: usize, end: usize): u32 {
  const first = <u32>load<u8>(p);
  codePointBytes = 1;
  if (first < 0x80) return first;
  const left = end - p;
  if (first < 0xe0) {
    if (first < 0xc2 || left < 2) return 0xfffd;
    codePointBytes = 2;
    return ((first & 31) << 6) | tail(p, 1);
  }
  if (first < 0xf0) {
    if (left < 3) return 0xfffd;
    codePointBytes = 3;
    return ((first & 15) << 12) | (tail(p, 1) << 6) | tail(p, 2);
  }
  if (left < 4) return 0xfffd;
  codePointBytes = 4;
  return ((first & 7) << 18) | (tail(p, 1) << 12) | (tail(p, 2) << 6) | tail(p, 3);
}

// @ts-ignore: decorator
@inline
function tail(p: usize, i: usize): u32 {
  return (<u32>load<u8>(p + i)) & 63;
}

/** Value 0-9 of a decimal digit of any script (category Nd), or -1. */
export function digitValue(point: u32): i32 {
  if (point < 0x80) return point - 48 <= 9 ? <i32>point - 48 : -1;
  let low = 0;
  let high = DIGIT_GROUPS;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<u32>(digitGroups + ((<usize>middle) << 2)) <= point) low = middle + 1;
    else high = middle;
  }
  if (low == 0) return -1;
  const value = point - load<u32>(digitGroups + ((<usize>(low - 1)) << 2));
  return value <= 9 ? <i32>value : -1;
}

/** Python's `str.isspace` for one code point, the set that `str.strip` removes. */
export function isSpace(point: u32): bool {
  if (point < 0x80) return point == 32 || point - 9 <= 4 || point - 28 <= 3;
  if (point < 0x2000) return point == 0x85 || point == 0xa0 || point == 0x1680;
  return (
    point <= 0x200a ||
    point == 0x2028 ||
    point == 0x2029 ||
    point == 0x202f ||
    point == 0x205f ||
    point == 0x3000
  );
}

/** Address of the first character of the text that is not white space, or `end`. */
export function trimStart(p: usize, end: usize): usize {
  while (p < end && isSpace(codePointAt(p, end))) p += codePointBytes;
  return p;
}

/** Address after the last character of the text that is not white space, or `p`. */
export function trimEnd(p: usize, end: usize): usize {
  while (end > p) {
    let last = end - 1;
    while (last > p && (load<u8>(last) & 0xc0) == 0x80) last--;
    if (!isSpace(codePointAt(last, end))) break;
    end = last;
  }
  return end;
}
