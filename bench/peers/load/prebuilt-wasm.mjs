import { prebuiltLoad } from "../prebuilt.mjs";

export const title = "DuckDB (wasm) inserting the same Arrow streams, prebuilt";

export const open = (input) => prebuiltLoad(input, "wasm");
