import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { duckdb } from "../../core/destinations/duckdb/index.ts";
import { openDuckDB } from "../../host-node/duckdb/index.ts";

/** Rows of Parquet files, read by native DuckDB's own reader, columns by name. */
export async function readParquet(
  files: readonly (Uint8Array | undefined)[],
  select = "*",
): Promise<Record<string, unknown>[]> {
  const folder = mkdtempSync(join(tmpdir(), "runlet-read-parquet-"));
  const paths = files.map((bytes, n) => {
    if (!bytes) throw new Error("there is no such file");
    const path = join(folder, `${n}.parquet`);
    writeFileSync(path, bytes);
    return path;
  });
  const database = duckdb(":memory:", { open: openDuckDB, driver: "native" });
  try {
    const session = await database.open({ dataset: "main" });
    try {
      const list = paths.map((path) => `'${path}'`).join(", ");
      return await session.query(`select ${select} from read_parquet([${list}], union_by_name = true)`);
    } finally {
      await session.close();
    }
  } finally {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
