import { existsSync } from "node:fs";
import type { DuckDBDriver, DuckDBOpenOptions } from "../../core/destinations/duckdb/driver.ts";
import { type DatabaseEngine, OpenDatabases } from "../../core/destinations/duckdb/open-databases.ts";
import { RunletError } from "../../core/errors.ts";
import { isWritable, locateFile, refuseForeignFile, storageError } from "./database-file.ts";
import { chooseEngine } from "./choice.ts";
import { type FileLock, lockFile } from "./lock.ts";

const databases = new OpenDatabases();

/** Opens a DuckDB database with the native addon or duckdb-wasm; see `OpenDuckDB` for what it throws. Sessions of this
 *  process that name the same file share the engine that opened it. */
export async function openDuckDB(options: DuckDBOpenOptions): Promise<DuckDBDriver> {
  if (options.path?.startsWith("opfs://")) {
    throw new RunletError("DESTINATION_FAILED", `${options.path} is a place that only browsers have`, {
      hint: `name a file: duckdb("${options.path.slice("opfs://".length)}") is one here and in browsers`,
    });
  }
  const key = options.path === undefined ? undefined : locateFile(options.path, options.existing ?? false);
  return databases.share(key, () => start({ ...options, path: key }));
}

/** Locks the file and starts an engine on it, whose end unlocks it. */
async function start(options: DuckDBOpenOptions): Promise<DatabaseEngine> {
  const { path } = options;
  const openEngine = await chooseEngine(options.driver);
  let lock: FileLock | undefined;
  let readOnly = options.readOnly ?? false;
  if (path !== undefined) {
    try {
      refuseForeignFile(path);
      readOnly = options.readOnly || (existsSync(path) && !isWritable(path));
      if (!readOnly) lock = lockFile(path);
    } catch (error) {
      throw error instanceof RunletError ? error : storageError(path, error);
    }
  }
  try {
    const engine = await openEngine({ ...options, readOnly });
    return {
      timeZones: engine.timeZones,
      connect: () => engine.connect(),
      close: () => engine.close().finally(() => lock?.release()),
    };
  } catch (error) {
    lock?.release();
    throw error;
  }
}
