// DuckDB by itself, from the input to a file.
import { join } from "node:path";
import { countRows, withDatabase } from "./duckdb.mjs";
import { megabytes, newPlace } from "./place.mjs";

/** The work of a peer that runs `statements(connection)` on a new database file; `t` is the root table. */
export function duckdbLoad(work) {
  const file = join(newPlace(), "bench.duckdb");
  return async () => {
    const { records, rows } = await withDatabase(file, {}, async (connection) => {
      await work(connection);
      return { records: await countRows(connection, "t"), rows: await rowsOf(connection) };
    });
    return { records, rows, file: megabytes(file) };
  };
}

async function rowsOf(connection) {
  const names = await connection.runAndReadAll("SELECT table_name FROM duckdb_tables() WHERE NOT temporary");
  const counts = [];
  for (const [name] of names.getRows()) counts.push([name, await countRows(connection, `"${name}"`)]);
  return Object.fromEntries(counts);
}
