// Timestamps as machines write them, `YYYY-MM-DDTHH:MM:SS[.fraction](Z|±HH:MM)`, read with vectors. Every other form is
// left to time/iso8601.ts; the two agree wherever this one says yes.
import {
  ASCII_ZERO,
  CLOCK_LIMITS,
  CLOCK_MILLIS,
  CLOCK_MILLIS_DIGITS,
  CLOCK_SECONDS,
  CLOCK_SECONDS_DIGITS,
  CLOCK_WEIGHTS,
  DATE_DIGITS,
  DATE_MARKS,
  EVEN_BYTES,
  NINE,
  TENS,
  VECTORS,
  vec,
} from "../scan/constants";

/** Microseconds since the epoch, UTC. */
export let timestampMicros: i64 = 0;

// The date last read: most neighbours share it.
let yearMonth: u64 = 0;
let dayAndT: u32 = 0;
let days: i64 = 0;

/** p after the opening quote. Returns the position after the closing quote, 0 when the form is another. */
export function fastTimestamp(p: usize): usize {
  if (load<u64>(p) == yearMonth && (load<u32>(p, 8) & 0xffffff) == (dayAndT | 0x540000)) {
    const end = sameDay(p);
    if (end) return end;
  }
  return anyDay(p);
}

/** Pairs of digits to numbers 0–99, in eight lanes. */
@inline
function pairs(g: v128): v128 {
  return i16x8.add(i16x8.mul(v128.and(g, vec(EVEN_BYTES)), vec(TENS)), i16x8.shr_u(g, 8));
}

/** `HH:MM:SSZ"` or `HH:MM:SS.mmmZ"` after the date just read. */
function sameDay(p: usize): usize {
  const v = v128.load(p, 11);
  const x = i8x16.sub(v, vec(ASCII_ZERO));
  const digits = <u32>i8x16.bitmask(i8x16.eq(i8x16.min_u(x, vec(NINE)), x));
  const seconds = <u32>i8x16.bitmask(i8x16.eq(v, vec(CLOCK_SECONDS)));
  const millis = <u32>i8x16.bitmask(i8x16.eq(v, vec(CLOCK_MILLIS)));
  const isSeconds = (<u32>((seconds & 0x324) == 0x324)) & (<u32>((digits & 0xdb) == 0xdb));
  const isMillis = (<u32>((millis & 0x3124) == 0x3124)) & (<u32>((digits & 0xedb) == 0xedb));
  if (!(isSeconds | isMillis)) return 0;
  const order = v128.load(VECTORS + (isSeconds ? CLOCK_SECONDS_DIGITS : CLOCK_MILLIS_DIGITS));
  const q = pairs(i8x16.swizzle(x, order));
  if (!i16x8.all_true(i16x8.lt_s(q, vec(CLOCK_LIMITS)))) return 0;
  // Hours and minutes in seconds; seconds and tenths in milliseconds; the last two digits.
  const d = i32x4.dot_i16x8_s(q, vec(CLOCK_WEIGHTS));
  const ms =
    <i64>i32x4.extract_lane(d, 0) * 1000 + <i64>(i32x4.extract_lane(d, 1) + i32x4.extract_lane(d, 2));
  timestampMicros = (days * 86400000 + ms) * 1000;
  return p + (isSeconds ? 21 : 25);
}


@inline
function digitAt(p: usize): u32 {
  return <u32>load<u8>(p) - 48;
}

function anyDay(p: usize): usize {
  const v = v128.load(p);
  const x = i8x16.sub(v, vec(ASCII_ZERO));
  const digits = i8x16.bitmask(i8x16.eq(i8x16.min_u(x, vec(NINE)), x));
  if ((digits | 0x2490) != 0xffff) return 0;
  const marks = i8x16.bitmask(i8x16.eq(v, vec(DATE_MARKS)));
  if (marks != 0x2490 && (marks != 0x2090 || load<u8>(p, 10) != 32)) return 0;
  const q = pairs(i8x16.swizzle(x, vec(DATE_DIGITS)));
  const hour: u32 = i16x8.extract_lane_u(q, 4);
  const minute: u32 = i16x8.extract_lane_u(q, 5);
  if (i64x2.extract_lane(v, 0) != yearMonth || <u32>i16x8.extract_lane_u(v, 4) != dayAndT) {
    const year = <i32>i16x8.extract_lane_u(q, 0) * 100 + <i32>i16x8.extract_lane_u(q, 1);
    const month = <i32>i16x8.extract_lane_u(q, 2);
    const day = <i32>i16x8.extract_lane_u(q, 3);
    if (year < 2 || year > 9998 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return 0;
    days = daysFromCivil(year, month, day);
    yearMonth = i64x2.extract_lane(v, 0);
    dayAndT = i16x8.extract_lane_u(v, 4);
  }
  if (hour > 23 || minute > 59 || load<u8>(p, 16) != 58) return 0;
  const tens = digitAt(p + 17);
  const ones = digitAt(p + 18);
  if (tens > 5 || ones > 9) return 0;
  const second = tens * 10 + ones;
  p += 19;
  let fraction: u32 = 0;
  if (load<u8>(p) == 46) {
    let n = 0;
    p++;
    while (true) {
      const c = digitAt(p);
      if (c > 9) break;
      if (n < 6) fraction = fraction * 10 + c;
      n++;
      p++;
    }
    if (n == 0 || n > 9) return 0;
    while (n < 6) {
      fraction *= 10;
      n++;
    }
  }
  let offset: i32 = 0;
  const zone: u32 = load<u8>(p);
  if (zone == 90) p++;
  else if (zone == 43 || zone == 45) {
    const h = digitAt(p + 1) * 10 + digitAt(p + 2);
    const m = digitAt(p + 4) * 10 + digitAt(p + 5);
    if (digitAt(p + 1) > 2 || digitAt(p + 2) > 9 || h > 23 || load<u8>(p, 3) != 58) return 0;
    if (digitAt(p + 4) > 5 || digitAt(p + 5) > 9) return 0;
    offset = <i32>(h * 60 + m);
    if (zone == 45) offset = -offset;
    p += 6;
  } else return 0;
  if (load<u8>(p) != 34) return 0;
  timestampMicros =
    ((days * 1440 + <i64>(<i32>(hour * 60 + minute) - offset)) * 60 + <i64>second) * 1000000 + <i64>fraction;
  return p + 1;
}

/** Days since 1970-01-01: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
function daysFromCivil(y0: i32, m: i32, d: i32): i64 {
  const y = m <= 2 ? y0 - 1 : y0;
  const era = y / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return <i64>era * 146097 + <i64>dayOfEra - 719468;
}

function daysIn(y: i32, m: i32): i32 {
  if (m == 2) return (y & 3) == 0 && (y % 100 != 0 || y % 400 == 0) ? 29 : 28;
  return 30 + ((m + (m >>> 3)) & 1);
}
