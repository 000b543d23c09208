import { readRows } from "../../core/arrow/ipc-rows.ts";
import { type DuckDBDriver, JSON_SEED } from "../../core/destinations/duckdb/driver.ts";
import { instanceDriver, SCRATCH } from "../../core/destinations/duckdb/own-instance.ts";
import { RunletError } from "../../core/errors.ts";
import { NativeSession } from "./native-engine.ts";
import { loadNative, type NativeDatabase } from "./native-library.ts";

/** A driver over a `DuckDBInstance` of `@duckdb/node-api`, which has its handle in `db`. Throws PIPELINE_INVALID. */
export async function openOwnInstance(db: object): Promise<DuckDBDriver> {
  const { db: database } = db as { db?: NativeDatabase };
  if (typeof database !== "object") {
    throw new RunletError("PIPELINE_INVALID", "db is no instance of a DuckDB that runlet knows", {
      hint: "give an AsyncDuckDB of @duckdb/duckdb-wasm or a DuckDBInstance of @duckdb/node-api",
    });
  }
  const bindings = loadNative();
  const connect = (catalog: string) => NativeSession.open(bindings, database, catalog, SCRATCH);
  return instanceDriver(db, {
    connect,
    async prepare() {
      const connection = await connect(SCRATCH);
      const found = await connection.query(
        "SELECT database_name AS name, path FROM duckdb_databases() WHERE database_name = current_database()",
      );
      const [{ name, path }] = readRows(found) as [{ name: string; path: string | null }];
      await connection.exec(`ATTACH IF NOT EXISTS ':memory:' AS ${SCRATCH}`);
      await connection.exec(`CREATE OR REPLACE TABLE ${SCRATCH}.main.${JSON_SEED} (json JSON)`);
      await connection.close();
      return { catalog: name, durable: path !== null, timeZones: true };
    },
  });
}
