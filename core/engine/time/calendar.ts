/**
 * Days of the proleptic Gregorian calendar, counted from 1970-01-01; the years 1 to 9999 that Python's `datetime`
 * holds. The conversions are those of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2013).
 */

export const DAY_MICROS: i64 = 86400000000;
/** 0001-01-01T00:00:00Z in microseconds since the epoch. */
export const MIN_MICROS: i64 = -62135596800000000;
/** 9999-12-31T23:59:59.999999Z in microseconds since the epoch. */
export const MAX_MICROS: i64 = 253402300799999999;

/** Results of `civilFromDays`. */
export let civilYear: i32 = 0;
export let civilMonth: i32 = 0;
export let civilDay: i32 = 0;

export function isLeap(year: i32): bool {
  return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0);
}

/** Days from 1970-01-01 to the date; month 1-12, any day. */
export function daysFromCivil(year: i32, month: i32, day: i32): i32 {
  const y = month <= 2 ? year - 1 : year;
  const era = (y >= 0 ? y : y - 399) / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
}

/** Sets `civilYear`, `civilMonth` and `civilDay`. */
export function civilFromDays(days: i32): void {
  const z = days + 719468;
  const era = (z >= 0 ? z : z - 146096) / 146097;
  const dayOfEra = z - era * 146097;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const shifted = (5 * dayOfYear + 2) / 153;
  civilDay = dayOfYear - (153 * shifted + 2) / 5 + 1;
  civilMonth = shifted < 10 ? shifted + 3 : shifted - 9;
  civilYear = yearOfEra + era * 400 + i32(civilMonth <= 2);
}

export function daysInMonth(year: i32, month: i32): i32 {
  if (month == 2) return isLeap(year) ? 29 : 28;
  return 30 + ((month ^ (month >> 3)) & 1);
}

/** ISO weekday, Monday 1 to Sunday 7. */
export function isoWeekday(days: i32): i32 {
  return ((((days + 3) % 7) + 7) % 7) + 1;
}

/** Day of a timestamp in UTC. */
export function daysOfMicros(micros: i64): i32 {
  const days = micros / DAY_MICROS;
  return <i32>(days - i64(micros - days * DAY_MICROS < 0));
}
