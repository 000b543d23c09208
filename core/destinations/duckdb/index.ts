export { duckdb, type DuckDBDestination, type DuckDBOptions } from "./destination.ts";
export type {
  DuckDBConnection,
  DuckDBDriver,
  DuckDBDriverName,
  DuckDBFiles,
  DuckDBOpenOptions,
  OpenDuckDB,
} from "./driver.ts";
export type { OwnDuckDB } from "./own-instance.ts";
