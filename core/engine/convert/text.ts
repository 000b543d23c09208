/**
 * Text to numbers and truth values, as dlt's `coerce_value` does it (dlt/common/data_types/type_helpers.py): Python's
 * own grammars with surrounding white space, and hexadecimal integers after `0x`.
 */
import { trimEnd, trimStart } from "../naming/unicode";
import { parseDecimal, u128ToDecimal } from "../number/decimal128";
import {
  UNDERSCORES_ANYWHERE,
  UNDERSCORES_BETWEEN_DIGITS,
  plain,
  plainEnd,
  plainStart,
  pythonFloat,
  pythonFloatValue,
} from "./python-number";

/** Result of `textToInt`. */
export let convInt: i64 = 0;
/** Result of `textToDouble`; may be NaN or infinite. */
export let convDouble: f64 = 0;
/** Result of `textToBool`. */
export let convBool: bool = false;

/** Text to bigint: sets `convInt`; false for no integer (`12.0` is none) and for one beyond i64. */
export function textToInt(p: usize, n: u32): bool {
  if (hexBody(p, n)) {
    if (!hexadecimal() || hexSticky || hexHigh) return false;
    return setInt(hexLow);
  }
  if (!plain(p, n, UNDERSCORES_BETWEEN_DIGITS)) return false;
  let at = plainStart;
  const end = plainEnd;
  hexNegative = false;
  if (at < end && (load<u8>(at) == 45 || load<u8>(at) == 43)) hexNegative = load<u8>(at++) == 45;
  if (at == end) return false;
  let value: u64 = 0;
  for (; at < end; at++) {
    const digit = <u32>load<u8>(at) - 48;
    if (digit > 9 || value > 922337203685477580) return false;
    value = value * 10 + digit;
  }
  return setInt(value);
}

/** Gives `convInt` the sign of `hexNegative` where i64 holds the value. */
function setInt(magnitude: u64): bool {
  if (magnitude > <u64>i64.MAX_VALUE + <u64>hexNegative) return false;
  convInt = hexNegative ? -(<i64>magnitude) : <i64>magnitude;
  return true;
}

/** Text to double: sets `convDouble`; `nan`, `inf` and overflow are accepted as Python's `float` does. */
export function textToDouble(p: usize, n: u32): bool {
  if (hexBody(p, n)) {
    if (!hexadecimal()) return false;
    const value = hexToDouble();
    if (value == Infinity) return false;
    // Python goes through an int, which has no -0.
    convDouble = hexNegative ? 0 - value : value;
    return true;
  }
  if (!pythonFloat(p, n)) return false;
  convDouble = pythonFloatValue;
  return true;
}

/**
 * Text to decimal or wei: writes the i128 at `dst` and returns 1, or 0 where the text is no finite number or does not
 * fit `precision` and `scale` exactly.
 */
export function textToDecimal(p: usize, n: u32, precision: u32, scale: u32, dst: usize): u32 {
  if (hexBody(p, n)) {
    if (!hexadecimal() || hexSticky) return 0;
    return u128ToDecimal(hexLow, hexHigh, hexNegative, precision, scale, dst);
  }
  if (!plain(p, n, UNDERSCORES_ANYWHERE)) return 0;
  return parseDecimal(plainStart, <u32>(plainEnd - plainStart), precision, scale, dst);
}

/** Text to bool: sets `convBool`; yes, true, t, y, 1 and no, false, f, n, 0 in any case, without white space. */
export function textToBool(p: usize, n: u32): bool {
  if (n == 0 || n > 5) return false;
  let word: u64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const c = <u32>load<u8>(p + i);
    if (c == 0) return false;
    word |= (<u64>(c - 65 <= 25 ? c + 32 : c)) << ((<u64>i) << 3);
  }
  // The letters as a little-endian number.
  convBool = word == 0x736579 || word == 0x65757274 || word == 0x74 || word == 0x79 || word == 0x31;
  return convBool || word == 0x6f6e || word == 0x65736c6166 || word == 0x66 || word == 0x6e || word == 0x30;
}

/** The first 128 bits of the last hexadecimal integer, its sign, and whether more bits come before them. */
let hexLow: u64 = 0;
let hexHigh: u64 = 0;
let hexNegative: bool = false;
let hexSticky: bool = false;
/** Hexadecimal digits beyond the first 32, and whether any of them counts. */
let hexDropped: i32 = 0;
let hexRest: bool = false;
let bodyStart: usize = 0;
let bodyEnd: usize = 0;

/** The text begins with `0x` after white space; the rest is kept for `hexadecimal`. */
function hexBody(p: usize, n: u32): bool {
  const end = trimEnd(p, p + n);
  p = trimStart(p, end);
  if (end - p < 2 || load<u16>(p) != 0x7830) return false;
  bodyStart = trimStart(p + 2, end);
  bodyEnd = end;
  return true;
}

/** Python's `int(body, 16)`, which allows white space, a sign and another `0x` before the digits. */
function hexadecimal(): bool {
  if (!plain(bodyStart, <u32>(bodyEnd - bodyStart), UNDERSCORES_ANYWHERE)) return false;
  if (!underscoresPart(bodyStart, bodyEnd)) return false;
  let p = plainStart;
  const end = plainEnd;
  hexNegative = false;
  hexLow = 0;
  hexHigh = 0;
  hexSticky = false;
  hexDropped = 0;
  hexRest = false;
  if (p < end && (load<u8>(p) == 45 || load<u8>(p) == 43)) hexNegative = load<u8>(p++) == 45;
  if (end - p > 2 && (load<u16>(p) | 0x2000) == 0x7830) p += 2;
  if (p >= end) return false;
  for (; p < end; p++) {
    const value = hexValue(load<u8>(p));
    if (value > 15) return false;
    if (hexHigh >> 60) {
      hexSticky = true;
      hexDropped++;
      hexRest = hexRest || value != 0;
      continue;
    }
    hexHigh = (hexHigh << 4) | (hexLow >> 60);
    hexLow = (hexLow << 4) | (<u64>value);
  }
  return true;
}

/** Each underscore stands between two digits, or between the second `0x` and a digit. */
function underscoresPart(p: usize, end: usize): bool {
  for (let at = p; at < end; at++) {
    if (load<u8>(at) != 95) continue;
    if (at + 1 >= end || at == p) return false;
    const before = load<u8>(at - 1);
    const after = load<u8>(at + 1);
    if (hexValue(after) > 15 && after < 0x80) return false;
    if (hexValue(before) > 15 && before < 0x80 && (before | 32) != 120) return false;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function hexValue(c: u8): u32 {
  const digit = <u32>c - 48;
  if (digit <= 9) return digit;
  const letter = ((<u32>c) | 32) - 97;
  return letter <= 5 ? letter + 10 : 16;
}

/** Nearest f64 of the hexadecimal magnitude, ties to even; infinite beyond the range. */
function hexToDouble(): f64 {
  let high = hexHigh;
  let low = hexLow;
  if (high == 0) return <f64>low;
  const lead = clz<u64>(high);
  if (lead) {
    high = (high << lead) | (low >> (64 - lead));
    low <<= lead;
  }
  // The conversion from u64 rounds once; a set lowest bit stands for everything below.
  if (low != 0 || hexRest) high |= 1;
  let exponent = 64 - <i32>lead + hexDropped * 4;
  if (exponent > 1000) return Infinity;
  let value = <f64>high;
  for (; exponent >= 512; exponent -= 512) value *= reinterpret<f64>((<u64>(512 + 1023)) << 52);
  return value * reinterpret<f64>((<u64>(exponent + 1023)) << 52);
}
