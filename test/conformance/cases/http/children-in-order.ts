import { http, pipeline, resource, source, transformer } from "runlet";
import { pipelineCase } from "../../case.js";

const issues = resource("issues", { records: "data.items" }, ({ http }) => http.pages("/issues"));

const comments = transformer(
  "comments",
  { from: issues, pick: { id: "bigint" }, include: ["id"], parallel: 4 },
  ({ id }, { http }) => http.get(`/issues/${id}/comments`),
);

export default pipelineCase({
  about: "Four requests at once, later ones answered sooner: rows come in the order of their parents.",
  dataset: true,
  make: ({ api }) => pipeline("children", source("api", { http: http(api) }, [issues, comments])),
});
