export { duckdb, type DuckDBDestination, type DuckDBOptions } from "./destination.ts";
export type {
  DuckDBConnection,
  DuckDBDriver,
  DuckDBDriverName,
  DuckDBOpenOptions,
  OpenDuckDB,
} from "./driver.ts";
