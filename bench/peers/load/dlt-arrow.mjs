import { dltLoad, missingDlt } from "../dlt.mjs";

export const title = "dlt (Python), Arrow tables, not normalised";
export const missing = missingDlt;

export const open = (input) => dltLoad(input, "arrow", "bench.duckdb");
