import type { DuckDBConnection, DuckDBOpenOptions } from "../../core/destinations/duckdb/driver.ts";

/** One DuckDB over one database; sessions of the process that name the same file share it. */
export interface Engine {
  /** Whether it knows time zones. */
  readonly timeZones: boolean;
  connect(): Promise<DuckDBConnection>;
  /** Writes what is not on the disk yet and lets go of the files; never rejects. */
  close(): Promise<void>;
}

export interface EngineOptions extends DuckDBOpenOptions {
  /** Whether the file may be read only. */
  readOnly: boolean;
}
