export { openDuckDB } from "./open.ts";
export { openOwnInstance } from "./own-instance.ts";
export { DUCKDB_WASM_VERSION } from "./wasm-library.ts";
