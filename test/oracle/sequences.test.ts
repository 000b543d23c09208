import { expect } from "vitest";
import { comparable, has, isDrawn, type Sequence, sequences } from "./sequences.ts";
import { compareEverywhere, FULL } from "./stores.ts";

// Merging, as dlt does it: every frozen sequence of runs through real pipelines, compared after each run.

const MERGES = sequences((sequence) => !has(sequence, "cursor") && !has(sequence, "contract"));

/** Sequences that come out otherwise, with the number in docs/deviations.md. */
const DEVIATIONS: Record<string, number> = {
  "insert-only: a list appears later": 31,
  ...Object.fromEntries([1, 3, 4, 5, 8, 9, 13, 14, 18, 19].map((n) => [`drawn insert-only ${n}`, 31])),
  "append, then merge": 33,
  "delete-insert, then upsert": 33,
  "merge without keys appends": 35,
  "scd2 by a version: nested rows of a version that stays": 59,
};

/** What is true of a sequence that comes out otherwise: `found` is runlet's, `wanted` dlt's. */
const ASSERTED: Record<number, (found: Outcome[], wanted: Outcome[]) => void> = {
  // Roots are the same; dlt adds nested rows to roots that were there, runlet none.
  31: (found, wanted) => {
    for (const [step, tables] of wanted.entries()) {
      for (const [name, { rows }] of Object.entries(tables)) {
        const mine = found[step]![name]!;
        if (name === "t") expect(mine.rows).toEqual(rows);
        expect(rows).toEqual(expect.arrayContaining(mine.rows));
      }
    }
  },
  // Nested rows are those of the last load.
  33: (found) => {
    const { t, t__l } = found.at(-1)! as Record<string, { rows: string[] }>;
    expect(t!.rows).toHaveLength(1);
    expect(t__l!.rows.filter((row) => !row.includes("value=i1"))).toEqual(t__l!.rows);
    for (const row of t__l!.rows) expect(row).toContain(`_dlt_root_id=(${t!.rows[0]})`);
  },
  // Nested rows are those of the version; dlt adds some that hang on no row.
  59: (found, wanted) => {
    expect(found[1]).toEqual(found[0]);
    expect(found[0]).toEqual(wanted[0]);
    expect(wanted[1]!["t__l"]!.rows).toContainEqual(expect.stringContaining("_dlt_parent_id=()"));
  },
  35: (found) =>
    expect(found.map(({ error }) => error)).toEqual(
      Array(2).fill(expect.stringContaining("PIPELINE_INVALID")),
    ),
};

type Outcome = Record<string, { rows: string[] }>;

const validityOf = ({ options }: Sequence): string[] =>
  (options["validity"] as string[] | undefined) ?? ["_dlt_valid_from", "_dlt_valid_to"];

compareEverywhere<Outcome>(
  {
    memory: MERGES,
    // What one of DuckDB's drivers does not play, the other does.
    native: MERGES.filter((_, i) => FULL || i % 3 !== 0),
    wasm: MERGES.filter((_, i) => FULL || i % 3 === 0),
    postgres: MERGES.filter(
      (sequence, i) => i % 4 === 0 || has(sequence, "skipUnchanged") || has(sequence, "rowVersion"),
    ),
  },
  {
    found: (played, sequence) =>
      played.map((outcome) =>
        "error" in outcome
          ? { error: outcome.error }
          : comparable(outcome.tables, validityOf(sequence), isDrawn(sequence)),
      ),
    wanted: (sequence, played) =>
      sequence.steps.map((step, i) => {
        if (step.tables) return comparable(step.tables, validityOf(sequence), isDrawn(sequence));
        const outcome = played[i]!;
        return { error: "error" in outcome ? outcome.error : step.error!.message };
      }),
    deviations: DEVIATIONS,
    asserted: ASSERTED,
  },
);
