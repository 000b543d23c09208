import { readJsonRows } from "../../arrow/json-rows.ts";
import type { Json } from "../../json.ts";
import type { CommitFacts } from "../contract.ts";
import type { TableSchema } from "../../schema/types.ts";

/** Rows of one table: Arrow as it came, and number variants folded into their columns. */
export interface StoredTable {
  schema: TableSchema;
  /** Rows that a merge has left; those of the streams come after them. */
  merged: Record<string, Json>[];
  streams: Uint8Array[];
  /** `scale`: digits after the point where integers became decimals, which are text. */
  folds: { base: string; variant: string; scale: number }[];
}

/** One dataset in memory. */
export interface StoredData {
  tables: Map<string, StoredTable>;
  loads: CommitFacts[];
}

export function emptyData(): StoredData {
  return { tables: new Map(), loads: [] };
}

/** A copy that shares the Arrow bytes, which never change. */
export function copied(data: StoredData): StoredData {
  const tables = new Map<string, StoredTable>();
  for (const [name, { schema, merged, streams, folds }] of data.tables) {
    tables.set(name, { schema, merged, streams: [...streams], folds: [...folds] });
  }
  return { tables, loads: [...data.loads] };
}

/** The rows of a table, with every column of it; missing values are null. */
export function rowsOf(table: StoredTable): Record<string, Json>[] {
  const columns = Object.values(table.schema.columns).filter((column) => column.data_type !== undefined);
  const rows = table.merged.map((row) => ({ ...row }));
  return [...rows, ...table.streams.flatMap(readJsonRows)].map((row) => {
    for (const { base, variant, scale } of table.folds) {
      const value = row[base];
      if (value === null || value === undefined) row[base] = row[variant] ?? null;
      else if (scale > 0 && typeof value !== "string") row[base] = `${value}.${"0".repeat(scale)}`;
    }
    return Object.fromEntries(columns.map(({ name }) => [name, row[name] ?? null]));
  });
}
