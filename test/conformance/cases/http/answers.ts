import { http, pipeline, resource, source } from "runlet";
import { pipelineCase } from "../../case.js";

export default pipelineCase({
  about:
    "Bodies that are gzip by content or by encoding, one request repeated after 503, JSON parsed without loss.",
  make: ({ api, nonce }) =>
    pipeline(
      "answers",
      source("api", { http: http(api, { retry: { limit: 2, baseDelayMs: 1 } }) }, [
        resource("packed", {}, ({ http }) => http.get("/packed")),
        resource("encoded", {}, ({ http }) => http.get("/encoded")),
        resource("flaky", {}, ({ http }) => http.get(`/flaky/${nonce}`)),
        resource("parsed", {}, async ({ http }) => {
          const parsed = Object.entries(Object(await http.json("/parsed")));
          return parsed.map(([name, value]) => ({ name, kind: typeof value, value: String(value) }));
        }),
      ]),
    ),
});
