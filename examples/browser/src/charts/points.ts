import type { Json } from "runlet";
import type { Row } from "../app/session.ts";
import { MOST_BARS, type ChartWish } from "./choose.ts";

export interface Series {
  readonly labels: readonly string[];
  readonly sets: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
  /** Rows that are not drawn. */
  readonly left: number;
}

const MOST_POINTS = 5_000;

/** Rows as numbers to draw; a bar chart takes the first ones, as the query has ordered them. */
export function seriesOf(wish: ChartWish, rows: readonly Row[]): Series {
  const most = wish.kind === "bar" ? MOST_BARS : MOST_POINTS;
  const drawn = rows.slice(0, most);
  if (wish.kind === "line") drawn.sort((a, b) => compare(a[wish.x], b[wish.x]));
  return {
    labels: drawn.map((row) => label(row[wish.x])),
    sets: wish.y.map((name) => ({ name, values: drawn.map((row) => number(row[name])) })),
    left: rows.length - drawn.length,
  };
}

/** Where a value stands; a chart's pixels need no more digits than a double has. */
export function number(value: Json | undefined): number | null {
  if (value === null || value === undefined || value === "") return null;
  const result = Number(value);
  return Number.isNaN(result) ? null : result;
}

function label(value: Json | undefined): string {
  const text = value === null || value === undefined ? "null" : String(value);
  return text.length > 28 ? `${text.slice(0, 27)}…` : text;
}

function compare(a: Json | undefined, b: Json | undefined): number {
  const [left, right] = [String(a ?? ""), String(b ?? "")];
  return left < right ? -1 : left > right ? 1 : 0;
}
