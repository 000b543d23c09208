// Real GitHub events and issues of the DuckDB repository, from two files, as related tables. From the
// repository's folder:
//
//   npx runlet run examples/github-events/pipeline.ts --to duckdb:github.duckdb
//
// `write: "replace"` makes it a load that can be repeated: what was there is replaced by what comes, or stays as it
// was when anything fails.
import { files, pipeline } from "runlet";

const events = files("events", { from: "examples/data/github-events.json.gz", write: "replace" });
const issues = files("issues", { from: "examples/data/github-issues.json.gz", write: "replace" });

export default pipeline("github", [events, issues]);
