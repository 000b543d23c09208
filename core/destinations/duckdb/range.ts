import { readRows } from "../../arrow/ipc-rows.ts";
import { RunletError } from "../../errors.ts";
import { quoteName } from "../sql/quote.ts";
import type { DuckDBConnection } from "./driver.ts";
import type { StoredColumn } from "./tables.ts";

/** Looks whether the integers of a stage are in the range of the columns they are to go into, as dlt makes them with a
 *  `precision`. @throws RunletError DESTINATION_SCHEMA */
export async function checkRange(
  connection: DuckDBConnection,
  { table, stage, narrow }: { table: string; stage: string; narrow: readonly StoredColumn[] },
): Promise<void> {
  for (const { name, type } of narrow) {
    const column = quoteName(name);
    const beyond = await connection.query(
      `SELECT 1 FROM ${stage} WHERE ${column} IS NOT NULL AND TRY_CAST(${column} AS ${type}) IS NULL LIMIT 1`,
    );
    if (readRows(beyond).length === 0) continue;
    throw new RunletError(
      "DESTINATION_SCHEMA",
      `column ${name} of table ${table} holds a value that is out of range of its type, ${type}`,
      {
        where: { table, column: name },
        hint: "nothing was loaded: change the column's type at the destination, or load to another dataset",
      },
    );
  }
}
