import { http, pipeline, resource, source } from "runlet";
import { pipelineCase } from "../../case.js";

const rows = resource("rows", { records: "results" }, ({ http }) => http.pages("/next"));
const named = resource("named", { records: "results" }, ({ http }) =>
  http.pages("/next", {}, { next: { url: "next" } }),
);

export default pipelineCase({
  about: "The next page's address in the document: found by itself, and at a stated place.",
  make: ({ api }) => pipeline("next", source("api", { http: http(api) }, [rows, named])),
});
