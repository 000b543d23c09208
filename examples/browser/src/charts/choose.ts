import type { Json } from "runlet";
import type { Row } from "../app/session.ts";

export type ChartKind = "bar" | "line" | "scatter";

/** What is drawn: `x` along the bottom, one series per column of `y`. */
export interface ChartWish {
  readonly kind: ChartKind;
  readonly x: string;
  readonly y: readonly string[];
}

type Nature = "number" | "time" | "name" | "other";

/** Most bars that can be told apart. */
export const MOST_BARS = 60;

/** The chart that fits a result, or undefined when none says anything: numbers over time are a line, numbers per name
 *  bars, two numbers points. */
export function chooseChart(rows: readonly Row[]): ChartWish | undefined {
  const { numbers, times, names } = columnsByNature(rows);
  if (rows.length < 2 || numbers.length === 0) return undefined;
  if (times[0] !== undefined) return { kind: "line", x: times[0], y: numbers.slice(0, 3) };
  if (names[0] !== undefined) return { kind: "bar", x: names[0], y: numbers.slice(0, 2) };
  if (numbers.length > 1) return { kind: "scatter", x: numbers[0]!, y: [numbers[1]!] };
  return undefined;
}

/** Whether a wish can still be drawn from these rows. */
export function fits(wish: ChartWish, rows: readonly Row[]): boolean {
  const { numbers, all } = columnsByNature(rows);
  return all.includes(wish.x) && wish.y.length > 0 && wish.y.every((name) => numbers.includes(name));
}

export function columnsByNature(rows: readonly Row[]) {
  const all = Object.keys(rows[0] ?? {});
  const of = (nature: Nature) => all.filter((name) => natureOf(rows, name) === nature);
  return { all, numbers: of("number"), times: of("time"), names: of("name") };
}

const TIME = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?|$)/;

/** Looks at the first values only. */
function natureOf(rows: readonly Row[], column: string): Nature {
  const values = rows
    .slice(0, 50)
    .map((row) => row[column])
    .filter((value) => value !== null && value !== undefined);
  if (values.length === 0) return "other";
  if (values.every(isNumeric)) return "number";
  if (values.every((value) => typeof value === "string" && TIME.test(value))) return "time";
  return values.every((value) => typeof value === "string" || typeof value === "boolean") ? "name" : "other";
}

/** Numbers; also decimals, whose digits come as text. */
function isNumeric(value: Json | undefined): boolean {
  if (typeof value === "string") return /^-?\d+\.\d+$/.test(value);
  return typeof value === "number" || typeof value === "bigint";
}
