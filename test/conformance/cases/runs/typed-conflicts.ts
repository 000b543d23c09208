import { pipeline, resource } from "runlet";
import { pipelineCase } from "../../case.js";

const rows = resource("rows", {}, [
  { v: 1, w: 1 },
  { v: 0.5, w: "text" },
  { v: 9007199254740993n, w: true },
  { v: "2024-01-01T00:00:00Z", w: { x: [1] } },
]);

export default pipelineCase({
  about: "Type conflicts, widened where nothing is lost and as variants.",
  dataset: true,
  make: () => pipeline("conflicts", rows),
  runs: [{}, { normalise: { onTypeConflict: "variant" } }],
});
