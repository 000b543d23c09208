import type { Dataset, Item, Way } from "./dataset-model.ts";

/** How a source is read onwards by the field `seq`. */
export interface Reading {
  initial?: number;
  end?: number;
  /** The smaller value is the later one. */
  order?: "min";
  lag?: number;
  rowOrder?: "asc" | "desc";
  onMissing?: "raise" | "include" | "exclude";
  rangeStart?: "open";
  rangeEnd?: "closed";
}

/** The latest value that has come, and the records that had it, by what tells them apart. */
export interface Position {
  last: number;
  at: string[];
}

export interface Drawn {
  /** Records that get in, those before the one that stops the load. */
  items: Item[];
  error?: "CURSOR_INVALID";
  position: Position | undefined;
}

/** The records that a cursor lets in, and where it is then. */
export function drawn(
  before: Dataset,
  way: Way,
  reading: Reading | undefined,
  items: readonly Item[],
): Drawn {
  if (!reading) return { items: [...items], position: before.position };
  const { initial, end, lag, order, onMissing = "raise", rangeStart, rangeEnd } = reading;
  /** How far the first value is behind the second, in the order that counts. */
  const beyond = (a: number, b: number): number => (order === "min" ? b - a : a - b);
  const later = (a: number, b: number): number => (beyond(a, b) > 0 ? a : b);
  // A replaced table is read from the beginning; so is a window, which leaves the position alone.
  const known = way.write === "replace" || end !== undefined ? undefined : before.position;
  const lagged = known && lag ? known.last + (order === "min" ? lag : -lag) : known?.last;
  const back = lagged !== undefined && lag && initial !== undefined ? later(lagged, initial) : lagged;
  const start = back ?? initial;
  const tells = rangeStart !== "open" && end === undefined && !lag;
  const taken: Item[] = [];
  let position =
    // An initial value that was raised counts from the first record on.
    (known && !tells ? { last: items.length ? later(known.last, start!) : known.last, at: [] } : known) ??
    (initial === undefined ? undefined : { last: initial, at: [] });
  const left = (): Position | undefined =>
    end === undefined ? position : way.write === "replace" ? undefined : before.position;
  for (const item of items) {
    const value = item["seq"] as number | null | undefined;
    if (value === null || value === undefined) {
      if (onMissing === "raise") return { items: taken, error: "CURSOR_INVALID", position: before.position };
      if (onMissing === "include") taken.push(item);
      continue;
    }
    if (end !== undefined && (beyond(value, end) > 0 || (value === end && rangeEnd !== "closed"))) continue;
    if (start !== undefined && (beyond(value, start) < 0 || (value === start && rangeStart === "open")))
      continue;
    const name = nameOf(item, way);
    if (tells && known && value === start && known.at.includes(name)) continue;
    taken.push(item);
    if (!position || beyond(value, position.last) > 0) position = { last: value, at: tells ? [name] : [] };
    else if (value === position.last) position = { last: value, at: tells ? [...position.at, name] : [] };
  }
  return { items: taken, position: left() };
}

/** What tells a record from others: its key, else all of it. */
function nameOf(item: Item, { primaryKey }: Way): string {
  if (primaryKey.length) return JSON.stringify(primaryKey.map((field) => item[field] ?? null));
  const fields = Object.entries(item).filter(([, value]) => value !== undefined);
  return JSON.stringify(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
}
