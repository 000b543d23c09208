import { expect, test } from "vitest";
import { comparable, has, sequences } from "./sequences.ts";
import { compareEverywhere, FULL } from "./stores.ts";

// Cursors, as dlt has them: after each run the tables and what is kept of the cursor are dlt's.

const CURSORS = sequences((sequence) => has(sequence, "cursor"));

/** What dlt's errors are here. */
const CODES: Record<string, string> = {
  IncrementalCursorPathMissing: "CURSOR_INVALID",
  IncrementalCursorPathHasValueNone: "CURSOR_INVALID",
  TypeError: "CURSOR_INVALID",
};

test("there are enough of them", () => expect(CURSORS.length).toBeGreaterThanOrEqual(100));

compareEverywhere(
  {
    memory: CURSORS.filter(({ options }) => options["write"] !== "merge"),
    // What one of DuckDB's drivers does not play, the other does.
    native: CURSORS.filter((_, i) => FULL || i % 3 !== 0),
    wasm: CURSORS.filter((_, i) => FULL || i % 3 === 0),
    postgres: CURSORS.filter((_, i) => i % 5 === 0),
  },
  {
    found: (played) =>
      played.map((outcome) =>
        "error" in outcome
          ? outcome.error.slice(0, outcome.error.indexOf(":"))
          : { tables: comparable(outcome.tables, [], true), cursor: outcome.cursor },
      ),
    wanted: ({ steps }) =>
      steps.map(({ tables, cursor, error }) =>
        tables ? { tables: comparable(tables, [], true), cursor } : CODES[error!.type],
      ),
  },
);
