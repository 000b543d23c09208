import type { Dataset, Item, Way } from "./dataset-model.ts";

/** What becomes of a field that has no column yet, in a table that is there. */
export type ColumnMode = "freeze" | "discard_row" | "discard_value";

/** `before`: the records that came before the one that breaks the contract, `at` that one. */
export type Held = { items: Item[] } | { error: "SCHEMA_CONTRACT"; before: Item[]; at: Item };

/** The records that a contract on columns lets pass. A new table takes all. */
export function held(before: Dataset, mode: ColumnMode | undefined, items: readonly Item[]): Held {
  if (mode === undefined || before.columns.length === 0) return { items: [...items] };
  const isNew = ([field, value]: [string, unknown]): boolean =>
    field !== "tags" && value !== null && value !== undefined && !before.columns.includes(field);
  const breaks = (item: Item): boolean => Object.entries(item).some(isNew);
  const first = items.findIndex(breaks);
  if (mode === "freeze" && first >= 0)
    return { error: "SCHEMA_CONTRACT", before: items.slice(0, first), at: items[first]! };
  if (mode === "discard_row") return { items: items.filter((item) => !breaks(item)) };
  const without = (item: Item): Item =>
    Object.fromEntries(Object.entries(item).filter((entry) => !isNew(entry)));
  return { items: items.map((item) => (breaks(item) ? without(item) : item)) };
}

/** Whether the way asks for columns that the contract keeps from coming: then nothing is read. What is part of a key or
 *  a mark cannot be left out. */
export function barred(before: Dataset, mode: ColumnMode | undefined, way: Way): boolean {
  const { primaryKey, mergeKey, hardDelete, dedupSort } = way;
  const wanted = [...primaryKey, ...mergeKey, hardDelete, dedupSort?.column];
  if (mode === undefined || before.columns.length === 0) return false;
  return wanted.some((field) => field !== undefined && !before.columns.includes(field));
}
