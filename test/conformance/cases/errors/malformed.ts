import { pipeline, resource } from "runlet";
import { pipelineCase } from "../../case.js";

const rows = resource("rows", {}, async function* () {
  yield '{"a":1}\n{"a":2}\n';
  yield '{"a":3}\n{"a":}\n{"a":5}\n';
});

export default pipelineCase({
  about: "A malformed record: stops the load with its place, or is set aside with onBadRecord: quarantine.",
  dataset: true,
  make: () => pipeline("malformed", rows),
  runs: [{}, { normalise: { onBadRecord: "quarantine" } }],
});
