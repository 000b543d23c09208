export { duckdb, type DuckDBOptions } from "./destination.ts";
export type { DuckDBConnection, DuckDBDriver, DuckDBOpenOptions, OpenDuckDB } from "./driver.ts";
