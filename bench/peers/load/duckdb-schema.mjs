import { reader, schemaOf } from "../duckdb.mjs";
import { duckdbLoad } from "../duckdb-load.mjs";

export const title = "DuckDB alone: CREATE TABLE AS, structs kept, schema given";

export async function open(input) {
  const columns = await schemaOf(input);
  return duckdbLoad((connection) =>
    connection.run(`CREATE TABLE t AS SELECT * FROM ${reader(input, columns)}`),
  );
}
