import { http, pipeline, resource, source } from "runlet";
import { pipelineCase } from "../../case.js";

const api = (base = "", path = "") =>
  pipeline(
    "refused",
    source("api", { http: http(base, { retry: { limit: 0 } }) }, [
      resource("rows", {}, ({ http }) => http.pages(path)),
    ]),
  );

export default pipelineCase({
  about:
    "Answers that are no data: not found, a page, half a body, bad JSON on the second page; the message names the place.",
  make: ({ api: base }) => api(base, "/missing"),
  async act(_, world) {
    const errors = [];
    for (const path of ["/missing", "/page", "/bad-second", "/teapot"]) {
      const { nullDestination } = await import("runlet");
      const error = await api(world.api, path)
        .run({ to: nullDestination() })
        .catch((reason) => reason.toJSON());
      errors.push(error);
    }
    return JSON.parse(
      JSON.stringify(errors).replaceAll(world.api, "http://api").replaceAll(new URL(world.api).host, "api"),
    );
  },
});
