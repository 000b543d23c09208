import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { duckdb } from "../../core/destinations/duckdb/index.ts";
import { postgres } from "../../core/destinations/postgres/index.ts";
import { type Destination, memory, type MemoryStore } from "../../core/index.ts";
import { openDuckDB } from "../../host-node/duckdb/index.ts";
import { openSocket } from "../../host-node/socket.ts";
import { installTestHost } from "../pipeline/host.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import {
  comparable,
  has,
  isDrawn,
  type Played,
  play,
  type Reader,
  type Sequence,
  sequences,
} from "./sequences.ts";

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

const figures = new Map<string, { played: number; equal: number; other: number }>();

function compare(
  destination: string,
  sample: readonly Sequence[],
  open: () => { to: Destination; read: Reader },
): void {
  const counts = { played: 0, equal: 0, other: 0 };
  figures.set(destination, counts);
  describe(destination, () => {
    test.each(sample.map((sequence, i) => [sequence.name, sequence, `s${i}`] as const))(
      "%s",
      async (name, sequence, dataset) => {
        const outcomes = await play(sequence, { ...open(), dataset });
        const drawn = isDrawn(sequence);
        const found = outcomes.map((outcome) => foundOf(outcome, drawn));
        const wanted = sequence.steps.map((step) => wantedOf(step, drawn));
        counts.played++;
        if (DEVIATIONS[name]) {
          expect(found, "is equal to dlt's after all").not.toEqual(wanted);
          ASSERTED[DEVIATIONS[name]]!(found as Tables[], wanted as Tables[]);
          counts.other++;
        } else {
          expect(found).toEqual(wanted);
          counts.equal++;
        }
      },
    );
  });
}

beforeAll(() => installTestHost({}));
afterAll(() => {
  const lines = [...figures].map(
    ([name, { played, equal, other }]) =>
      `${name.padEnd(16)} ${played} sequences, ${equal} equal, ${other} deviations`,
  );
  console.log(lines.join("\n"));
});

const asked =
  (to: Destination): Reader =>
  async (dataset, tables) => {
    const session = await to.open({ dataset, existing: true });
    try {
      const found: Awaited<ReturnType<Reader>> = {};
      for (const table of tables) found[table] = await session.query(`select * from "${table}"`);
      return found;
    } finally {
      await session.close();
    }
  };

const FULL = process.env["RUNLET_FULL"] === "1";
/** Sequences that one database takes: with many datasets looking tables up becomes slow. */
const SHARED = 16;

const store: MemoryStore = memory();
compare("memory", CONTRACTS, () => ({ to: store, read: async (dataset) => store.tables(dataset) }));
describe.each(["native", "wasm"] as const)("duckdb", (driver) => {
  const to = duckdb(":memory:", { driver, open: openDuckDB });
  let played = 0;
  beforeEach(async () => {
    if (++played % SHARED === 0) await to.close();
  });
  afterAll(() => to.close());
  const nth = FULL ? 1 : driver === "native" ? 3 : 12;
  const sample = CONTRACTS.filter((_, i) => i % nth === 0);
  compare(`duckdb ${driver}`, sample, () => ({ to, read: asked(to) }));
});

describe("a server", () => {
  let server: PostgresServer;
  let to: Destination;
  beforeAll(async () => {
    server = await startPostgres();
    to = postgres(server.url("postgres"), { socket: openSocket });
  });
  afterAll(() => server.stop());
  compare(
    "postgres",
    CONTRACTS.filter((_, i) => FULL || i % 16 === 0),
    () => ({ to, read: asked(to) }),
  );
});
