import { floatOf } from "./python-number.ts";

/** Microseconds since the Unix epoch of a text that dlt detects as a timestamp, else undefined. */
export function detectTimestamp(text: string): bigint | undefined {
  return iso(text) ?? common(text);
}

/** What dlt makes of a text in an existing timestamp column: a timestamp, a date, or epoch seconds. */
export function coerceTimestamp(text: string): bigint | undefined {
  const detected = detectTimestamp(text);
  if (detected !== undefined) return detected;
  const day = isoDate(text) ?? commonDate(text);
  if (day !== undefined) return day * DAY;
  const seconds = floatOf(text);
  return seconds === undefined ? undefined : epochSeconds(seconds);
}

/** Microseconds of a number of seconds, rounded half to even; undefined outside years 1 to 9999. */
export function epochSeconds(seconds: number): bigint | undefined {
  const whole = Math.floor(seconds);
  const scaled = (seconds - whole) * 1e6;
  let micros = Math.floor(scaled);
  const rest = scaled - micros;
  if (rest > 0.5 || (rest === 0.5 && micros % 2 === 1)) micros++;
  return inRange(BigInt(whole) * 1_000_000n + BigInt(micros));
}

const DAY = 86_400_000_000n;
const FIRST = -62_135_596_800_000_000n;
const LAST = 253_402_300_800_000_000n;

function inRange(us: bigint): bigint | undefined {
  return us >= FIRST && us < LAST ? us : undefined;
}

const ISO = /^(.+?)[T ](\d\d)(?:(:?)(\d\d)(?:(:?)(\d\d)(?:[.,](\d+))?)?)?(Z|[+-]\d\d(?::?\d\d|:)?)?$/;

function iso(text: string): bigint | undefined {
  const match = ISO.exec(text);
  if (!match) return undefined;
  const [, date, hour, sep1, minute, sep2, second, fraction, zone] = match;
  const days = isoDate(date!);
  if (days === undefined) return undefined;
  if (second !== undefined && sep1 !== sep2) return undefined;
  const extended = date!.includes("-");
  // A basic date with `10:30` passes, with `10:30:15` it does not: so it is in pendulum.
  const colon = sep1 === ":" && (extended || second !== undefined);
  if (minute !== undefined && (sep1 !== ":" || second !== undefined) && extended !== colon) return undefined;
  const clock = time(hour!, minute, second, fraction);
  if (clock === undefined) return undefined;
  let offset = 0n;
  if (zone !== undefined && zone !== "Z") {
    const digits = zone.slice(1).replace(":", "").padEnd(4, "0");
    const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
    if (minutes >= 1440) return undefined;
    offset = BigInt(zone[0] === "-" ? -minutes : minutes) * 60_000_000n;
  }
  return inRange(days * DAY + clock - offset);
}

/** `2022/05/10 10:30`: pendulum's second pattern. */
function common(text: string): bigint | undefined {
  const match =
    /^(\d{4}(?:[/:]?\d\d(?:[/:]?\d\d)?)?) ?(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?(?:[.,|](\d{1,9}))?$/.exec(text);
  if (!match) return undefined;
  const days = commonDate(match[1]!);
  const clock = time(match[2]!, match[3], match[4], match[5]);
  return days === undefined || clock === undefined ? undefined : days * DAY + clock;
}

function commonDate(text: string): bigint | undefined {
  const match = /^(\d{4})(?:[/:]?(\d\d)(?:[/:]?(\d\d))?)?$/.exec(text);
  return match ? civil(match[1]!, match[2] ?? "01", match[3] ?? "01") : undefined;
}

function time(hour: string, minute = "0", second = "0", fraction = ""): bigint | undefined {
  const [h, m, s] = [Number(hour), Number(minute), Number(second)];
  if (h > 23 || m > 59 || s > 59) return undefined;
  return BigInt((h * 60 + m) * 60 + s) * 1_000_000n + BigInt(fraction.slice(0, 6).padEnd(6, "0"));
}

/** Days since 1970-01-01 of an ISO 8601 calendar, week or ordinal date. */
export function isoDate(text: string): bigint | undefined {
  let match = /^(\d{4})(-?)(\d\d)\2(\d\d)$/.exec(text);
  if (match) return civil(match[1]!, match[3]!, match[4]!);
  match = /^(\d{4})(-?)W(\d\d)(?:\2(\d))?$/.exec(text);
  if (match) return week(Number(match[1]), Number(match[3]), Number(match[4] ?? "1"));
  match = /^(\d{4})-?(\d{3})$/.exec(text);
  if (match) {
    const start = civil(match[1]!, "01", "01");
    const day = Number(match[2]);
    const length = isLeap(Number(match[1])) ? 366 : 365;
    return start === undefined || day < 1 || day > length ? undefined : start + BigInt(day - 1);
  }
  match = /^(\d{4})-(\d\d)$/.exec(text);
  return match ? civil(match[1]!, match[2]!, "01") : undefined;
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

function civil(year: string, month: string, day: string): bigint | undefined {
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  const lengths = [31, isLeap(y) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  if (y < 1 || m < 1 || m > 12 || d < 1 || d > lengths[m - 1]!) return undefined;
  const date = new Date(Date.UTC(2000, m - 1, d));
  date.setUTCFullYear(y, m - 1, d);
  return BigInt(Math.round(date.getTime() / 86_400_000));
}

function week(year: number, number: number, day: number): bigint | undefined {
  const jan4 = civil(String(year).padStart(4, "0"), "01", "04");
  const next = civil(String(year + 1).padStart(4, "0"), "01", "04");
  if (jan4 === undefined || next === undefined) return undefined;
  // 1970-01-01 was a Thursday; ISO week 1 holds January 4th.
  const monday = (days: bigint) => days - ((((days + 3n) % 7n) + 7n) % 7n);
  const weeks = Number(monday(next) - monday(jan4)) / 7;
  if (number > weeks || day > 7) return undefined;
  return monday(jan4) + BigInt((number - 1) * 7 + day - 1);
}
