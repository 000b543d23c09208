// The pipeline of ../http-api as a Cloudflare Worker: by the clock, by request, or by a message of a queue, into Parquet
// files in a bucket. README.md has the commands.
import { parquet, r2 } from "runlet/parquet";
import { worker } from "runlet/workers";
import pipeline from "../http-api/pipeline.ts";

export default worker(pipeline, {
  to: parquet(r2("LAKE", "lake")),
  // What a run that was cut off had read whole is loaded by the next one.
  storage: r2("LAKE", "packages"),
});
