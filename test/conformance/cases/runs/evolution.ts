import { pipeline, resource } from "runlet";
import { pipelineCase } from "../../case.js";

const rounds = [
  [{ id: 1, price: 1, seen: null }],
  [{ id: 2, price: 1.5, seen: "2024-01-01T00:00:00Z", tags: ["x"] }],
  [{ id: "three", price: 2, seen: "never", tags: [{ name: "y" }] }],
];

export default pipelineCase({
  about:
    "The schema grows from run to run: types found later, integers that become doubles, variants, new tables.",
  dataset: true,
  make: () =>
    pipeline(
      "evolution",
      resource("rows", {}, ({ state }) => {
        const round = Number(state["round"] ?? 0);
        state["round"] = round + 1;
        return rounds[round];
      }),
    ),
  runs: [{}, {}, {}],
});
