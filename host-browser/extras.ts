// What only browsers have: where DuckDB's files are, and the databases kept in the origin's private file system (OPFS).
export { configureDuckDB, loadDuckDB, type DuckDBConfiguration } from "./duckdb/configure.ts";
export { DUCKDB_WASM_VERSION } from "./duckdb/files.ts";
export type { DownloadProgress } from "./duckdb/worker.ts";
export type { DuckDBFiles } from "../core/destinations/duckdb/driver.ts";
export {
  deleteDatabase,
  exportDatabase,
  importDatabase,
  listDatabases,
  openCopy,
  type SavedDatabase,
} from "./databases.ts";
export { keepStorage, storageEstimate, type StorageEstimate } from "./quota.ts";
export { fileData, type FileData } from "./file-data.ts";
export { configureEngine, type EngineConfiguration } from "./configure-engine.ts";
