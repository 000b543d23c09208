import { readFileSync } from "node:fs";

/** Columns of the normaliser, not of the data. */
export const SYSTEM = new Set(["_dlt_id", "_dlt_load_id", "_dlt_parent_id", "_dlt_list_idx", "_dlt_root_id"]);

/** One case of `test/data/oracle/cases.json`: what real dlt made of some records. */
export interface DltCase {
  name: string;
  table: string;
  options?: {
    maxIdentifierLength?: number;
    max_table_nesting?: number;
    columns?: Record<
      string,
      {
        name: string;
        data_type?: string;
        precision?: number;
        scale?: number;
        nullable?: boolean;
        timezone?: boolean;
      }
    >;
    primary_key?: string | string[];
    merge_key?: string | string[];
    write_disposition?: unknown;
  };
  /** Records as JSON text, per load. */
  loads: string[][];
  tables?: Record<string, DltTable>;
  error?: { type: string; message: string };
}

export interface DltTable {
  parent?: string;
  /** Name, type, and what else dlt states. */
  columns: [string, string, { variant?: true; nullable?: boolean; precision?: number; scale?: number }?][];
  rows: string[][];
  nullOnly?: string[];
}

export function dltCases(): DltCase[] {
  return JSON.parse(readFileSync("test/data/oracle/cases.json", "utf8")) as DltCase[];
}

/** A table in a form that compares by `toEqual`: no `_dlt_*` columns, no order of columns, null cells left out. */
export interface PlainTable {
  parent: string | undefined;
  columns: Record<string, string>;
  rows: Record<string, string>[];
  pending: string[];
}

export function plainDlt(table: DltTable): PlainTable {
  const data = table.columns.map(([name, type, more], i) => ({
    name,
    type: type + (more?.variant ? " variant" : ""),
    i,
  }));
  const kept = data.filter(({ name }) => !SYSTEM.has(name));
  return {
    parent: table.parent,
    columns: Object.fromEntries(kept.map(({ name, type }) => [name, type]).sort()),
    rows: table.rows.map((row) =>
      Object.fromEntries(
        kept
          .filter(({ i }) => row[i] !== "n")
          .map(({ name, i }) => [name, row[i]!])
          .sort(),
      ),
    ),
    pending: [...(table.nullOnly ?? [])].sort(),
  };
}
