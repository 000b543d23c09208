import type { DuckDBDriver, DuckDBOpenOptions } from "../../core/destinations/duckdb/driver.ts";
import { OpenDatabases } from "../../core/destinations/duckdb/open-databases.ts";
import { RunletError } from "../../core/errors.ts";
import { OPFS, opfsPath } from "../opfs.ts";
import { BrowserEngine } from "./engine.ts";

const databases = new OpenDatabases();

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
  let own: BrowserEngine | undefined;
  const shared = await databases.share(
    key,
    async () => (own = await BrowserEngine.open({ ...options, path })),
  );
  const driver: DuckDBDriver = {
    ...shared,
    close() {
      forgotten.unregister(driver);
      return shared.close();
    },
    ...(options.readOnly ? { claimWriter: refuseWriting } : {}),
  };
  if (key === undefined && own) forgotten.register(driver, own, driver);
  return driver;
}

function refuseWriting(): never {
  throw new RunletError("DESTINATION_FAILED", "the database was opened to be read only", {
    hint: "load to the file itself: leave readOnly out",
  });
}

/** Whether this page has the file open. */
export function isOpenHere(path: string): boolean {
  return databases.has(opfsAddress(path));
}
