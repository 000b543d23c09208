import { pipeline, resource } from "runlet";
import { pipelineCase } from "../../case.js";

const rounds = [
  [{ id: 1, v: 1, mail: "a@example.com", at: { x: 1 }, l: [{ x: 1 }] }],
  [
    { id: 2, v: "two", at: { x: 2, y: 2 }, l: [{ x: 2, y: 1 }, { x: 3 }], new: null },
    { id: 3, at: 3, l: [{ x: "four" }, { x: 5, m: [1, 2] }], list: [1, 2, 3] },
    { id: 4, new: true },
  ],
  [{ id: 5, v: 5, at: { x: 6, z: 7 }, l: [{ x: 8, w: 1 }] }, { id: 6 }],
  [{ id: 7 }, { id: 8, mail: "b@example.com", newer: "secret words" }],
  [{ id: 9, newest: 1.5 }],
];

export default pipelineCase({
  about:
    "Contracts: values, rows, columns and tables left out and counted, a load that is stopped, and one that may evolve again.",
  dataset: true,
  make: () =>
    pipeline(
      "contracts",
      resource("rows", { columns: { mail: { mask: "redact" } } }, ({ state }) => {
        const round = Number(state["round"] ?? 0);
        state["round"] = round + 1;
        return rounds[round];
      }),
    ),
  runs: [
    {},
    { contract: { tables: "discard_row", columns: "discard_value", data_type: "discard_value" } },
    { contract: "discard_row" },
    {},
    { contract: "evolve" },
  ],
});
