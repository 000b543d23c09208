import { expect } from "vitest";
import { comparable, has, isDrawn, type Played, type Sequence, sequences } from "./sequences.ts";
import { compareEverywhere, FULL } from "./stores.ts";

// Contracts, as dlt enforces them: every frozen sequence of runs that states one, compared after each run. A load that dlt
// refuses is refused for the same table, column and entity.

const CONTRACTS = sequences((sequence) => has(sequence, "contract"));

/** Sequences that come out otherwise, with the number in docs/deviations.md. */
const DEVIATIONS: Record<string, number> = {
  "drawn contract 33": 37,
  "contract cell, data_type discard_row: a new column and another type": 37,
  ...Object.fromEntries(
    ["freeze", "discard_row", "discard_value"].map((mode) => [
      `contract cell, columns ${mode}: a nested table of this load`,
      38,
    ]),
  ),
  "contract cell, columns discard_row: null after a violation": 39,
  "contract cell, columns discard_row: several": 39,
};

type Tables = Record<string, { columns: string[]; rows: string[] }>;

/** What is true of a sequence that comes out otherwise: `found` is runlet's, `wanted` dlt's. */
const ASSERTED: Record<number, (found: Tables[], wanted: Tables[]) => void> = {
  // All rows are the same; dlt has columns more, which are null in all of them.
  37: (found, wanted) => {
    for (const [step, tables] of wanted.entries()) {
      expect(Object.keys(found[step]!)).toEqual(Object.keys(tables));
      for (const [name, { columns, rows }] of Object.entries(tables)) {
        const mine = found[step]![name]!;
        expect(mine.rows).toEqual(rows);
        expect(columns).toEqual(expect.arrayContaining(mine.columns));
        for (const more of columns.filter((column) => !mine.columns.includes(column)))
          expect(rows.join(" ")).not.toContain(`${more.split(" ")[0]}=`);
      }
    }
  },
  // All rows of the new nested table are there, with all their columns.
  38: (found) => {
    const { columns, rows } = found.at(-1)!["t__n"]!;
    expect(columns).toEqual(expect.arrayContaining(["x bigint", "y bigint", "z bigint"]));
    expect(rows).toHaveLength(3);
  },
  // The records whose new keys are null are there, too.
  39: (found, wanted) => {
    const ids = (tables: Tables) => tables["t"]!.rows.map((row) => /id=i(\d)/.exec(row)![1]);
    expect(ids(found.at(-1)!)).not.toContain("2");
    expect(ids(found.at(-1)!)).toEqual(expect.arrayContaining([...ids(wanted.at(-1)!), "3"]));
    expect(ids(found.at(-1)!).length).toBe(ids(wanted.at(-1)!).length + 1);
  },
};

/** What dlt's tables, columns and rows after a run are, or what it refuses. */
function wantedOf(step: Sequence["steps"][number], drawn: boolean): unknown {
  if (step.tables) return comparable(step.tables, [], drawn);
  const { table_name, column_name, schema_entity } = step.error!;
  return { table: table_name, column: column_name, entity: schema_entity };
}

function foundOf(played: Played, drawn: boolean): unknown {
  if (!("error" in played)) return comparable(played.tables, [], drawn);
  if (!played.error.startsWith("SCHEMA_CONTRACT")) return played.error;
  const { table, column, entity, valueType, record } = played.where;
  // dlt names the variant that would have been made of a value.
  const isVariant = entity === "data_type" && record !== undefined;
  return { table, column: isVariant ? `${column}__v_${valueType}` : column, entity };
}

const nth = (n: number) => CONTRACTS.filter((_, i) => FULL || i % n === 0);

compareEverywhere<Tables>(
  { memory: CONTRACTS, native: nth(3), wasm: nth(12), postgres: nth(16) },
  {
    found: (played, sequence) => played.map((outcome) => foundOf(outcome, isDrawn(sequence))),
    wanted: (sequence) => sequence.steps.map((step) => wantedOf(step, isDrawn(sequence))),
    deviations: DEVIATIONS,
    asserted: ASSERTED,
  },
);
