import { duckdbFile, runletLoad } from "../runlet-load.mjs";

export const title = "runlet, DuckDB-wasm";

export const open = (input) => runletLoad(input, duckdbFile("wasm"));
