import { countRows, reader, schemaOf, withDatabase } from "../duckdb.mjs";

export const title = "DuckDB native, 1 thread, schema given";
/** A database does not warm up. */
export const warm = false;

export async function open(input) {
  const columns = await schemaOf(input);
  return () =>
    withDatabase(":memory:", { threads: "1" }, async (connection) => {
      await connection.run(`CREATE TABLE t AS SELECT * FROM ${reader(input, columns)}`);
      return { records: await countRows(connection, "t") };
    });
}
