import fc from "fast-check";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { duckdb } from "../../core/destinations/duckdb/index.ts";
import { armFailpoints } from "../../core/packages/failpoints.ts";
import { nodeHost } from "../../host-node/host.ts";
import { installHost, type Json, memory } from "../../core/index.ts";
import { type Sequence, sequence } from "./steps.ts";
import { seen, type Store, World } from "./world.ts";

// Sequences of runs drawn at random: writes of all kinds to one table, one after the other, with crashes, restarts, lost
// machines and clocks that jump. After each run the dataset is compared with a simple model.

const FULL = process.env["RUNLET_FULL"] === "1";
const folder = mkdtempSync(join(tmpdir(), "runlet-model-"));
afterAll(() => {
  armFailpoints(undefined);
  rmSync(folder, { recursive: true, force: true });
});
beforeAll(() => installHost(nodeHost));

function inMemory(): Store {
  const to = memory();
  return { to, read: async () => to.tables() };
}

let files = 0;
function inDuckDB(): Store & { stop(): Promise<void> } {
  const file = join(folder, `${++files}.duckdb`);
  const to = duckdb(file, { driver: "native" });
  return {
    to,
    async read() {
      const session = await to.open({ dataset: "model" });
      try {
        const found = await session.query<{ name: string }>(
          "select table_name as name from duckdb_tables() where schema_name = 'model' and table_name like 'items%'",
        );
        const tables: Record<string, Record<string, Json>[]> = {};
        for (const { name } of found) tables[name] = await session.query(`select * from "${name}"`);
        return tables;
      } finally {
        await session.close();
      }
    },
    async stop() {
      await to.close();
      rmSync(file, { force: true });
    },
  };
}

async function play({ first, steps }: Sequence, store: Store): Promise<void> {
  const world = new World(store, first);
  for (const step of steps) await world.take(step);
}

/** More sequences, and whether a failing one is made small, for looking into things. */
const COUNT = Number(process.env["RUNLET_SEQUENCES"] ?? 0);
const seed = Number(process.env["RUNLET_SEED"] ?? 20_261_122);

test.each([
  ["memory", FULL ? 10_000 : 140, inMemory],
  ["DuckDB", FULL ? 300 : 12, inDuckDB],
] as const)(
  "in %s, %d random sequences of runs leave what a simple model says",
  { timeout: FULL ? 3_600_000 : 120_000 },
  async (_, count, open) => {
    const numRuns = COUNT || count;
    const before = { ...seen };
    const property = fc.asyncProperty(sequence, async (drawn) => {
      const store = open();
      await play(drawn, store).finally(() => (store as { stop?(): Promise<void> }).stop?.());
    });
    await fc.assert(property, { numRuns, seed, endOnFailure: process.env["RUNLET_SHRINK"] === "0" });
    if (numRuns < 100) return;
    // The sequences must meet what they are about.
    for (const what of ["crashes", "recovered", "broken", "nulls", "violations", "positions"] as const)
      expect({ [what]: seen[what] - before[what] > numRuns / 50 }).toEqual({ [what]: true });
  },
);
