import { reader } from "../duckdb.mjs";
import { duckdbLoad } from "../duckdb-load.mjs";

export const title = "DuckDB alone: CREATE TABLE AS, structs kept";

export const open = (input) =>
  duckdbLoad((connection) => connection.run(`CREATE TABLE t AS SELECT * FROM ${reader(input)}`));
