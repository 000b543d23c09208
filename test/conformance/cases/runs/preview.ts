import { http, pipeline, resource, source } from "runlet";
import { pipelineCase, reproduce } from "../../case.js";

const issues = resource("issues", { records: "data.items" }, ({ http }) => http.pages("/issues"));

export default pipelineCase({
  about: "preview(): schema and rows without a destination.",
  make: ({ api }) => pipeline("preview", source("api", { http: http(api) }, [issues])),
  act: async (pipeline) => pipeline.preview({ limit: 4, reproduce: reproduce() }),
});
