import { existsSync } from "node:fs";
import { CATALOG, type DuckDBDriver, type DuckDBOpenOptions } from "../../core/destinations/duckdb/driver.ts";
import { RunletError } from "../../core/errors.ts";
import { isWritable, locateFile, refuseForeignFile, storageError } from "./database-file.ts";
import { chooseEngine } from "./choice.ts";
import type { Engine } from "./engine.ts";
import { type FileLock, lockFile } from "./lock.ts";

interface Opened {
  engine: Engine;
  /** Absent in memory and where the file is read only. */
  lock: FileLock | undefined;
}

/** A database that is open in this process, and how many sessions hold it. */
interface OpenDatabase {
  opened: Promise<Opened>;
  holders: number;
  writing: boolean;
}

/** The files that are open, and those that are being closed. */
const files = new Map<string, OpenDatabase>();
const closing = new Map<string, Promise<void>>();

/** Opens a DuckDB database with the native addon or duckdb-wasm; see `OpenDuckDB` for what it throws. Sessions of this
 *  process that name the same file share the engine that opened it. */
export async function openDuckDB(options: DuckDBOpenOptions): Promise<DuckDBDriver> {
  if (options.path?.startsWith("opfs://")) {
    throw new RunletError("DESTINATION_FAILED", `${options.path} is a place that only browsers have`, {
      hint: `name a file: duckdb("${options.path.slice("opfs://".length)}") is one here and in browsers`,
    });
  }
  const key = options.path === undefined ? undefined : locateFile(options.path, options.existing ?? false);
  while (key !== undefined && closing.has(key)) await closing.get(key);
  const database = (key === undefined ? undefined : files.get(key)) ?? {
    opened: start({ ...options, path: key }),
    holders: 0,
    writing: false,
  };
  // Counted before waiting: the last other holder may close meanwhile.
  database.holders++;
  if (key !== undefined) files.set(key, database);
  const leave = (): boolean => {
    if (--database.holders > 0) return false;
    if (key !== undefined) files.delete(key);
    return true;
  };
  const { engine, lock } = await database.opened.catch((error: unknown) => {
    leave();
    throw error;
  });
  let held = true;
  return {
    timeZones: engine.timeZones,
    async connect() {
      const connection = await engine.connect();
      await connection.exec(`USE ${CATALOG}`);
      return connection;
    },
    async close() {
      if (!held) return;
      held = false;
      if (!leave()) return;
      const closed = engine.close().finally(() => {
        lock?.release();
        if (key !== undefined) closing.delete(key);
      });
      if (key !== undefined) closing.set(key, closed);
      await closed;
    },
    claimWriter() {
      if (database.writing) return false;
      return (database.writing = true);
    },
    releaseWriter() {
      database.writing = false;
    },
  };
}

/** Locks the file and starts an engine on it. */
async function start(options: DuckDBOpenOptions): Promise<Opened> {
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
    return { engine: await openEngine({ ...options, readOnly }), lock };
  } catch (error) {
    lock?.release();
    throw error;
  }
}
