import type { DuckDBOpenOptions } from "../../core/destinations/duckdb/driver.ts";

export interface EngineOptions extends DuckDBOpenOptions {
  /** Whether the file may be read only. */
  readOnly: boolean;
}
