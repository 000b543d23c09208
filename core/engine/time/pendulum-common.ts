/**
 * The grammar dlt falls back to, `COMMON` of pendulum/parsing/__init__.py: dates with `/`, `:` or no separator, and
 * times with colons, digits of any script. The regular expression prefers the longest date, so the three shapes are
 * tried in its order.
 */
import { codePointAt, codePointBytes, digitValue } from "../naming/unicode";
import { clear, isValid, setDate, setTime } from "./pendulum-iso";

let at: usize = 0;
let end: usize = 0;

/** Parses the text between `p` and `stop` to its end into the fields of `pendulum-iso.ts`, and checks its ranges. */
export function parseCommon(p: usize, stop: usize): bool {
  end = stop;
  at = p;
  clear();
  const year = digits(4, 4);
  const afterYear = at;
  if (year >= 0) {
    const month = separatedPair();
    const day = month < 0 ? -1 : separatedPair();
    if (day >= 0) {
      setDate(year, month, day);
      if (at == end || time()) return isValid();
    }
    clear();
    at = afterYear;
    setDate(year, 1, 1);
    if (at == end || time()) return isValid();
  }
  at = p;
  clear();
  return time() && isValid();
}

/** Value of the digit here, which is passed over, or -1. */
function digit(): i32 {
  if (at >= end) return -1;
  const value = digitValue(codePointAt(at, end));
  if (value >= 0) at += codePointBytes;
  return value;
}

/** Value of `least` to `most` digits, or -1. */
function digits(least: i32, most: i32): i32 {
  let value = 0;
  let count = 0;
  while (count < most) {
    const next = digit();
    if (next < 0) break;
    value = value * 10 + next;
    count++;
  }
  return count < least ? -1 : value;
}

// @ts-ignore: decorator
@inline
function skip(c: u32): bool {
  if (at >= end || load<u8>(at) != c) return false;
  at++;
  return true;
}

/** `[/:]?` and two digits. */
function separatedPair(): i32 {
  if (!skip(47)) skip(58);
  return digits(2, 2);
}

/** An optional space and the time, to the end of the text. Python fails on the missing minute that `COMMON` allows. */
function time(): bool {
  skip(32);
  const hour = digits(1, 2);
  if (hour < 0 || !skip(58)) return false;
  const minute = digits(1, 2);
  if (minute < 0) return false;
  let second = 0;
  if (skip(58)) {
    second = digits(1, 2);
    if (second < 0) return false;
  }
  let fraction = 0;
  if (skip(46) || skip(124) || skip(44)) {
    let scale = 100000;
    let count = 0;
    for (; count < 9; count++) {
      const next = digit();
      if (next < 0) break;
      fraction += next * scale;
      scale /= 10;
    }
    if (count == 0) return false;
  }
  setTime(hour, minute, second, fraction);
  return at == end;
}
