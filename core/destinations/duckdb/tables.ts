import type { ColumnSchema, TableSchema } from "../../schema/types.ts";
import { quoteName, quoteText } from "../sql/quote.ts";
import { readRows } from "../../arrow/ipc-rows.ts";
import { CATALOG, type DuckDBConnection, JSON_SEED } from "./driver.ts";
import { sqlType } from "./types.ts";

/** A column as the database has it; `type` in DuckDB's spelling. */
export interface StoredColumn {
  name: string;
  type: string;
  nullable: boolean;
}

/** DuckDB compares names without case. */
export const sameName = (name: string): string => name.toLowerCase();

/** Random identifiers cannot be compressed, and trying costs a good part of the commit. */
const INCOMPRESSIBLE = ["_dlt_id", "_dlt_parent_id"];

export function qualified(dataset: string, table: string): string {
  return `${CATALOG}.${quoteName(dataset)}.${quoteName(table)}`;
}

/** Columns of a table in order; empty when there is no such table. */
export async function storedColumns(
  connection: DuckDBConnection,
  dataset: string,
  table: string,
): Promise<StoredColumn[]> {
  const rows = await connection.query(
    `SELECT column_name AS name, data_type AS type, is_nullable AS nullable FROM duckdb_columns()
     WHERE database_name = ${quoteText(CATALOG)} AND lower(schema_name) = lower(${quoteText(dataset)})
       AND lower(table_name) = lower(${quoteText(table)}) ORDER BY column_index`,
  );
  return readRows(rows) as unknown as StoredColumn[];
}

export async function hasSchema(connection: DuckDBConnection, dataset: string): Promise<boolean> {
  const rows = await connection.query(
    `SELECT 1 FROM duckdb_schemas() WHERE database_name = ${quoteText(CATALOG)}
     AND lower(schema_name) = lower(${quoteText(dataset)})`,
  );
  return readRows(rows).length > 0;
}

/** Columns that have a type, in order. */
export function completeColumns(table: TableSchema): ColumnSchema[] {
  return Object.values(table.columns).filter((column) => column.data_type !== undefined);
}

/** Creates a table. A JSON column has to be copied from {@link JSON_SEED}; then the whole table is made by a query and
 *  its NOT NULLs are set afterwards. */
export async function createTable(
  connection: DuckDBConnection,
  dataset: string,
  name: string,
  columns: readonly ColumnSchema[],
): Promise<void> {
  const target = qualified(dataset, name);
  if (columns.every((column) => column.data_type !== "json")) {
    const definitions = columns.map((column) => {
      const compression = INCOMPRESSIBLE.includes(column.name) ? " USING COMPRESSION uncompressed" : "";
      return `${quoteName(column.name)} ${sqlType(column)}${column.nullable === false ? " NOT NULL" : ""}${compression}`;
    });
    await connection.exec(`CREATE TABLE ${target} (${definitions.join(", ")})`);
    return;
  }
  const values = columns.map((column) => `${emptyValue(column)} AS ${quoteName(column.name)}`);
  await connection.exec(
    `CREATE TABLE ${target} AS SELECT ${values.join(", ")} FROM memory.main.${JSON_SEED} LIMIT 0`,
  );
  for (const { name: column, nullable } of columns) {
    if (nullable === false) await setNotNull(connection, target, column);
  }
}

async function setNotNull(connection: DuckDBConnection, target: string, column: string): Promise<void> {
  await connection.exec(`ALTER TABLE ${target} ALTER ${quoteName(column)} SET NOT NULL`);
}

function emptyValue(column: ColumnSchema): string {
  return column.data_type === "json" ? `${JSON_SEED}.json` : `CAST(NULL AS ${sqlType(column)})`;
}

/** Adds columns, nullable: the rows that are there have no value for them. JSON columns rebuild the table. */
export async function addColumns(
  connection: DuckDBConnection,
  dataset: string,
  name: string,
  stored: readonly StoredColumn[],
  added: readonly ColumnSchema[],
): Promise<void> {
  const target = qualified(dataset, name);
  if (added.every((column) => column.data_type !== "json")) {
    for (const column of added) {
      await connection.exec(`ALTER TABLE ${target} ADD COLUMN ${quoteName(column.name)} ${sqlType(column)}`);
    }
    return;
  }
  const values = added.map((column) => `${emptyValue(column)} AS ${quoteName(column.name)}`);
  await connection.exec(
    `CREATE OR REPLACE TABLE ${target} AS SELECT old.*, ${values.join(", ")}
     FROM ${target} AS old LEFT JOIN memory.main.${JSON_SEED} ON false`,
  );
  for (const column of stored) if (!column.nullable) await setNotNull(connection, target, column.name);
}
