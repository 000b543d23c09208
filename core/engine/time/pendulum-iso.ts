/**
 * The grammar of pendulum's `parse_iso8601` (pendulum 3, rust/src/parsing.rs), which is what dlt asks first whether a
 * string is a timestamp: calendar, ordinal and week dates in extended or basic format, times that need the same
 * format as their date as soon as they have seconds, fractions cut to microseconds, upper case T and Z only.
 *
 * The functions fill the fields below; `pendulum`'s second grammar (`pendulum-common.ts`) fills the same ones.
 */
import {
  civilDay,
  civilFromDays,
  civilMonth,
  civilYear,
  daysFromCivil,
  daysInMonth,
  isLeap,
  isoWeekday,
} from "./calendar";

export let year: i32 = 0;
export let month: i32 = 1;
export let day: i32 = 1;
export let hour: i32 = 0;
export let minute: i32 = 0;
export let second: i32 = 0;
/** Microseconds of the second. */
export let fraction: i32 = 0;
/** Minutes east of UTC; 0 without an offset. */
export let offset: i32 = 0;
export let hasDate: bool = false;
export let hasTime: bool = false;

let at: usize = 0;
let end: usize = 0;
let extended: bool = false;

/** Puts every field back to its default. */
export function clear(): void {
  year = 0;
  month = 1;
  day = 1;
  hour = 0;
  minute = 0;
  second = 0;
  fraction = 0;
  offset = 0;
  hasDate = false;
  hasTime = false;
}

export function setDate(y: i32, m: i32, d: i32): void {
  year = y;
  month = m;
  day = d;
  hasDate = true;
}

export function setTime(h: i32, m: i32, s: i32, us: i32): void {
  hour = h;
  minute = m;
  second = s;
  fraction = us;
  hasTime = true;
}

/** The fields name a moment that Python's `date`, `time` and `datetime` hold. */
export function isValid(): bool {
  if (hasDate) {
    if (year < 1 || year > 9999 || month < 1 || month > 12) return false;
    if (day < 1 || day > daysInMonth(year, month)) return false;
  }
  return hour < 24 && minute < 60 && second < 60;
}

// @ts-ignore: decorator
@inline
function current(): u32 {
  return at < end ? <u32>load<u8>(at) : 0;
}

/** Value of exactly `count` ASCII digits, or -1. */
function integer(count: u32): i32 {
  let value: i32 = 0;
  for (; count; count--, at++) {
    const digit = at < end ? <u32>load<u8>(at) - 48 : 10;
    if (digit > 9) return -1;
    value = value * 10 + <i32>digit;
  }
  return value;
}

/** The date part ends here. */
// @ts-ignore: decorator
@inline
function dateEnds(): bool {
  return at >= end || load<u8>(at) == 32 || load<u8>(at) == 84;
}

/** Parses the text between `p` and `stop` to its end and checks its ranges. */
export function parseIso(p: usize, stop: usize): bool {
  at = p;
  end = stop;
  clear();
  if (stop - p >= 19 && parseUsual()) return isValid() && zone() && at == end;
  at = p;
  clear();
  extended = false;
  if (current() == 84) return time(false) && at == end && isValid();
  const century = integer(2);
  if (century < 0) return false;
  if (current() == 58) {
    hour = century;
    extended = true;
    return time(true) && at == end && isValid();
  }
  const rest = integer(2);
  if (rest < 0) return false;
  hasDate = true;
  year = century * 100 + rest;
  if (!date()) return false;
  if (at < end && !time(false)) return false;
  return at == end && isValid();
}

/**
 * Rows for `YYYY-MM-DDTHH:MM`: what to subtract, the largest rest, the digits' places, the lower digit's mask and the
 * weight of the first digit of a pair.
 */
// prettier-ignore
const usual: usize = memory.data<u8>([
  48, 48, 48, 48, 45, 48, 48, 45, 48, 48, 0, 48, 48, 58, 48, 48,
  9, 9, 9, 9, 0, 9, 9, 0, 9, 9, 255, 9, 9, 0, 9, 9,
  0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 255, 255, 255, 255,
  255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0,
  10, 0, 10, 0, 10, 0, 10, 0, 10, 0, 10, 0, 10, 0, 10, 0,
], 16);

/** The form nearly every timestamp has, `YYYY-MM-DDTHH:MM:SS` and a fraction; the zone remains. */
function parseUsual(): bool {
  const p = at;
  const separator = load<u8>(p, 10);
  if ((separator != 84 && separator != 32) || load<u8>(p, 16) != 58) return false;
  const values = i8x16.sub(v128.load(p), v128.load(usual));
  if (v128.any_true(i8x16.gt_u(values, v128.load(usual, 16)))) return false;
  const tens = <u32>load<u8>(p, 17) - 48;
  const ones = <u32>load<u8>(p, 18) - 48;
  if (tens > 9 || ones > 9) return false;
  const digits = i8x16.swizzle(values, v128.load(usual, 32));
  const pairs = i16x8.add(
    i16x8.mul(v128.and(digits, i16x8.splat(255)), i16x8.splat(10)),
    i16x8.shr_u(digits, 8),
  );
  setDate(
    <i32>i16x8.extract_lane_u(pairs, 0) * 100 + <i32>i16x8.extract_lane_u(pairs, 1),
    <i32>i16x8.extract_lane_u(pairs, 2),
    <i32>i16x8.extract_lane_u(pairs, 3),
  );
  setTime(
    <i32>i16x8.extract_lane_u(pairs, 4),
    <i32>i16x8.extract_lane_u(pairs, 5),
    <i32>(tens * 10 + ones),
    0,
  );
  at = p + 19;
  return subseconds();
}

/** Everything after the year. */
function date(): bool {
  if (current() == 45) {
    at++;
    extended = true;
    if (current() == 87) {
      at++;
      const week = integer(2);
      if (week < 0) return false;
      if (dateEnds()) return weekDate(week, 1);
      if (current() != 45) return false;
      at++;
      return weekDate(week, integer(1));
    }
    month = integer(2);
    if (month < 0) return false;
    if (dateEnds()) return true;
    if (current() == 45) {
      at++;
      day = integer(2);
      return day >= 0;
    }
    const digit = integer(1);
    return digit >= 0 && ordinalDate(month * 10 + digit);
  }
  if (current() == 87) {
    at++;
    const week = integer(2);
    if (week < 0) return false;
    return weekDate(week, dateEnds() ? 1 : integer(1));
  }
  month = integer(2);
  const digit = month < 0 ? -1 : integer(1);
  if (digit < 0) return false;
  if (dateEnds()) return ordinalDate(month * 10 + digit);
  const last = integer(1);
  day = digit * 10 + last;
  return last >= 0;
}

function ordinalDate(ordinal: i32): bool {
  if (ordinal < 1 || ordinal > 365 + <i32>isLeap(year)) return false;
  setDay(daysFromCivil(year, 1, 1) + ordinal - 1);
  return true;
}

/** Day 0 and week 0 pass, as in pendulum: they count backwards from the first. */
function weekDate(week: i32, weekday: i32): bool {
  if (weekday < 0 || weekday > 7 || week > 53) return false;
  const first = isoWeekday(daysFromCivil(year, 1, 1));
  const long = first == 4 || (first == 3 && isLeap(year));
  if (week == 53 && !long) return false;
  const fourth = daysFromCivil(year, 1, 4);
  setDay(fourth - isoWeekday(fourth) + (week - 1) * 7 + weekday);
  return true;
}

function setDay(days: i32): void {
  civilFromDays(days);
  setDate(civilYear, civilMonth, civilDay);
}

// @ts-ignore: decorator
@inline
function zoneStarts(): bool {
  const c = current();
  return at >= end || c == 90 || c == 43 || c == 45;
}

function time(hourRead: bool): bool {
  if (!hourRead) {
    if (current() != 84 && current() != 32) return false;
    at++;
    hour = integer(2);
    if (hour < 0) return false;
  }
  hasTime = true;
  if (!zoneStarts()) {
    const colon = current() == 58;
    if (colon) at++;
    minute = integer(2);
    if (minute < 0) return false;
    if (!zoneStarts()) {
      if (colon) {
        if (current() != 58) return false;
        at++;
      }
      second = integer(2);
      if (second < 0 || !subseconds()) return false;
      if (colon && !extended) return false;
    }
    if (!colon && extended) return false;
  }
  return zone();
}

/** An optional fraction of a second: at least one digit, six of them count. */
function subseconds(): bool {
  const c = current();
  if (c != 46 && c != 44) return true;
  at++;
  let scale = 100000;
  const start = at;
  for (; at < end; at++) {
    const digit = <u32>load<u8>(at) - 48;
    if (digit > 9) break;
    fraction += <i32>digit * scale;
    scale /= 10;
  }
  return at > start;
}

/** An optional `Z`, `+HH`, `+HHMM` or `+HH:MM`; `+HH:` passes as well, as in pendulum. */
function zone(): bool {
  const c = current();
  if (c == 90) {
    at++;
    return true;
  }
  if (c != 43 && c != 45) return true;
  at++;
  const hours = integer(2);
  if (hours < 0) return false;
  if (current() == 58) at++;
  const minutes = at < end ? integer(2) : 0;
  if (minutes < 0) return false;
  offset = hours * 60 + minutes;
  if (c == 45) offset = -offset;
  return offset <= 1440;
}
