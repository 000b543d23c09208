import { dltLoad, missingDlt } from "../dlt.mjs";

export const title = "dlt (Python), records, orjson, Parquet, workers";
export const missing = missingDlt;

export const open = (input) => dltLoad(input, input.format, "bench.duckdb");
