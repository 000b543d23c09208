// What DuckDB's driver needs at the least: opened, a small file read into a table, written, closed.
import { DuckDBInstance } from "@duckdb/node-api";

const [, , path, file] = process.argv;
const instance = await DuckDBInstance.create(file);
const connection = await instance.connect();
await connection.run(`CREATE TABLE t AS SELECT * FROM read_json_auto('${path}')`);
connection.closeSync();
instance.closeSync();
