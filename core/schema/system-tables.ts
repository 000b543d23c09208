import type { ColumnSchema, DataType, TableSchema } from "./types.ts";

/** Names and columns of dlt's three system tables as dlt 1.31 writes them into its schema document
 *  (`dlt/common/schema/utils.py`). Column order is the order at the destination. */

function column(
  name: string,
  type: DataType,
  description: string,
  more: Partial<ColumnSchema> = {},
): ColumnSchema {
  return { name, data_type: type, nullable: false, description, ...more };
}

function table(name: string, columns: ColumnSchema[], hints: Partial<TableSchema>): TableSchema {
  return { name, columns: Object.fromEntries(columns.map((c) => [c.name, c])), resource: name, ...hints };
}

export const LOADS_TABLE = "_dlt_loads";
export const VERSION_TABLE = "_dlt_version";
export const STATE_TABLE = "_dlt_pipeline_state";
export const SYSTEM_TABLES: readonly string[] = [VERSION_TABLE, LOADS_TABLE, STATE_TABLE];

/** One row per committed load package, status 0. */
export function loadsTable(): TableSchema {
  return table(
    LOADS_TABLE,
    [
      column("load_id", "text", "Unique identifier of the load operation", { precision: 64 }),
      column("schema_name", "text", "Name of the schema associated with this load", { nullable: true }),
      column("status", "bigint", "Status of the load operation (0 = success)"),
      column("inserted_at", "timestamp", "Timestamp when the load was completed"),
      column("schema_version_hash", "text", "Hash of the schema version used during this load", {
        nullable: true,
      }),
    ],
    { write_disposition: "skip", description: "Created by DLT. Tracks completed loads" },
  );
}

/** One row per schema version; `schema` is the compact JSON of the whole document. */
export function versionTable(): TableSchema {
  return table(
    VERSION_TABLE,
    [
      column("version", "bigint", "Numeric version of the schema, incremented on each schema change"),
      column("engine_version", "bigint", "Version of the dlt schema engine that created this schema"),
      column("inserted_at", "timestamp", "Timestamp when this schema version was stored"),
      column("schema_name", "text", "Name of the schema"),
      column("version_hash", "text", "Unique hash of the schema content, used to detect changes"),
      column("schema", "text", "JSON representation of the complete schema definition"),
    ],
    { write_disposition: "skip", description: "Created by DLT. Tracks schema updates" },
  );
}

/** One row per change of the pipeline state; `state` is encoded as `state.ts` does. */
export function stateTable(): TableSchema {
  return table(
    STATE_TABLE,
    [
      column("version", "bigint", "Numeric version of the pipeline state"),
      column("engine_version", "bigint", "Version of the dlt state engine"),
      column("pipeline_name", "text", "Name of the pipeline this state belongs to"),
      column("state", "text", "Compressed JSON representation of the pipeline state"),
      column("created_at", "timestamp", "Timestamp when this state was created"),
      column("version_hash", "text", "Hash of the state content, used to detect changes", { nullable: true }),
      column("_dlt_load_id", "text", "Load identifier linking this row to its load operation", {
        precision: 64,
      }),
      { name: "_dlt_id", data_type: "text", nullable: false, unique: true, row_key: true },
    ],
    { write_disposition: "append", file_format: "preferred", "x-normalizer": { "seen-data": true } },
  );
}
