import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { duckdb } from "../../core/destinations/duckdb/index.ts";
import { postgres } from "../../core/destinations/postgres/index.ts";
import { type Destination, memory, type MemoryStore } from "../../core/index.ts";
import { openDuckDB } from "../../host-node/duckdb/index.ts";
import { openSocket } from "../../host-node/socket.ts";
import { installTestHost } from "../pipeline/host.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { comparable, has, play, type Reader, type Sequence, sequences } from "./sequences.ts";

// Cursors, as dlt has them: after each run the tables and what is kept of the cursor are dlt's.

const CURSORS = sequences((sequence) => has(sequence, "cursor"));

/** What dlt's errors are here. */
const CODES: Record<string, string> = {
  IncrementalCursorPathMissing: "CURSOR_INVALID",
  IncrementalCursorPathHasValueNone: "CURSOR_INVALID",
  TypeError: "CURSOR_INVALID",
};

function compare(sample: readonly Sequence[], open: () => { to: Destination; read: Reader }): void {
  test.each(sample.map((sequence, i) => [sequence.name, sequence, `c${i}`] as const))(
    "%s",
    async (_, sequence, dataset) => {
      const outcomes = await play(sequence, { ...open(), dataset });
      const plain = outcomes.map((outcome) =>
        "error" in outcome
          ? outcome.error.slice(0, outcome.error.indexOf(":"))
          : { tables: comparable(outcome.tables, [], true), cursor: outcome.cursor },
      );
      const wanted = sequence.steps.map(({ tables, cursor, error }) =>
        tables ? { tables: comparable(tables, [], true), cursor } : CODES[error!.type],
      );
      expect(plain).toEqual(wanted);
    },
  );
}

test("there are enough of them", () => expect(CURSORS.length).toBeGreaterThanOrEqual(100));

beforeAll(() => installTestHost({}));

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

/** Sequences that one database takes: with many datasets looking tables up becomes slow. */
const SHARED = 16;

describe("memory", () => {
  const store: MemoryStore = memory();
  const sample = CURSORS.filter(({ options }) => options["write"] !== "merge");
  compare(sample, () => ({ to: store, read: async (dataset) => store.tables(dataset) }));
});

describe.each(["native", "wasm"] as const)("duckdb %s", (driver) => {
  const to = duckdb(":memory:", { driver, open: openDuckDB });
  let played = 0;
  beforeEach(async () => {
    if (++played % SHARED === 0) await to.close();
  });
  afterAll(() => to.close());
  const all = driver === "native" || process.env["RUNLET_FULL"] === "1";
  compare(all ? CURSORS : CURSORS.filter((_, i) => i % 4 === 0), () => ({ to, read: asked(to) }));
});

describe("postgres", () => {
  let server: PostgresServer;
  let to: Destination;
  beforeAll(async () => {
    server = await startPostgres();
    to = postgres(server.url("postgres"), { socket: openSocket });
  });
  afterAll(() => server.stop());
  compare(
    CURSORS.filter((_, i) => i % 5 === 0),
    () => ({ to, read: asked(to) }),
  );
});
