import { readRows } from "../../arrow/ipc-rows.ts";
import { quoteText } from "../sql/quote.ts";
import type { DuckDBConnection } from "./driver.ts";
import { catalogOf, qualified, sameName, setNotNull, storedColumns } from "./tables.ts";

/** Lets a column hold a value several times, as row ids do where a table keeps versions: dlt may have made it UNIQUE.
 *  DuckDB takes no constraint away, so the table is copied without it; one with keys or checks besides, which are
 *  somebody's own, stays as it is. */
export async function allowDoubles(
  connection: DuckDBConnection,
  dataset: string,
  table: string,
  column: string,
): Promise<void> {
  const found = readRows(
    await connection.query(
      `SELECT constraint_type AS kind, array_to_string(constraint_column_names, ',') AS columns
       FROM duckdb_constraints() WHERE database_name = ${quoteText(catalogOf(connection))}
         AND lower(schema_name) = lower(${quoteText(dataset)}) AND lower(table_name) = lower(${quoteText(table)})
         AND constraint_type <> 'NOT NULL'`,
    ),
  ) as unknown as { kind: string; columns: string }[];
  const isUnique = ({ kind, columns }: { kind: string; columns: string }): boolean =>
    kind === "UNIQUE" && sameName(columns) === sameName(column);
  if (!found.some(isUnique) || !found.every(isUnique)) return;
  const target = qualified(connection, dataset, table);
  const columns = await storedColumns(connection, dataset, table);
  await connection.exec(`CREATE OR REPLACE TABLE ${target} AS SELECT * FROM ${target}`);
  for (const { name, nullable } of columns) if (!nullable) await setNotNull(connection, target, name);
}
