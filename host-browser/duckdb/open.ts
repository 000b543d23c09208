import { CATALOG, type DuckDBDriver, type DuckDBOpenOptions } from "../../core/destinations/duckdb/driver.ts";
import { RunletError } from "../../core/errors.ts";
import { OPFS, opfsPath } from "../opfs.ts";
import { BrowserEngine } from "./engine.ts";

/** A database that is open in this page, and how many sessions hold it. */
interface OpenDatabase {
  opened: Promise<BrowserEngine>;
  holders: number;
  writing: boolean;
}

/** The files that are open, and those that are being closed. */
const files = new Map<string, OpenDatabase>();
const closing = new Map<string, Promise<void>>();

/** Engines of databases in memory that nobody holds any more are stopped. */
const forgotten = new FinalizationRegistry<BrowserEngine>((engine) => engine.terminate());

/** The one way to write a path of the origin's private file system: `opfs://name.duckdb`.
 *  @throws RunletError CONFIG_INVALID */
export function opfsAddress(path: string): string {
  const { folders, name } = opfsPath(path);
  const address = OPFS + [...folders, name].join("/");
  // DuckDB puts the ending of its log before a question mark; a NUL would end the name.
  if (/[?\0]/.test(address)) {
    throw new RunletError("CONFIG_INVALID", `${path} has a character that a database's name cannot have`, {
      hint: "leave out ? and NUL",
    });
  }
  return address;
}

/** Opens a DuckDB database with duckdb-wasm in its own worker; see `OpenDuckDB` for what it throws. A path is one in
 *  the origin's private file system. Sessions of this page that name the same file share the engine that opened it. */
export async function openDuckDB(options: DuckDBOpenOptions): Promise<DuckDBDriver> {
  if (options.driver === "native") {
    throw new RunletError("DRIVER_MISSING", "a browser has no native DuckDB", { hint: "leave driver out" });
  }
  const path = options.path === undefined ? undefined : opfsAddress(options.path);
  // A copy is what the file holds now: each opening makes its own.
  const key = options.readOnly ? undefined : path;
  while (key !== undefined && closing.has(key)) await closing.get(key);
  const database = (key === undefined ? undefined : files.get(key)) ?? {
    opened: BrowserEngine.open({ ...options, path }),
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
  const engine = await database.opened.catch((error: unknown) => {
    leave();
    throw error;
  });
  let held = true;
  const driver: DuckDBDriver = {
    timeZones: false,
    async connect() {
      const connection = await engine.connect();
      await connection.exec(`USE ${CATALOG}`);
      return connection;
    },
    async close() {
      if (!held) return;
      held = false;
      forgotten.unregister(driver);
      if (!leave()) return;
      const closed = engine.close().finally(() => {
        if (key !== undefined) closing.delete(key);
      });
      if (key !== undefined) closing.set(key, closed);
      await closed;
    },
    claimWriter() {
      if (options.readOnly) {
        throw new RunletError("DESTINATION_FAILED", "the database was opened to be read only", {
          hint: "load to the file itself: leave readOnly out",
        });
      }
      if (database.writing) return false;
      return (database.writing = true);
    },
    releaseWriter() {
      database.writing = false;
    },
  };
  if (key === undefined) forgotten.register(driver, engine, driver);
  return driver;
}

/** Whether this page has the file open. */
export function isOpenHere(path: string): boolean {
  const key = opfsAddress(path);
  return files.has(key) || closing.has(key);
}
