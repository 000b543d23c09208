import { bumpDocument, dataTables } from "./document.ts";
import { impliedRenames, type Renames } from "./renames.ts";
import type { Normalizers, StoredSchema } from "./stored.ts";
import { SYSTEM_TABLES } from "./system-tables.ts";
import type { ColumnSchema, Tables, TableSchema } from "./types.ts";

/** The document after the steps that lead from `current` to `target`: the target's data tables, all else as it is; the same
 *  object where nothing differs. */
export function alteredDocument(current: StoredSchema, target: Tables, renames: Renames = {}): StoredSchema {
  const before = dataTables(current.tables);
  const found = impliedRenames(before, dataTables(target), renames);
  const oldNames = new Map([...found.tables].map(([old, name]) => [name, old]));
  const tables: Tables = {};
  for (const name of SYSTEM_TABLES) if (current.tables[name]) tables[name] = current.tables[name];
  for (const table of Object.values(dataTables(target))) {
    const known = before[oldNames.get(table.name) ?? table.name];
    tables[table.name] = alteredTable(known, table, found.columns.get(table.name) ?? new Map());
  }
  const next = {
    ...current,
    tables,
    normalizers: renamedPropagation(current.normalizers, tables, found.tables),
  };
  const bumped = bumpDocument(next);
  return bumped === next ? current : bumped;
}

function alteredTable(
  before: TableSchema | undefined,
  after: TableSchema,
  renamed: ReadonlyMap<string, string>,
): TableSchema {
  const oldNames = new Map([...renamed].map(([old, name]) => [name, old]));
  const columns = Object.fromEntries(
    Object.values(after.columns).map((column) => [
      column.name,
      marked(before?.columns[oldNames.get(column.name) ?? column.name], column),
    ]),
  );
  const table: TableSchema = { ...marked(before, after), columns };
  // One that had no data yet is not at the destination, and stays so.
  if (before && isComplete(before) && !before["x-normalizer"]?.["seen-data"]) return table;
  if (!isComplete(table)) return table;
  return { ...table, "x-normalizer": { ...table["x-normalizer"], "seen-data": true } };
}

/** Whether any of its columns has a type. */
export function isComplete({ columns }: TableSchema): boolean {
  return Object.values(columns).some((column) => column.data_type !== undefined);
}

/** With the marks of what runlet and dlt have seen so far, which files may lack, and without what a rename is told by. */
function marked<T extends TableSchema | ColumnSchema>(before: T | undefined, after: T): T {
  const { "x-runlet": own, "x-normalizer": seen, ...rest } = after as TableSchema;
  const { renamedFrom: _, ...kept } = (own ?? {}) as Record<string, unknown>;
  const marks = { ...before?.["x-normalizer"], ...seen };
  if ((after as ColumnSchema).data_type !== undefined)
    delete (marks as Record<string, unknown>)["seen-null-first"];
  return {
    ...rest,
    ...(Object.keys(marks).length ? { "x-normalizer": marks } : {}),
    ...(Object.keys(kept).length ? { "x-runlet": kept } : {}),
  } as unknown as T;
}

/** Where dlt notes which tables pass their row id on. */
function renamedPropagation(
  normalizers: Normalizers,
  tables: Tables,
  renamed: ReadonlyMap<string, string>,
): Normalizers {
  const propagation = normalizers.json.config?.propagation;
  if (!propagation?.tables) return normalizers;
  const kept = Object.entries(propagation.tables)
    .map(([table, of]) => [renamed.get(table) ?? table, of] as const)
    .filter(([table]) => tables[table]);
  return {
    ...normalizers,
    json: {
      ...normalizers.json,
      config: {
        ...normalizers.json.config,
        propagation: { ...propagation, tables: Object.fromEntries(kept) },
      },
    },
  };
}
