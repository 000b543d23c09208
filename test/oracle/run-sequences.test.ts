import { expect } from "vitest";
import { comparable, isDrawn, type Sequence, sequences } from "./sequences.ts";
import { compareEverywhere } from "./stores.ts";

// Runs that skip a resource, and runs that begin anew: rows, columns and what is kept of cursors, as dlt has them.

const ALL = sequences(() => true, "test/data/oracle/run-sequences.json");
const VALIDITY = ["_dlt_valid_from", "_dlt_valid_to"];

interface Shown {
  tables?: Record<string, { columns: string[]; rows: string[] }>;
  cursor?: unknown;
  error?: string;
}

/** What is skipped is read, and leaves tables as they were: dlt fails to load it. */
function skipped(found: Shown[], wanted: Shown[]): void {
  for (const [step, { error, tables, cursor }] of wanted.entries()) {
    const mine = found[step]!;
    if (error !== undefined) expect(mine.tables).toEqual(found[step - 1]?.tables ?? {});
    else if (!cursor) expect(mine).toEqual(wanted[step]);
    else {
      // The cursor has gone past what was skipped.
      expect(mine.cursor).toMatchObject({ last: (cursor as { last: unknown }).last });
      for (const [name, { rows }] of Object.entries(tables!)) {
        expect(mine.tables![name]!.rows.length).toBeGreaterThan(0);
        expect(rows).toEqual(expect.arrayContaining(mine.tables![name]!.rows));
      }
    }
  }
  expect(wanted.some(({ error }) => error?.includes("skip") || error?.includes("frozen"))).toBe(true);
}

const SKIPS = ALL.filter(({ name, steps }) => name.startsWith("skip: ") && steps.some(({ error }) => error));

compareEverywhere<Shown>(
  { memory: ALL, native: ALL.filter((_, i) => i % 2 === 0), postgres: ALL.filter((_, i) => i % 5 === 0) },
  {
    found: (played, sequence) =>
      played.map((outcome) =>
        "error" in outcome
          ? { error: outcome.error }
          : {
              tables: comparable(outcome.tables, VALIDITY, isDrawn(sequence)),
              ...("cursor" in outcome ? { cursor: outcome.cursor } : {}),
            },
      ),
    wanted: (sequence: Sequence, played) =>
      sequence.steps.map(({ tables, cursor, error }, i) => {
        if (tables)
          return {
            tables: comparable(tables, VALIDITY, isDrawn(sequence)),
            ...(cursor === undefined ? {} : { cursor }),
          };
        const outcome = played[i]!;
        return { error: "error" in outcome ? outcome.error : error!.message };
      }),
    deviations: Object.fromEntries(SKIPS.map(({ name }) => [name, 65])),
    asserted: { 65: skipped },
  },
);
