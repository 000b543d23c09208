import { runletPages } from "../runlet-http.mjs";
import { duckdbFile } from "../runlet-load.mjs";

export const title = "runlet, DuckDB-wasm";

export const open = (input) => runletPages(input, duckdbFile("wasm"));
