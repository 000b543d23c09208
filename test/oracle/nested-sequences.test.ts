import { expect } from "vitest";
import { comparable, type Frozen, isDrawn, type Sequence, sequences } from "./sequences.ts";
import { compareEverywhere } from "./stores.ts";

// Hints for nested tables, as dlt takes them: every frozen sequence of runs through real pipelines, compared after each run.

const ALL = sequences(() => true, "test/data/oracle/nested-sequences.json");

const MERGING = ["delete-insert", "upsert", "insert-only"];
const numbered = (number: number, names: string[]) => Object.fromEntries(names.map((name) => [name, number]));

/** Sequences that come out otherwise, with the number in docs/deviations.md. */
const DEVIATIONS: Record<string, number> = {
  ...numbered(
    31,
    [...MERGING, "append", "replace", "scd2"].map((root) => `insert-only in ${root}`),
  ),
  ...numbered(31, ["drawn insert-only in append 2"]),
  ...numbered(
    51,
    MERGING.flatMap((root) =>
      ["append", "replace", "nothing said", "scd2"].map((own) => `${own} in ${root}`),
    ),
  ),
  ...numbered(
    51,
    [0, 1, 2].map((n) => `drawn scd2 in delete-insert ${n}`),
  ),
  ...numbered(51, ["drawn scd2 in upsert 2"]),
  "the list does not come, replaced": 52,
};

type Shown = Record<string, { rows: string[] }>;

/** What is true of a sequence that comes out otherwise: `found` is runlet's, `wanted` dlt's. */
const ASSERTED: Record<number, (found: Shown, wanted: Shown) => void> = {
  // dlt adds nested rows to rows that were there.
  31: (found, wanted) => {
    expect([found["t"], found["t__l"]]).toEqual([wanted["t"], wanted["t__l"]]);
    for (const [table, { rows }] of Object.entries(found))
      expect(wanted[table]!.rows).toEqual(expect.arrayContaining(rows));
  },
  // All but the one column is the same.
  51: (found, wanted) => {
    const { t__l__m: mine, ...others } = found;
    const { t__l__m: theirs, ...same } = wanted;
    expect(others).toEqual(same);
    const parts = (rows: string[]) =>
      rows.map((row) => row.replace(/ _dlt_root_id=\S*(?: \S+=\S+)*\)?(?= value=)/, ""));
    expect(parts(mine!.rows)).toEqual(parts(theirs!.rows));
  },
  52: (found, wanted) => {
    expect(found["t"]).toEqual(wanted["t"]);
    expect([found["t__l"]!.rows.length, found["t__l__m"]!.rows.length]).toSatisfy(
      ([l, m]: number[]) => (l === 2 && m === 1) || (l === 0 && m === 0),
    );
  },
};

/** The root table that `_dlt_root_id` of a table's rows leads to: the table of its own around it. */
function rootOf({ options }: Sequence): (table: string) => string {
  const nested = options["nested"] as Record<string, { primaryKey?: string[]; mergeKey?: string[] }>;
  const own = Object.entries(nested)
    .filter(([, { primaryKey, mergeKey }]) => primaryKey ?? mergeKey)
    .map(([path]) => `t__${path.replaceAll(".", "__")}`);
  return (table) =>
    own.filter((name) => table.startsWith(`${name}__`)).reduce((a, b) => (b.length > a.length ? b : a), "t");
}

function validityOf({ options }: Sequence): string[] {
  const given = Object.values(options["nested"] as Record<string, { validity?: string[] }>);
  return ["_dlt_valid_from", "_dlt_valid_to", ...given.flatMap(({ validity }) => validity ?? [])];
}

const shown = (sequence: Sequence, tables: Frozen) =>
  comparable(tables, validityOf(sequence), isDrawn(sequence), rootOf(sequence));

compareEverywhere<Shown>(
  { memory: ALL, native: ALL.filter((_, i) => i % 4 === 0) },
  {
    found: (played, sequence) =>
      played.map((outcome) => ("error" in outcome ? "refused" : shown(sequence, outcome.tables))),
    wanted: (sequence) => sequence.steps.map(({ tables }) => (tables ? shown(sequence, tables) : "refused")),
    deviations: DEVIATIONS,
    asserted: Object.fromEntries(
      Object.entries(ASSERTED).map(([number, check]) => [
        number,
        (found, wanted) => found.forEach((tables, step) => check(tables, wanted[step]!)),
      ]),
    ),
  },
);
