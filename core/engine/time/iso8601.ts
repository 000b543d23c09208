/**
 * Text and numbers to timestamps, dates and times, and back, as dlt's `coerce_value` and its `iso_timestamp`
 * detector do it (dlt/common/time.py, dlt/common/schema/detections.py). Without an offset a time is UTC. Where dlt
 * accepts a text and then fails to move it to UTC (offsets of a day or more, beyond the years 1 to 9999), the
 * functions refuse it.
 */
import { pythonFloat, pythonFloatValue } from "../convert/python-number";
import { formatPadded } from "../number/format-int";
import {
  DAY_MICROS,
  MAX_MICROS,
  MIN_MICROS,
  civilDay,
  civilFromDays,
  civilMonth,
  civilYear,
  daysFromCivil,
  daysOfMicros,
} from "./calendar";
import { parseCommon } from "./pendulum-common";
import {
  day,
  fraction,
  hasDate,
  hasTime,
  hour,
  minute,
  month,
  offset,
  parseIso,
  second,
  year,
} from "./pendulum-iso";

/** Microseconds since the epoch in UTC, of the last timestamp accepted. */
export let tsMicros: i64 = 0;
/** Days since the epoch of the last date accepted. */
export let dateDays: i32 = 0;
/** Microseconds since midnight of the last time accepted. */
export let timeMicros: i64 = 0;

function parse(p: usize, n: u32): bool {
  const first = <u32>load<u8>(p);
  // Digits of any script, T and space begin every text of the two grammars.
  if (first - 48 > 9 && first < 0x80 && first != 84 && first != 32) return false;
  return parseIso(p, p + n) || parseCommon(p, p + n);
}

/** Sets `tsMicros` from the parsed fields. */
function toMicros(): bool {
  if (offset >= 1440 || offset <= -1440) return false;
  const seconds =
    <i64>daysFromCivil(year, month, day) * 86400 + <i64>((hour * 60 + minute - offset) * 60 + second);
  const micros = seconds * 1000000 + fraction;
  if (micros < MIN_MICROS || micros > MAX_MICROS) return false;
  tsMicros = micros;
  return true;
}

// prettier-ignore
const colons: usize = memory.data<u8>([58, 58, 58, 58, 58, 58, 58, 58, 58, 58, 58, 58, 58, 58, 58, 58], 16);

/**
 * False for nearly every text that is no timestamp. In ASCII one begins with four digits and has T or a space after
 * a date of 7, 8 or 10 characters (the first grammar) or its first colon among 14 characters (the second).
 */
// @ts-ignore: decorator
@inline
function mayBeTimestamp(p: usize): bool {
  const head = v128.load(p);
  if (i8x16.bitmask(head)) return true;
  const year = load<u32>(p);
  if (((year & 0xf0f0f0f0) | (((year + 0x06060606) & 0xf0f0f0f0) >> 4)) != 0x33333333) return false;
  if (separates(load<u8>(p, 10)) || separates(load<u8>(p, 8)) || separates(load<u8>(p, 7))) return true;
  return (i8x16.bitmask(i8x16.eq(head, v128.load(colons))) & 0x3fff) != 0;
}

// @ts-ignore: decorator
@inline
function separates(c: u32): bool {
  return c == 84 || c == 32;
}

/** True when dlt detects the text as a timestamp; sets `tsMicros`. A date or a time alone is none. */
export function parseTimestamp(p: usize, n: u32): bool {
  return n >= 7 && mayBeTimestamp(p) && parse(p, n) && hasDate && hasTime && toMicros();
}

/** The text as a value of a timestamp column; sets `tsMicros`. Dates are midnight, numbers seconds of the epoch. */
export function coerceTimestamp(p: usize, n: u32): bool {
  if (n == 0) return false;
  if (parse(p, n)) return hasDate && toMicros();
  return pythonFloat(p, n) && doubleToTimestamp(pythonFloatValue);
}

/** The text as a value of a date column: the day in UTC of `coerceTimestamp`; sets `dateDays`. */
export function parseDate(p: usize, n: u32): bool {
  if (!coerceTimestamp(p, n)) return false;
  dateDays = daysOfMicros(tsMicros);
  return true;
}

/** The text as a value of a time column, moved to UTC; sets `timeMicros`. */
export function parseTime(p: usize, n: u32): bool {
  if (n == 0 || !parse(p, n) || hasDate) return false;
  if (offset >= 1440 || offset <= -1440) return false;
  const minutes = (hour * 60 + minute - offset + 2880) % 1440;
  timeMicros = <i64>(minutes * 60 + second) * 1000000 + fraction;
  return true;
}

/** Seconds since the epoch, rounded half to even to microseconds as Python's `datetime.fromtimestamp` does. */
export function doubleToTimestamp(v: f64): bool {
  if (!(v >= -62135596801.0 && v <= 253402300800.0)) return false;
  const whole = trunc<f64>(v);
  const micros = <i64>whole * 1000000 + <i64>nearest<f64>((v - whole) * 1e6);
  if (micros < MIN_MICROS || micros > MAX_MICROS) return false;
  tsMicros = micros;
  return true;
}

/** Seconds since the epoch. */
export function i64ToTimestamp(v: i64): bool {
  if (v < -62135596800 || v > 253402300799) return false;
  tsMicros = v * 1000000;
  return true;
}

/** Writes `2022-05-10T03:41:31.500000+00:00` (Python's isoformat in UTC; 25 or 32 bytes) and returns the bytes. */
export function formatTimestamp(micros: i64, dst: usize): u32 {
  const days = daysOfMicros(micros);
  formatDate(days, dst);
  store<u8>(dst, 84, 10);
  const n = 11 + formatTime(micros - <i64>days * DAY_MICROS, dst + 11);
  store<u32>(dst + n, 0x3a30302b); // +00:
  store<u16>(dst + n, 0x3030, 4); // 00
  return n + 6;
}

/** Writes `2022-05-10` and returns 10. */
export function formatDate(days: i32, dst: usize): u32 {
  civilFromDays(days);
  formatPadded(<u32>civilYear, 4, dst);
  store<u8>(dst, 45, 4);
  formatPadded(<u32>civilMonth, 2, dst + 5);
  store<u8>(dst, 45, 7);
  formatPadded(<u32>civilDay, 2, dst + 8);
  return 10;
}

/** Writes `03:41:31` or `03:41:31.500000` and returns the bytes. */
export function formatTime(micros: i64, dst: usize): u32 {
  const seconds = <u32>(micros / 1000000);
  const rest = <u32>(micros % 1000000);
  formatPadded(seconds / 3600, 2, dst);
  store<u8>(dst, 58, 2);
  formatPadded((seconds / 60) % 60, 2, dst + 3);
  store<u8>(dst, 58, 5);
  formatPadded(seconds % 60, 2, dst + 6);
  if (rest == 0) return 8;
  store<u8>(dst, 46, 8);
  formatPadded(rest, 6, dst + 9);
  return 15;
}
