import { http, pipeline, resource, source } from "runlet";
import { pipelineCase } from "../../case.js";

const issues = resource("issues", { records: "data.items" }, ({ http }) => http.pages("/issues"));

export default pipelineCase({
  about: "Pages that a Link header joins, records inside a document.",
  dataset: true,
  make: ({ api }) => pipeline("link", source("api", { http: http(api) }, [issues])),
});
