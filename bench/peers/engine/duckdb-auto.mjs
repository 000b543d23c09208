import { countRows, reader, withDatabase } from "../duckdb.mjs";

export const title = "DuckDB native, 1 thread, schema found";
/** A database does not warm up. */
export const warm = false;

export async function open(input) {
  const columns = undefined;
  return () =>
    withDatabase(":memory:", { threads: "1" }, async (connection) => {
      await connection.run(`CREATE TABLE t AS SELECT * FROM ${reader(input, columns)}`);
      return { records: await countRows(connection, "t") };
    });
}
