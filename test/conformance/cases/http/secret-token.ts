import { bearer, http, pipeline, resource, secret, source } from "runlet";
import { pipelineCase } from "../../case.js";

const rows = resource("rows", {}, ({ http }) => http.get("/secure"));

export default pipelineCase({
  about:
    "A bearer token from run({ env }); without it a typed error, with a wrong one the server's answer without the token.",
  make: ({ api }) =>
    pipeline("secure", source("api", { http: http(api, { auth: bearer(secret("TOKEN")) }) }, [rows])),
  runs: [{ env: { TOKEN: "conformance-4711" } }, {}, { env: { TOKEN: "wrong-0815" } }],
});
