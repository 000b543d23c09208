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

/** The database a connection loads into. */
export function catalogOf(connection: DuckDBConnection): string {
  return connection.catalog ?? CATALOG;
}

/** A dataset as SQL. */
export function schemaOf(connection: DuckDBConnection, dataset: string): string {
  return `${quoteName(catalogOf(connection))}.${quoteName(dataset)}`;
}

/** The database in the engine's memory that nothing of a load is in. */
export function scratchOf(connection: DuckDBConnection): string {
  return quoteName(connection.scratch ?? "memory");
}

/** The table of {@link JSON_SEED} as SQL. */
export function jsonSeed(connection: DuckDBConnection): string {
  return `${scratchOf(connection)}.main.${JSON_SEED}`;
}

/** A table as SQL, by all parts of its name: a name in two parts may also mean an attached database. */
export function qualified(connection: DuckDBConnection, dataset: string, table: string): string {
  return `${schemaOf(connection, dataset)}.${quoteName(table)}`;
}

/** Columns of a table in order; empty when there is no such table. */
export async function storedColumns(
  connection: DuckDBConnection,
  dataset: string,
  table: string,
): Promise<StoredColumn[]> {
  const rows = await connection.query(
    `SELECT column_name AS name, data_type AS type, is_nullable AS nullable FROM duckdb_columns()
     WHERE database_name = ${quoteText(catalogOf(connection))} AND lower(schema_name) = lower(${quoteText(dataset)})
       AND lower(table_name) = lower(${quoteText(table)}) ORDER BY column_index`,
  );
  return readRows(rows) as unknown as StoredColumn[];
}

/** Names of a dataset's tables and views, as {@link sameName} has them. */
export async function storedNames(connection: DuckDBConnection, dataset: string): Promise<Set<string>> {
  const inside = `database_name = ${quoteText(catalogOf(connection))} AND lower(schema_name) = lower(${quoteText(dataset)})`;
  const rows = await connection.query(
    `SELECT table_name AS name FROM duckdb_tables() WHERE ${inside}
     UNION ALL SELECT view_name AS name FROM duckdb_views() WHERE ${inside}`,
  );
  return new Set(readRows(rows).map(({ name }) => sameName(name as string)));
}

/** The columns as the database will have them. */
export function columnsAsStored(columns: readonly ColumnSchema[]): StoredColumn[] {
  return columns.map((column) => ({
    name: column.name,
    type: sqlType(column),
    nullable: column.nullable !== false,
  }));
}

export async function hasSchema(connection: DuckDBConnection, dataset: string): Promise<boolean> {
  const rows = await connection.query(
    `SELECT 1 FROM duckdb_schemas() WHERE database_name = ${quoteText(catalogOf(connection))}
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
  const target = qualified(connection, dataset, name);
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
    `CREATE TABLE ${target} AS SELECT ${values.join(", ")} FROM ${jsonSeed(connection)} LIMIT 0`,
  );
  for (const { name: column, nullable } of columns) {
    if (nullable === false) await setNotNull(connection, target, column);
  }
}

export async function setNotNull(
  connection: DuckDBConnection,
  target: string,
  column: string,
): Promise<void> {
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
  const target = qualified(connection, dataset, name);
  if (added.every((column) => column.data_type !== "json")) {
    for (const column of added) {
      await connection.exec(`ALTER TABLE ${target} ADD COLUMN ${quoteName(column.name)} ${sqlType(column)}`);
    }
    return;
  }
  const values = added.map((column) => `${emptyValue(column)} AS ${quoteName(column.name)}`);
  await connection.exec(
    `CREATE OR REPLACE TABLE ${target} AS SELECT old.*, ${values.join(", ")}
     FROM ${target} AS old LEFT JOIN ${jsonSeed(connection)} ON false`,
  );
  for (const column of stored) if (!column.nullable) await setNotNull(connection, target, column.name);
}
