import { RunletError } from "../errors.ts";
import { compareValues } from "./cursor-values.ts";
import type { Incremental } from "./incremental.ts";

/** Where a run begins that goes back by the cursor's lag from `last`, but not before `initial`: dlt's `apply_lag`
 *  (dlt/extract/incremental/lag.py). A text stays in its format. @throws RunletError PIPELINE_INVALID for a text that is no date */
export function lagged(
  { initial, order, lag, path }: Pick<Incremental<unknown>, "initial" | "order" | "lag" | "path">,
  last: unknown,
): unknown {
  const back = order === "min" ? lag! : -lag!;
  const moved = typeof last === "string" ? movedText(last, back, initial, path) : movedNumber(last, back);
  if (initial === undefined || initial === null) return moved;
  const sense = compareValues(moved, initial);
  return sense === undefined || (order === "min" ? sense >= 0 : sense <= 0) ? initial : moved;
}

function movedNumber(last: unknown, by: number): unknown {
  if (typeof last === "bigint")
    return Number.isInteger(by) ? last + BigInt(by) : BigInt(Math.trunc(Number(last) + by));
  const value = Number(last);
  return Number.isInteger(value) ? Math.trunc(value + by) : value + by;
}

const DAY = 86_400_000;

/** The years that have four digits. */
const EARLIEST = Date.parse("0001-01-01T00:00:00Z");
const LATEST = Date.parse("9999-12-31T23:59:59.999Z");

/** The forms that dlt knows, by the parts they have: dates are lagged by days, all others by seconds. */
const FORM =
  /^(?:(\d{4})-(\d\d)-(\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)?)?)?)?|(\d{4})(\d\d)(\d\d)|(\d{4})-(\d{3})|(\d{4})-W(\d\d)(?:-(\d))?|(\d{4})-(\d\d)|(\d{4}))$/;

interface Time {
  /** Of the wall clock, as if it were UTC. */
  ms: number;
  micros: number;
  isDate: boolean;
  /** Milliseconds that the wall clock is ahead of UTC. */
  offset: number;
  print(ms: number, micros: number): string;
}

function movedText(last: string, by: number, initial: unknown, path: string): string {
  const time = readTime(last);
  if (!time) {
    throw new RunletError(
      "PIPELINE_INVALID",
      `the cursor ${path} has a lag and the value "${last}", which is no date`,
      {
        hint: "a lag goes back from numbers, and from dates and times as ISO 8601 has them",
      },
    );
  }
  const first = typeof initial === "string" ? readTime(initial) : undefined;
  const inDays = (first ?? time).isDate;
  const print = (ms: number, micros: number) => {
    if (ms >= EARLIEST && ms <= LATEST) return time.print(ms, micros);
    throw new RunletError(
      "PIPELINE_INVALID",
      `the lag of the cursor ${path} leads from ${last} beyond all dates`,
      {
        hint: "a lag is in seconds of a time, in days of a date",
      },
    );
  };
  if (!inDays) return print(...plus(time.ms, time.micros, by));
  const day = Math.floor((time.ms - time.offset) / DAY) * DAY + Math.floor(by) * DAY;
  if (time.isDate) return print(day, 0);
  // The whole day is within: from its start, or to its end.
  return by < 0 ? print(day + time.offset, 0) : print(day + DAY - 1 + time.offset, 999);
}

function plus(ms: number, micros: number, seconds: number): [ms: number, micros: number] {
  const whole = Math.floor(seconds);
  const total = micros + Math.round((seconds - whole) * 1e6);
  return [ms + whole * 1000 + Math.floor(total / 1000), total % 1000];
}

function readTime(text: string): Time | undefined {
  const found = FORM.exec(text);
  if (!found) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = found;
  const [
    compact,
    compactMonth,
    compactDay,
    ordinal,
    dayOfYear,
    week,
    weekNumber,
    weekDay,
    of,
    monthOf,
    only,
  ] = found.slice(9);
  const made = (ms: number, print: Time["print"], rest: Partial<Time> = {}): Time | undefined =>
    Number.isNaN(ms) ? undefined : { ms, micros: 0, isDate: false, offset: 0, print, ...rest };
  const cut =
    (length: number): Time["print"] =>
    (ms) =>
      new Date(ms).toISOString().slice(0, length);
  if (year && hour === undefined) return made(utc(year, month!, day!), cut(10), { isDate: true });
  if (year) {
    const digits = (fraction ?? ".").slice(1, 7).padEnd(6, "0");
    const ms =
      utc(year, month!, day!) +
      (Number(hour) * 60 + Number(minute ?? 0)) * 60_000 +
      Number(second ?? 0) * 1000;
    const length = minute === undefined ? 13 : second === undefined ? 16 : 19;
    return made(
      ms + Number(digits.slice(0, 3)),
      (at, micros) =>
        cut(length)(at, 0) +
        (fraction
          ? `.${String(new Date(at).getUTCMilliseconds()).padStart(3, "0")}${String(micros).padStart(3, "0")}`
          : "") +
        (zone ?? ""),
      { micros: Number(digits.slice(3)), offset: offsetOf(zone) },
    );
  }
  if (compact)
    return made(utc(compact, compactMonth!, compactDay!), (ms) => cut(10)(ms, 0).replaceAll("-", ""), {
      isDate: true,
    });
  if (ordinal)
    return made(utc(ordinal, "01", "01") + (Number(dayOfYear) - 1) * DAY, (ms) => {
      const at = cut(4)(ms, 0);
      return `${at}-${String(Math.floor((ms - utc(at, "01", "01")) / DAY) + 1).padStart(3, "0")}`;
    });
  if (week) {
    const ms = firstMonday(Number(week)) + ((Number(weekNumber) - 1) * 7 + Number(weekDay ?? 1) - 1) * DAY;
    return made(ms, (at) => weekOf(at, weekDay !== undefined));
  }
  if (of) return made(utc(of, monthOf!, "01"), cut(7));
  return made(utc(only!, "01", "01"), cut(4));
}

function utc(year: string, month: string, day: string): number {
  const ms = Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  // 30 February is parsed as 1 March.
  return new Date(ms).getUTCDate() === Number(day) ? ms : NaN;
}

function offsetOf(zone: string | undefined): number {
  if (zone === undefined || zone === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith("-") ? -minutes : minutes) * 60_000;
}

/** Of the year's first week as ISO 8601 counts them: the one with 4 January. */
function firstMonday(year: number): number {
  const fourth = Date.UTC(year, 0, 4);
  return fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * DAY;
}

function weekOf(ms: number, withDay: boolean): string {
  const day = (new Date(ms).getUTCDay() + 6) % 7;
  const year = new Date(ms + (3 - day) * DAY).getUTCFullYear();
  const week = Math.floor((ms - firstMonday(year)) / (7 * DAY)) + 1;
  return `${year}-W${String(week).padStart(2, "0")}${withDay ? `-${day + 1}` : ""}`;
}
