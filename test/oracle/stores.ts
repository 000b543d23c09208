import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { duckdb } from "../../core/destinations/duckdb/index.ts";
import { postgres } from "../../core/destinations/postgres/index.ts";
import { type Destination, memory } from "../../core/index.ts";
import { openDuckDB } from "../../host-node/duckdb/index.ts";
import { openSocket } from "../../host-node/socket.ts";
import { installTestHost } from "../pipeline/host.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { type Played, play, type Reader, type Sequence } from "./sequences.ts";

// Sequences of runs in every store, beside what dlt has of them.

export const FULL = process.env["RUNLET_FULL"] === "1";

/** The sequences that each store plays: as many as there is time for. */
export interface Samples {
  memory: readonly Sequence[];
  native: readonly Sequence[];
  wasm?: readonly Sequence[];
  postgres?: readonly Sequence[];
}

/** What is compared: what runlet has after each run, what dlt has, and what is known to come out otherwise. */
export interface Comparison<Shown> {
  found(played: readonly Played[], sequence: Sequence): unknown[];
  wanted(sequence: Sequence, played: readonly Played[]): unknown[];
  /** By sequence: its number in docs/deviations.md. */
  deviations?: Record<string, number>;
  /** By number: what is true all the same of what is `found` and `wanted`. */
  asserted?: Record<number, (found: Shown[], wanted: Shown[]) => void>;
}

/** Makes a test of each sequence in each store. Call it once, at the top of a file. */
export function compareEverywhere<Shown>(samples: Samples, comparison: Comparison<Shown>): void {
  beforeAll(() => installTestHost({}));
  const figures: string[] = [];
  afterAll(() => console.log(figures.join("\n")));
  const compare = (store: string, sample: readonly Sequence[], open: () => Store): void => {
    const counts = compareIn(sample, open, comparison);
    afterAll(() => {
      const { played, equal, other } = counts;
      figures.push(`${store.padEnd(16)} ${played} sequences, ${equal} equal, ${other} deviations`);
    });
  };

  describe("memory", () => {
    const to = memory();
    compare("memory", samples.memory, () => ({ to, read: async (dataset) => to.tables(dataset) }));
  });
  for (const driver of ["native", "wasm"] as const) {
    const sample = samples[driver];
    if (sample) describe(`duckdb ${driver}`, () => compare(`duckdb ${driver}`, sample, inDuckDB(driver)));
  }
  if (samples.postgres) describe("postgres", () => compare("postgres", samples.postgres!, onServer()));
}

interface Store {
  to: Destination;
  read: Reader;
}

function compareIn<Shown>(
  sample: readonly Sequence[],
  open: () => Store,
  { found: foundOf, wanted: wantedOf, deviations = {}, asserted = {} }: Comparison<Shown>,
): { played: number; equal: number; other: number } {
  const counts = { played: 0, equal: 0, other: 0 };
  test.each(sample.map((sequence, i) => [sequence.name, sequence, `s${i}`] as const))(
    "%s",
    async (name, sequence, dataset) => {
      const played = await play(sequence, { ...open(), dataset });
      const found = foundOf(played, sequence);
      const wanted = wantedOf(sequence, played);
      counts.played++;
      const deviation = deviations[name];
      if (deviation) {
        expect(found, "is equal to dlt's after all").not.toEqual(wanted);
        asserted[deviation]!(found as Shown[], wanted as Shown[]);
        counts.other++;
      } else {
        expect(found).toEqual(wanted);
        counts.equal++;
      }
    },
  );
  return counts;
}

/** Sequences that one database takes: with many datasets looking tables up becomes slow. */
const SHARED = 16;

function inDuckDB(driver: "native" | "wasm"): () => Store {
  const to = duckdb(":memory:", { driver, open: openDuckDB });
  let played = 0;
  beforeEach(async () => {
    if (++played % SHARED === 0) await to.close();
  });
  afterAll(() => to.close());
  return () => ({ to, read: asked(to) });
}

function onServer(): () => Store {
  let server: PostgresServer;
  let to: Destination;
  beforeAll(async () => {
    server = await startPostgres();
    to = postgres(server.url("postgres"), { socket: openSocket });
  });
  afterAll(() => server.stop());
  return () => ({ to, read: asked(to) });
}

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
