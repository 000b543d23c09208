export { openDuckDB } from "./open.ts";
export { DUCKDB_WASM_VERSION } from "./library.ts";
