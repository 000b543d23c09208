import { duckdbFile, runletLoad } from "../runlet-load.mjs";

export const title = "runlet, native DuckDB";

export const open = (input) => runletLoad(input, duckdbFile("native"));
