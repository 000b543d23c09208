export { openDuckDB } from "./open.ts";
export { DUCKDB_WASM_VERSION } from "./wasm-library.ts";
