import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { reader, withDatabase } from "../duckdb.mjs";
import { megabytes, newPlace } from "../place.mjs";

export const title = "DuckDB alone: COPY to Parquet, structs kept";

export function open(input) {
  const folder = newPlace();
  mkdirSync(join(folder, "lake"));
  const file = join(folder, "lake/t.parquet");
  return async () => {
    const records = await withDatabase(":memory:", {}, async (connection) => {
      const copied = await connection.runAndReadAll(
        `COPY (SELECT * FROM ${reader(input)}) TO '${file}' (FORMAT parquet, COMPRESSION zstd)`,
      );
      return Number(copied.getRows()[0][0]);
    });
    return { records, file: megabytes(file) };
  };
}
