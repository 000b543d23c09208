import { dltLoad, missingDlt } from "../dlt.mjs";

export const title = "dlt (Python), records, orjson, Parquet files, workers";
export const missing = missingDlt;

export const open = (input) => dltLoad(input, input.format, "lake");
