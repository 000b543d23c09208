import { incremental, pipeline, resource, source } from "runlet";
import { pipelineCase } from "../../case.js";

/** What the source has in the first run, the second, the third: records at the boundary come again. */
const GIVEN = [
  '{"id":1,"at":"2024-01-01"}\n{"id":2,"at":"2024-01-03"}\n{"id":3,"at":"2024-01-02"}',
  '[{"id":2,"at":"2024-01-03"},{"id":4,"at":"2024-01-03"},{"id":5,"at":"2024-01-04"},{"id":1,"at":"2024-01-01"}]',
  '{"id":5,"at":"2024-01-04"}',
];

const rows = resource("rows", { cursor: incremental("at", { initial: "2024-01-02" }) }, ({ state }) => {
  const run = Number(state["run"] ?? 0);
  state["run"] = run + 1;
  return new Blob(GIVEN.slice(run, run + 1));
});
const starts = resource("starts", { cursor: incremental("n", { order: "min" }) }, ({ state, cursor }) => {
  const run = Number(state["run"] ?? 0);
  state["run"] = run + 1;
  return [
    { n: `${9 - run}`, start: cursor.start ?? "none" },
    { n: "9", start: "again" },
  ];
});
const largest = resource(
  "largest",
  { cursor: incremental("n", { order: (values) => Math.max(...values.map(Number)) }) },
  ({ state }) => {
    const run = Number(state["run"] ?? 0);
    state["run"] = run + 1;
    return [{ n: run }, { n: 1 }];
  },
);

export default pipelineCase({
  about:
    "Cursors over three runs: records at the boundary once, the smallest value, a function of one's own.",
  make: () => pipeline("cursors", source("given", {}, [rows, starts, largest])),
  runs: [{}, {}, {}],
  dataset: true,
});
