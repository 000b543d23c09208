import { runletPages } from "../runlet-http.mjs";
import { duckdbFile } from "../runlet-load.mjs";

export const title = "runlet, native DuckDB";

export const open = (input) => runletPages(input, duckdbFile("native"));
