// What the engine is given when its instructions are counted: 2 MB of each generated input, and the ids of merges.
import { readFileSync } from "node:fs";
import { ALL_INPUTS, input } from "../inputs.mjs";

/** Name → `{ config, options, bytes }` of one load of `mb` megabytes. */
export const casesOf = (mb) => ({
  ...Object.fromEntries(ALL_INPUTS.map((name) => [name, load(mb, name)])),
  /** Ids of root rows are hashes of a key, those of nested rows of their content. */
  "issues, ids of keys": load(mb, "issues", {
    rowId: "key",
    columns: [{ path: ["id"], primaryKey: true }],
  }),
  /** Ids of root rows are hashes of the whole record. */
  "issues, ids of rows": load(mb, "issues", { rowId: "row" }),
  /** All are taken, those at the boundary told apart by their key. */
  "issues, cursor": withCursor(load(mb, "issues"), '"2000"'),
  /** All are left out. */
  "issues, behind the cursor": withCursor(load(mb, "issues"), '"2030"'),
});

/** Those of the budget. */
export const CASES = casesOf(2);

function withCursor({ config, options, bytes }, start) {
  const cursors = { c: { path: ["updated_at"], start, key: [["id"]], singleKey: true } };
  return { config: { ...config, cursors }, options: { ...options, cursor: "c" }, bytes };
}

function load(mb, name, hints) {
  return {
    config: hints ? { hints: { t: hints } } : {},
    options: { format: name === "csv" ? "csv" : "ndjson" },
    bytes: () => readFileSync(input(name, mb)),
  };
}
