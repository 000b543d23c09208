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
  const using = async <T>(work: (connection: NativeSession) => Promise<T>): Promise<T> => {
    const connection = await connect(SCRATCH);
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  };
  return instanceDriver(db, {
    connect,
    facts: () =>
      using(async (connection) => {
        const found = await connection.query("SELECT current_database() AS name");
        const [{ name }] = readRows(found) as [{ name: string }];
        // A commit is in the write-ahead log. A checkpoint would wait for the application's transactions.
        return { catalog: name, durable: false, timeZones: true };
      }),
    attach: () =>
      using(async (connection) => {
        await connection.exec(`ATTACH IF NOT EXISTS ':memory:' AS ${SCRATCH}`);
        await connection.exec(`CREATE OR REPLACE TABLE ${SCRATCH}.main.${JSON_SEED} (json JSON)`);
      }),
  });
}
