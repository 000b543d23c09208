import { duckdbFile, runletLoad } from "../runlet-load.mjs";

export const title = "runlet, native DuckDB, no load packages";

export const open = (input) => runletLoad(input, duckdbFile("native"), "none");
