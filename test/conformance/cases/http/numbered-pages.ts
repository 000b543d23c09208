import { http, pipeline, resource, source } from "runlet";
import { pipelineCase } from "../../case.js";

export default pipelineCase({
  about: "Pages that are counted, and pages by offset and limit, until they are empty or short.",
  make: ({ api }) =>
    pipeline(
      "numbered",
      source("api", { http: http(api) }, [
        resource("pages", {}, ({ http }) => http.pages("/numbered", {}, { next: { page: "page" } })),
        resource("offsets", {}, ({ http }) =>
          http.pages("/offset", {}, { next: { offset: "skip", limit: 3 } }),
        ),
      ]),
    ),
});
