import { RunletError } from "../../errors.ts";
import { host } from "../../host.ts";
import { STEP_KINDS } from "../../schema/steps.ts";
import type { Capabilities, Destination } from "../contract.ts";
import { MERGE_STRATEGIES } from "../merge-plan.ts";
import type { DuckDBDriver, DuckDBDriverName, DuckDBFiles, OpenDuckDB } from "./driver.ts";
import { destinationError } from "./errors.ts";
import { MemoryDatabase } from "./memory-database.ts";
import { isWasmConnection, isWasmInstance, openOwn, type OwnDuckDB } from "./own-instance.ts";
import { DuckDBSession } from "./session.ts";

export interface DuckDBOptions {
  /** Version of the file format; older DuckDBs than it cannot open the file. Default `v1.3.0`: read by DuckDB 1.3
   *  and later, and much faster to write than older ones. */
  storageVersion?: string;
  /** Memory DuckDB may use for its buffers, such as `256MB`. Default: DuckDB's, four fifths of the machine's. */
  memoryLimit?: string;
  /** Which DuckDB: the native addon or WebAssembly. Default: RUNLET_DUCKDB, else native where it is installed. */
  driver?: DuckDBDriverName;
  /** Only reads; loads are refused. In browsers: a copy in memory of what the file holds when it is opened, which works
   *  while another tab has the file open. */
  readOnly?: boolean;
  /** Browsers: where duckdb-wasm's files are, if not where `configureDuckDB` of `runlet/browser` says. */
  files?: DuckDBFiles;
  /** Opens the database; default: the host's driver. */
  open?: OpenDuckDB;
}

/** A DuckDB database as a destination. */
export interface DuckDBDestination extends Destination {
  /** Lets go of a database in memory and all that is in it, its sessions closed before; the next session begins with an
   *  empty one. A file is let go of by its last session, and this does nothing. */
  close(): Promise<void>;
}

const DLT_TYPE = "dlt.destinations.duckdb";

const CAPABILITIES: Capabilities = {
  maxIdentifierLength: 65536,
  atomicity: "package",
  dispositions: ["append", "replace", "merge"],
  mergeStrategies: MERGE_STRATEGIES,
  alters: STEP_KINDS,
  // Each insertion costs a fixed time per stream and column; below 16 MB it dominates.
  preferredStreamBytes: 16 * 1024 * 1024,
};

/** A DuckDB database: a file, or in memory (`:memory:`, the default). One in memory lives as long as the destination
 *  object, whose sessions share it; another `duckdb()` is another database. In browsers a file is one in the origin's
 *  private file system: `opfs://name.duckdb`. `{ db }` is a database that the application has open. */
export function duckdb(
  where?: string | { readonly db: OwnDuckDB },
  options: DuckDBOptions = {},
): DuckDBDestination {
  if (typeof where === "object") return ownDuckdb(where?.db);
  const path = where === undefined || where === "" || where === ":memory:" ? undefined : where;
  const openDriver = async (existing: boolean | undefined): Promise<DuckDBDriver> => {
    const open = options.open ?? host().duckdb;
    if (!open) {
      throw new RunletError("DRIVER_MISSING", `DuckDB is not available on ${host().name} yet`, {
        hint: "load to memory() or run on Node",
      });
    }
    const storageVersion = options.storageVersion ?? "v1.3.0";
    try {
      const { memoryLimit, driver, readOnly, files } = options;
      return await open({ path, storageVersion, memoryLimit, existing, driver, readOnly, files });
    } catch (error) {
      throw destinationError(error, "DESTINATION_FAILED", `cannot open ${path ?? "an in-memory database"}`);
    }
  };
  const memory = path === undefined ? new MemoryDatabase(() => openDriver(false)) : undefined;
  return {
    kind: "duckdb",
    address: `duckdb:${path ?? ":memory:"}`,
    capabilities: CAPABILITIES,
    dltType: DLT_TYPE,
    ephemeral: path === undefined,
    relative: path !== undefined && !/^([\\/]|[a-z][a-z\d+.-]*:)/i.test(path),
    async open(openOptions) {
      const driver = await (memory ? memory.share() : openDriver(openOptions.existing));
      return new DuckDBSession(driver, openOptions, path?.replace(/^.*[\\/]/, ""));
    },
    async close() {
      await memory?.close();
    },
  };
}

/** The application's instance as a destination. Nothing of a run is kept elsewhere: whether the instance is gone with
 *  its process is not known. */
function ownDuckdb(db: OwnDuckDB | undefined): DuckDBDestination {
  const open = async (): Promise<DuckDBDriver> => {
    if (typeof db === "object" && db !== null) {
      if (isWasmInstance(db) || isWasmConnection(db)) return openOwn(db);
      const { duckdbInstance } = host();
      if (duckdbInstance) return duckdbInstance(db);
    }
    throw new RunletError("PIPELINE_INVALID", "db is no instance of a DuckDB that runlet knows", {
      hint: "give what new AsyncDuckDB(…) or db.connect() returned",
    });
  };
  return {
    kind: "duckdb",
    address: "duckdb:(own instance)",
    capabilities: CAPABILITIES,
    dltType: DLT_TYPE,
    ephemeral: true,
    async open(openOptions) {
      return new DuckDBSession(await open(), openOptions, undefined);
    },
    async close() {},
  };
}
