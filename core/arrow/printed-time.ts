import type { TimeUnit } from "./ipc-schema.ts";

const PER_SECOND: Record<TimeUnit, bigint> = { s: 1n, ms: 1_000n, us: 1_000_000n, ns: 1_000_000_000n };
const DIGITS: Record<TimeUnit, number> = { s: 0, ms: 3, us: 6, ns: 9 };
const DAY = 86_400n;
const INFINITE = 2n ** 63n - 1n;

/** Proleptic Gregorian date of a number of days since 1970-01-01 as `YYYY-MM-DD`
 *  (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days). */
export function printDate(days: number): string {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${printYear(year)}-${two(month)}-${two(day)}`;
}

function printYear(year: number): string {
  if (year >= 0 && year <= 9999) return String(year).padStart(4, "0");
  return (year < 0 ? "-" : "+") + String(Math.abs(year)).padStart(6, "0");
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** Time since midnight as `HH:MM:SS`, with a fraction of 3, 6 or 9 digits where there is one. */
export function printTime(value: bigint, unit: TimeUnit): string {
  const seconds = Number(value / PER_SECOND[unit]);
  let fraction = String(value % PER_SECOND[unit]).padStart(DIGITS[unit], "0");
  while (fraction.endsWith("000")) fraction = fraction.slice(0, -3);
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return unit === "s" || fraction === "" ? clock : `${clock}.${fraction}`;
}

/** A timestamp as ISO 8601, with `Z` when it is one of a time zone; DuckDB's infinities as it prints them. */
export function printTimestamp(value: bigint, unit: TimeUnit, zoned: boolean): string {
  if (value === INFINITE) return "infinity";
  if (value === -INFINITE) return "-infinity";
  const perDay = PER_SECOND[unit] * DAY;
  let days = value / perDay;
  let rest = value % perDay;
  if (rest < 0n) {
    rest += perDay;
    days -= 1n;
  }
  return `${printDate(Number(days))}T${printTime(rest, unit)}${zoned ? "Z" : ""}`;
}

/** Months, days and nanoseconds as an ISO 8601 duration. */
export function printInterval(months: number, days: number, nanoseconds: bigint): string {
  let text = "P";
  if (months !== 0) text += `${months}M`;
  if (days !== 0) text += `${days}D`;
  if (nanoseconds !== 0n) {
    const sign = nanoseconds < 0n ? "-" : "";
    const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
    const fraction = String(size % 1_000_000_000n)
      .padStart(9, "0")
      .replace(/0+$/, "");
    text += `T${sign}${size / 1_000_000_000n}${fraction ? `.${fraction}` : ""}S`;
  }
  return text === "P" ? "PT0S" : text;
}
