/** dlt's eleven column types. */
export const DATA_TYPES = [
  "text",
  "double",
  "bool",
  "timestamp",
  "bigint",
  "binary",
  "json",
  "decimal",
  "wei",
  "date",
  "time",
] as const;
export type DataType = (typeof DATA_TYPES)[number];

export type WriteDisposition = "append" | "replace" | "merge" | "skip";

/** A column as dlt's schema document stores it (engine version 11). A column without `data_type` is incomplete:
 *  it was declared, or seen only as null, and has no column at the destination yet. */
export interface ColumnSchema {
  name: string;
  data_type?: DataType;
  nullable?: boolean;
  precision?: number;
  scale?: number;
  timezone?: boolean;
  variant?: boolean;
  primary_key?: boolean;
  merge_key?: boolean;
  hard_delete?: boolean;
  dedup_sort?: "asc" | "desc";
  unique?: boolean;
  row_key?: boolean;
  parent_key?: boolean;
  root_key?: boolean;
  description?: string;
  "x-normalizer"?: { "seen-null-first"?: boolean };
  [hint: `x-${string}`]: unknown;
}

/** A table as dlt's schema document stores it. Column order is the order of the destination's table. */
export interface TableSchema {
  name: string;
  columns: Record<string, ColumnSchema>;
  /** Name of the parent table; absent on root tables. */
  parent?: string;
  resource?: string;
  write_disposition?: WriteDisposition;
  description?: string;
  file_format?: string;
  table_format?: string;
  schema_contract?: string | Record<string, string>;
  "x-normalizer"?: { "seen-data"?: boolean; max_nesting?: number; "evolve-columns-once"?: boolean };
  [hint: `x-${string}`]: unknown;
}

export type Tables = Record<string, TableSchema>;

/** One thing that changed in the schema during a load. */
export type SchemaChange =
  | { kind: "table-added"; table: string }
  | { kind: "column-added"; table: string; column: string; type: DataType; variant?: true }
  | { kind: "column-widened"; table: string; column: string; from: DataType; type: DataType };
