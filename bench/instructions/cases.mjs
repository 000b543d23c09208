// What the engine is given when its instructions are counted: 2 MB of each generated input, and the ids of merges.
import { readFileSync } from "node:fs";
import { ALL_INPUTS, input } from "../inputs.mjs";

const MB = 2;

/** Name → `{ config, options, bytes }` of one load. */
export const CASES = {
  ...Object.fromEntries(ALL_INPUTS.map((name) => [name, load(name)])),
  /** Ids of root rows are hashes of a key, those of nested rows of their content. */
  "issues, ids of keys": load("issues", {
    rowId: "key",
    columns: [{ path: ["id"], primaryKey: true }],
  }),
  /** Ids of root rows are hashes of the whole record. */
  "issues, ids of rows": load("issues", { rowId: "row" }),
};

function load(name, hints) {
  return {
    config: hints ? { hints: { t: hints } } : {},
    options: { format: name === "csv" ? "csv" : "ndjson" },
    bytes: () => readFileSync(input(name, MB)),
  };
}
