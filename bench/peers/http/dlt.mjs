import { dltLoad, missingDlt } from "../dlt.mjs";
import { serve } from "../served.mjs";

export const title = "dlt (Python), its REST client, Parquet, workers";
export const missing = missingDlt;

export async function open(input) {
  const path = await serve(input);
  return dltLoad({ path }, "pages", "bench.duckdb");
}
