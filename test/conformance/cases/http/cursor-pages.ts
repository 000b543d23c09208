import { http, pipeline, resource, source } from "runlet";
import { pipelineCase } from "../../case.js";

const next = { cursor: "meta.next", param: "after" };
const items = resource("items", { records: "items" }, ({ http }) =>
  http.pages("/cursor", { size: 2 }, { next }),
);

export default pipelineCase({
  about: "Pages by a cursor in the document, sent back as a parameter; an integer cursor keeps its digits.",
  make: ({ api }) => pipeline("cursor", source("api", { http: http(api) }, [items])),
});
