import { RunletError } from "../../errors.ts";
import { host } from "../../host.ts";
import type { Capabilities, Destination } from "../contract.ts";
import type { DuckDBDriver, OpenDuckDB } from "./driver.ts";
import { destinationError } from "./errors.ts";
import { DuckDBSession } from "./session.ts";

export interface DuckDBOptions {
  /** Version of the file format; older DuckDBs than it cannot open the file. Default `v1.3.0`: read by DuckDB 1.3
   *  and later, and much faster to write than older ones. */
  storageVersion?: string;
  /** Opens the database; default: the host's driver. */
  open?: OpenDuckDB;
}

const CAPABILITIES: Capabilities = {
  maxIdentifierLength: 65536,
  atomicity: "package",
  dispositions: ["append", "replace"],
  // Each insertion costs a fixed time per stream and column; below 16 MB it dominates.
  preferredStreamBytes: 16 * 1024 * 1024,
};

/** A DuckDB database: a file, or in memory (`:memory:`, the default, gone when its session is closed). */
export function duckdb(where?: string, options: DuckDBOptions = {}): Destination {
  const path = where === undefined || where === "" || where === ":memory:" ? undefined : where;
  return {
    kind: "duckdb",
    address: `duckdb:${path ?? ":memory:"}`,
    capabilities: CAPABILITIES,
    async open(openOptions) {
      const open = options.open ?? host().duckdb;
      if (!open) {
        throw new RunletError("DRIVER_MISSING", `DuckDB is not available on ${host().name} yet`, {
          hint: "load to memory() or run on Node",
        });
      }
      let driver: DuckDBDriver;
      try {
        driver = await open({
          path,
          storageVersion: options.storageVersion ?? "v1.3.0",
          existing: openOptions.existing,
        });
      } catch (error) {
        throw destinationError(error, "DESTINATION_FAILED", `cannot open ${path ?? "an in-memory database"}`);
      }
      return new DuckDBSession(driver, openOptions, path?.replace(/^.*[\\/]/, ""));
    },
  };
}
