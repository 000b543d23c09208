// What a table holds after loads, as the rules of write dispositions say it: whole records in lists, no tables, no ids, no SQL.

import type { Position } from "./cursor-model.ts";

export type Scalar = number | string | boolean | null;
export interface Tag {
  t: number;
  marks: number[];
}
/** What a source gives; fields that are missing are undefined. */
export interface Item {
  [field: string]: Scalar | Tag[] | undefined;
  tags?: Tag[];
}

export type Strategy = "delete-insert" | "upsert" | "insert-only" | "scd2";

/** How one run writes. */
export interface Way {
  write: "append" | "replace" | "merge";
  strategy?: Strategy;
  primaryKey: string[];
  mergeKey: string[];
  hardDelete?: "gone" | "goneAt";
  dedupSort?: { column: string; order: "asc" | "desc" };
  /** Whether valid rows are marked with a time of their own. */
  active?: boolean;
}

/** When a version became valid and ceased to be: numbers of loads. Absent: the record was not kept as a version. */
export interface Version {
  from: number;
  to: number | "active" | null;
}

/** A record in the table. */
export interface Kept {
  item: Item;
  from: number | null;
  to: number | "active" | null;
  /** What tells versions apart; undefined: a row id drawn at random, which equals nothing. */
  hash: string | undefined;
}

export interface Dataset {
  rows: Kept[];
  /** Fields that have a column. */
  columns: string[];
  loads: number;
  /** Of the cursor. */
  position?: Position | undefined;
}

export const emptyDataset = (): Dataset => ({ rows: [], columns: [], loads: 0 });

export type Outcome = { after: Dataset } | { error: "NULL_IN_KEY" };

/** The dataset after a load of `items`. */
export function written(before: Dataset, way: Way, items: readonly Item[], anew: boolean): Outcome {
  const loads = before.loads + 1;
  const keys = [...way.primaryKey, ...way.mergeKey];
  const lacks = (fields: string[]): boolean =>
    items.some((item) => fields.some((field) => isMissing(item[field])));
  if (lacks(keys)) return { error: "NULL_IN_KEY" };
  const met = items.flatMap((item) => Object.keys(item).filter((field) => !isMissing(item[field])));
  const columns = [...new Set([...before.columns, ...met])];
  const old = anew || way.write === "replace" ? [] : before.rows;
  // Nothing has come: what is merged stays as it is.
  const rows = items.length || way.write !== "merge" ? write(old, way, items, loads) : old;
  return { after: { ...before, rows, columns, loads } };
}

function write(old: readonly Kept[], way: Way, items: readonly Item[], load: number): Kept[] {
  const plain = (item: Item): Kept => ({ item, from: null, to: null, hash: undefined });
  if (way.write !== "merge") return [...old, ...items.map(plain)];
  if (way.strategy === "scd2") return versions(old, way, items, load);
  const same = (a: Item, b: Item, key: string[]): boolean =>
    key.length > 0 && key.every((field) => !isMissing(a[field]) && a[field] === b[field]);
  const winners = chosen(items, way);
  const taken = winners.filter((item) => !isDeleted(item, way));
  if (way.strategy === "insert-only") {
    const isNew = (item: Item): boolean => !old.some((row) => same(row.item, item, way.primaryKey));
    return [...old, ...taken.filter(isNew).map(plain)];
  }
  const goes = ({ item }: Kept): boolean =>
    items.some((other) => same(item, other, way.primaryKey) || same(item, other, way.mergeKey));
  return [...old.filter((row) => !goes(row)), ...taken.map(plain)];
}

function versions(old: readonly Kept[], way: Way, items: readonly Item[], load: number): Kept[] {
  const valid = way.active ? "active" : null;
  const come = new Set(items.map(hashOf));
  const inScope = ({ item }: Kept): boolean =>
    way.mergeKey.length === 0 ||
    items.some((other) =>
      way.mergeKey.every((field) => !isMissing(item[field]) && item[field] === other[field]),
    );
  const closed = old.map((row) =>
    row.to === valid && inScope(row) && !(row.hash !== undefined && come.has(row.hash))
      ? { ...row, to: load }
      : row,
  );
  const left = new Set(closed.filter(({ to }) => to === valid).map(({ hash }) => hash));
  const added = new Map(items.filter((item) => !left.has(hashOf(item))).map((item) => [hashOf(item), item]));
  return [...closed, ...[...added].map(([hash, item]): Kept => ({ item, from: load, to: valid, hash }))];
}

/** Of each key one: by the order, else the last; where what is there is left alone, the first. */
function chosen(items: readonly Item[], way: Way): Item[] {
  if (way.primaryKey.length === 0) return [...items];
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = JSON.stringify(way.primaryKey.map((field) => item[field]));
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()].map((group) => {
    const sort = way.dedupSort;
    const values = group.map((item) => (sort ? (item[sort.column] as number | null | undefined) : undefined));
    const known = values.filter((value) => !isMissing(value)) as number[];
    const best = sort?.order === "desc" ? Math.max(...known) : Math.min(...known);
    const tied = known.length ? group.filter((_, at) => values[at] === best) : group;
    return way.strategy === "insert-only" ? tied[0]! : tied.at(-1)!;
  });
}

function isDeleted(item: Item, { hardDelete }: Way): boolean {
  if (hardDelete === "gone") return item[hardDelete] === true;
  return hardDelete !== undefined && !isMissing(item[hardDelete]);
}

/** The content of a record; nulls count, the order of its fields does not. */
function hashOf(item: Item): string {
  const fields = Object.entries(item).filter(([, value]) => value !== undefined);
  return JSON.stringify(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isMissing(value: unknown): boolean {
  return value === null || value === undefined;
}
