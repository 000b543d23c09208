import { pipeline, resource } from "runlet";
import { pipelineCase } from "../../case.js";

const rows = resource("rows", {}, [
  { a: { b: { c: { d: 1 } } } },
  { many: [1], more: [2], text: "x".repeat(3000) },
]);

export default pipelineCase({
  about: "Limits are typed errors that name the option.",
  make: () => pipeline("limits", rows),
  runs: [
    { normalise: { limits: { depth: 3 } } },
    { normalise: { limits: { tables: 2 } } },
    { normalise: { limits: { columns: 3 } } },
    { normalise: { limits: { recordBytes: 1024 } } },
    {},
  ],
});
