import { prebuiltLoad } from "../prebuilt.mjs";

export const title = "DuckDB (native) inserting the same Arrow streams, prebuilt";

export const open = (input) => prebuiltLoad(input, "native");
