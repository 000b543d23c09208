import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { reader, schemaOf, withDatabase } from "../duckdb.mjs";
import { megabytes, newPlace } from "../place.mjs";
import { relationalSql } from "../relational-sql.mjs";

export const title = "DuckDB alone: unnested into the same tables, COPY to Parquet";

export function open(input) {
  const lake = join(newPlace(), "lake");
  mkdirSync(lake);
  return async () => {
    const columns = await schemaOf(input);
    await withDatabase(":memory:", {}, async (connection) => {
      for (const statement of relationalSql(reader(input, columns), columns)) {
        const [, table, query] = /^CREATE TABLE ("[^"]+") AS (.*)$/s.exec(statement) ?? [];
        if (!table) await connection.run(statement);
        else {
          const file = join(lake, `${table.slice(1, -1)}.parquet`);
          await connection.run(`COPY (${query}) TO '${file}' (FORMAT parquet, COMPRESSION zstd)`);
        }
      }
    });
    return { file: megabytes(lake) };
  };
}
