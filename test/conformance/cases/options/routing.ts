import { pipeline, resource } from "runlet";
import { pipelineCase } from "../../case.js";

const hooks = resource("hooks", { table: { by: "type" } }, [
  { type: "PushEvent", commits: [{ sha: "a" }, { sha: "b" }] },
  { type: "WatchEvent", actor: { login: "x" } },
  { type: "PushEvent", commits: [], forced: true },
  { other: 1 },
]);
const renamed = resource("raw", { table: "cooked" }, [{ a: 1 }]);

export default pipelineCase({
  about: "Each record into the table its type names; a resource under another table's name.",
  dataset: true,
  make: () => pipeline("routing", [hooks, renamed]),
});
