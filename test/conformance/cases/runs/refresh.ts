import { pipeline, resource } from "runlet";
import { pipelineCase } from "../../case.js";

const rows = resource("rows", {}, ({ state }) => {
  state["runs"] = Number(state["runs"] ?? 0) + 1;
  return [{ run: state["runs"] }];
});

export default pipelineCase({
  about: "refresh forgets the state and replaces what was there.",
  dataset: true,
  make: () => pipeline("refresh", rows),
  runs: [{}, {}, { refresh: true }, {}],
});
