import { isNullOnly } from "./null-only.ts";
import type { ColumnSchema, TableSchema } from "./types.ts";

/** What the engine says of a column with every load. All else that is stored of it (a description, `sort`, `cluster`, hints
 *  of the user's own) stays. */
const SAID_ANEW: ReadonlySet<string> = new Set([
  "name",
  "data_type",
  "nullable",
  "precision",
  "scale",
  "timezone",
  "variant",
  "primary_key",
  "merge_key",
  "hard_delete",
  "dedup_sort",
  "row_key",
  "parent_key",
  "root_key",
  "x-valid-from",
  "x-valid-to",
  "x-row-version",
  "x-normalizer",
]);

/** The columns as the engine gives them, with what is stored of them beside. */
export function carriedColumns(
  columns: Record<string, ColumnSchema>,
  before: TableSchema | undefined,
): Record<string, ColumnSchema> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [
      name,
      carried(column, before && own(before.columns, name)),
    ]),
  );
}

function carried(column: ColumnSchema, stored: ColumnSchema | undefined): ColumnSchema {
  if (!stored) return column;
  const kept = Object.entries(stored).filter(([hint]) => !SAID_ANEW.has(hint) && !(hint in column));
  const next: ColumnSchema = { ...column, ...Object.fromEntries(kept) };
  // A value has come for it.
  if (isNullOnly(next) && !isNullOnly(column)) delete next["x-runlet"];
  // Nullable is what a column is of which nothing is said.
  if (column.nullable === true && stored.nullable === undefined) delete next.nullable;
  // Of types but decimal the engine knows no precision.
  if (stored.data_type === column.data_type && column.precision === undefined) {
    for (const hint of ["precision", "scale", "timezone"] as const)
      if (stored[hint] !== undefined) Object.assign(next, { [hint]: stored[hint] });
  }
  return next;
}

/** The entry of that name; a table or column may be called as what every object inherits. */
export function own<T>(entries: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}
