/**
 * Numbers in text as Python reads them: `float(text)`, and digits of any script with underscores brought to ASCII for
 * `int` and `Decimal` as well.
 */
import { codePointAt, codePointBytes, digitValue, trimEnd, trimStart } from "../naming/unicode";
import { literalToDouble } from "../number/literal-to-double";

/** Result of `pythonFloat`; may be NaN or infinite. */
export let pythonFloatValue: f64 = 0;

/** Bounds of the text after `plain`. */
export let plainStart: usize = 0;
export let plainEnd: usize = 0;

/** Longest number that may hold underscores or digits of another script. */
const ROOM: usize = 1024;
const room: usize = memory.data(1024, 16);

/** What `plain` does about underscores. */
export const UNDERSCORES_BETWEEN_DIGITS: u32 = 0;
export const UNDERSCORES_ANYWHERE: u32 = 1;

/**
 * Sets `plainStart` and `plainEnd` to the text without surrounding white space, digits in ASCII and underscores left
 * out; false when the text holds other characters beyond ASCII or an underscore in the wrong place. ASCII text
 * without underscores stays where it is; other text is copied, and refused beyond 1024 bytes.
 */
export function plain(p: usize, n: u32, underscores: u32): bool {
  const end = trimEnd(p, p + n);
  p = trimStart(p, end);
  plainStart = p;
  plainEnd = end;
  while (p < end && load<u8>(p) < 0x80 && load<u8>(p) != 95) p++;
  if (p == end) return true;
  let out = room;
  let digitBefore = false;
  for (p = plainStart; p < end;) {
    if (out == room + ROOM) return false;
    const point = codePointAt(p, end);
    p += codePointBytes;
    const digit = digitValue(point);
    if (digit >= 0) {
      store<u8>(out++, <u8>digit + 48);
    } else if (point == 95) {
      if (underscores == UNDERSCORES_BETWEEN_DIGITS) {
        if (!digitBefore || p >= end || digitValue(codePointAt(p, end)) < 0) return false;
      }
    } else {
      if (point >= 0x80) return false;
      store<u8>(out++, <u8>point);
    }
    digitBefore = digit >= 0;
  }
  plainStart = room;
  plainEnd = out;
  return true;
}

/** Python's `float(text)`: sets `pythonFloatValue`, false where Python raises ValueError. */
export function pythonFloat(src: usize, n: u32): bool {
  if (!plain(src, n, UNDERSCORES_BETWEEN_DIGITS)) return false;
  let p = plainStart;
  const end = plainEnd;
  let negative = false;
  if (p < end && (load<u8>(p) == 45 || load<u8>(p) == 43)) negative = load<u8>(p++) == 45;
  const value = p < end && (load<u8>(p) | 32) >= 97 ? word(p, end) : unsigned(p, end);
  if (!accepted) return false;
  pythonFloatValue = negative ? -value : value;
  return true;
}

/** The last `word` or `unsigned` was a number. */
let accepted: bool = false;

/** `inf`, `infinity` or `nan`, in any case. */
function word(p: usize, end: usize): f64 {
  const n = end - p;
  accepted = true;
  if (n == 3) {
    const letters = lower(p) | (lower(p + 1) << 8) | (lower(p + 2) << 16);
    if (letters == 0x666e69) return Infinity; // inf
    if (letters == 0x6e616e) return NaN; // nan
  } else if (n == 8) {
    let letters: u64 = 0;
    for (let i: usize = 0; i < 8; i++) letters |= (<u64>lower(p + i)) << ((<u64>i) << 3);
    if (letters == 0x7974696e69666e69) return Infinity; // infinity
  }
  accepted = false;
  return 0;
}

// @ts-ignore: decorator
@inline
function lower(p: usize): u32 {
  const c = <u32>load<u8>(p);
  return c - 65 <= 25 ? c + 32 : c;
}

/** Digits with a point anywhere among them and an exponent, to the end of the text. */
function unsigned(p: usize, end: usize): f64 {
  const start = p;
  let mantissa: u64 = 0;
  let digits: i64 = 0;
  let scale: i64 = 0;
  let point = false;
  accepted = false;
  for (; p < end; p++) {
    const digit = <u32>load<u8>(p) - 48;
    if (digit <= 9) {
      mantissa = mantissa * 10 + digit;
      digits++;
      if (point) scale--;
    } else if (digit == <u32>-2 && !point) {
      point = true;
    } else {
      break;
    }
  }
  if (digits == 0) return 0;
  const digitsEnd = p;
  let exponent: i64 = 0;
  if (p < end) {
    if ((load<u8>(p) | 32) != 101) return 0;
    p++;
    let negative = false;
    if (p < end && (load<u8>(p) == 45 || load<u8>(p) == 43)) negative = load<u8>(p++) == 45;
    if (p == end) return 0;
    for (; p < end; p++) {
      const digit = <u32>load<u8>(p) - 48;
      if (digit > 9) return 0;
      if (exponent < 100000000000) exponent = exponent * 10 + digit;
    }
    if (negative) exponent = -exponent;
  }
  accepted = true;
  return literalToDouble(start, digitsEnd, mantissa, digits, scale, exponent);
}
