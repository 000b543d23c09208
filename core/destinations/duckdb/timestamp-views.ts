import { readRows } from "../../arrow/ipc-rows.ts";
import { quoteName, quoteText } from "../sql/quote.ts";
import type { DuckDBConnection } from "./driver.ts";
import { catalogOf, qualified, scratchOf } from "./tables.ts";

interface Row {
  name: string;
  columns: string[];
}

/** Makes a dataset of the same name in the engine's memory whose tables are views of the stored ones, with every
 *  TIMESTAMPTZ as TIMESTAMP, and makes it the connection's default. */
export async function useTimestampViews(connection: DuckDBConnection, dataset: string): Promise<void> {
  const schema = `${scratchOf(connection)}.${quoteName(dataset)}`;
  const rows = await connection.query(
    `SELECT table_name AS name, list(column_name ORDER BY column_index)
         FILTER (WHERE data_type = 'TIMESTAMP WITH TIME ZONE') AS columns
     FROM duckdb_columns() WHERE database_name = ${quoteText(catalogOf(connection))}
       AND lower(schema_name) = lower(${quoteText(dataset)}) GROUP BY ALL`,
  );
  await connection.exec(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  await connection.exec(`CREATE SCHEMA ${schema}`);
  for (const { name, columns } of readRows(rows) as unknown as Row[]) {
    const casts = (columns ?? []).map((column) => `${quoteName(column)}::TIMESTAMP AS ${quoteName(column)}`);
    const replaced = casts.length > 0 ? ` REPLACE (${casts.join(", ")})` : "";
    await connection.exec(
      `CREATE VIEW ${schema}.${quoteName(name)} AS SELECT *${replaced} FROM ${qualified(connection, dataset, name)}`,
    );
  }
  await connection.exec(`USE ${schema}`);
}
