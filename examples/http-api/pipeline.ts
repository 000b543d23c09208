// Issues of an API, page by page, and for each issue its labels from a second address. From the repository's
// folder:
//
//   node examples/http-api/server.mjs &
//   API_TOKEN=demo npx runlet run examples/http-api/pipeline.ts --to duckdb:api.duckdb
//
// The answers' bytes go to the engine as they are: nothing is parsed here. The next page is found by itself, here in
// the Link header.
import { bearer, http, pipeline, resource, secret, source, transformer } from "runlet";

const issues = resource("issues", { write: "replace", columns: { body: "drop" } }, ({ http }) =>
  http.pages("/issues"),
);

// Runs once for each issue, with the fields it picks. `include` keeps one of them on every row: _issues_number.
const labels = transformer(
  "labels",
  { from: issues, pick: { number: "bigint" }, include: ["number"], parallel: 8, write: "replace" },
  (issue, { http }) => http.get(`/issues/${issue.number}/labels`),
);

const api = http("http://127.0.0.1:8787", { auth: bearer(secret("API_TOKEN")) });

export default pipeline("api", source("api", { http: api }, [issues, labels]));
