import { pipeline, resource, secret, setting } from "runlet";
import { pipelineCase } from "../../case.js";

const config = { token: secret("CONFORMANCE_TOKEN"), missing: setting("CONFORMANCE_MISSING", "fallback") };
const rows = resource("rows", { config }, ({ config }) => [
  { letters: config.token.length, missing: config.missing },
]);

export default pipelineCase({
  about: "A secret out of the host's own environment.",
  needs: ["env"],
  make: () => pipeline("environment", rows),
});
