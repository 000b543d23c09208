import { http, memory, pipeline, resource, source } from "runlet";
import { pipelineCase } from "../../case.js";

const rows = resource("rows", {}, ({ http }) => http.get("/broken"));

export default pipelineCase({
  about: "A connection that breaks in the middle of a body: nothing is loaded, and it is called what it is.",
  make: ({ api }) => pipeline("broken", source("api", { http: http(api, { retry: { limit: 0 } }) }, [rows])),
  async act(pipeline) {
    const store = memory();
    // The reason is in the runtime's own words.
    const { code, retry } = await pipeline.run({ to: store }).catch((error) => error);
    return { code, retry, tables: store.tables() };
  },
});
