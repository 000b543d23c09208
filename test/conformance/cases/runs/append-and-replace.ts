import { pipeline, resource } from "runlet";
import { pipelineCase } from "../../case.js";

export default pipelineCase({
  about:
    "Three runs into one dataset: appended rows add up, replaced ones are the last run's, nested rows with them.",
  dataset: true,
  make: () =>
    pipeline("rounds", [
      resource("log", {}, ({ state }) => {
        state["round"] = Number(state["round"] ?? 0) + 1;
        return [{ round: state["round"], lines: [{ n: 1 }] }];
      }),
      resource("now", { write: "replace" }, ({ state }) => {
        state["round"] = Number(state["round"] ?? 0) + 1;
        return [{ round: state["round"], tags: ["a"] }];
      }),
    ]),
  runs: [{}, {}, {}],
});
