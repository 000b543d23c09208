import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodeHost } from "../../host-node/host.ts";
import { storageAt } from "../../host-node/storage.ts";
import { installHost } from "../../core/index.ts";
import { type Failpoint, FAILPOINTS } from "../../core/packages/failpoints.ts";
import { PackageStore } from "../../core/packages/package-store.ts";
import { buildChild, type Killed, runKilled } from "./kill.ts";
import {
  BATCH,
  DATASET,
  destinationOf,
  look,
  merging,
  reached,
  shop,
  type Sight,
  type StoreChoice,
  whole,
} from "./shop.ts";
import { type Stores, storesOf } from "./stores.ts";

const FULL = process.env["RUNLET_FULL"] === "1";

/** Points that one load passes several times are taken at the first, a middle and a later time. */
const TIMES: Partial<Record<Failpoint, number[]>> = {
  // In the middle of the rows of a cursor, too.
  "extract.page": [1, 5, 10],
  "package.segment.before": [1, 3],
  "package.segment.during": [1, 3],
  "package.segment.after": [1, 4],
  "destination.write.before": [1, 3],
  "destination.write.after": [1, 2, 4],
  // Each strategy of merging.
  "destination.merge.before": [1, 2, 3, 4],
  "destination.merge.after": [1, 2, 3, 4],
  "recover.write": [1, 3],
};

const cells = FAILPOINTS.flatMap((point) => (TIMES[point] ?? [1]).map((time) => ({ point, time })));

/** A sample that differs from store to store and covers, over the four, most points. */
function sample(kind: StoreChoice["kind"]): typeof cells {
  const first = ["wasm", "native", "postgres", "parquet"].indexOf(kind);
  return FULL ? cells : cells.filter((_, at) => at % 6 === first);
}

/** Milliseconds after the start at which a process is killed, wherever it is; wasm takes longer to begin. */
function instants(kind: StoreChoice["kind"]): number[] {
  const first = kind === "wasm" ? 800 : 250;
  return Array.from({ length: FULL ? 20 : 2 }, (_, n) =>
    Math.round(first + (FULL ? n : n * 9) * first * 0.1),
  );
}

const ORPHANS = `
  + (select count(*) from stock__places where _dlt_parent_id not in (select _dlt_id from stock))
  + (select count(*) from baskets__lines where _dlt_parent_id not in (select _dlt_id from baskets))
  + (select count(*) from stock where _dlt_load_id not in (select load_id from _dlt_loads where status = 0))`;

beforeAll(buildChild);

describe.each(["wasm", "native", "postgres", "parquet"] as const)("a run killed on its way to %s", (kind) => {
  const merges = merging({ kind });
  let stores: Stores;
  let home: string;

  const restart = async (store: StoreChoice, run: number) => {
    installHost({ ...nodeHost, log: () => undefined, storage: (name) => storageAt(name, home) });
    return shop(run, { merges }).run({ to: await destinationOf(store) });
  };
  const see = async (store: StoreChoice): Promise<Sight & { broken: number }> => {
    const session = await (await destinationOf(store)).open({ dataset: DATASET, existing: true });
    try {
      const sight = await look((text) => session.query(text), merges);
      // Every row has a parent or a load that is known, and every load is known once.
      const [row] = await session.query<{ broken: bigint | number }>(
        `select (select count(*) from events where _dlt_load_id not in (select load_id from _dlt_loads where status = 0))
          + (select count(*) from snapshot where _dlt_load_id not in (select load_id from _dlt_loads where status = 0))
          + (select count(*) from readings where _dlt_load_id not in (select load_id from _dlt_loads where status = 0))
          + (select count(*) from events__tags where _dlt_parent_id not in (select _dlt_id from events))
          + (select count(*) from snapshot__parts where _dlt_parent_id not in (select _dlt_id from snapshot))
          ${merges ? ORPHANS : ""}
          + (select count(*) - count(distinct load_id) from _dlt_loads)
          + (select count(*) - count(distinct _dlt_id) from events) as broken`,
      );
      return { ...sight, broken: Number(row!.broken) };
    } finally {
      await session.close();
    }
  };

  beforeAll(async () => {
    stores = await storesOf(kind);
    home = join(stores.folder, "base-home");
    await restart(stores.base, 1);
  }, 120_000);
  afterAll(() => stores.stop(), 60_000);

  test.each(sample(kind).filter(({ point }) => merges || !point.startsWith("destination.merge.")))(
    "at $point, time $time, is made good by the next",
    { timeout: 60_000 },
    async ({ point, time }) => {
      const name = `${point}.${time}`;
      const store = await stores.copy(name);
      home = join(stores.folder, `home-${name}`);
      const before = await see(store);
      if (point.startsWith("recover."))
        expect((await runKilled(store, 2, home, "package.seal.after")).signal).toBe("SIGKILL");
      const killed = await runKilled(store, 2, home, `${point}:${time}`);
      expect(killed, "the failpoint fires").toMatchObject({ signal: "SIGKILL", errors: "" });

      await expectMadeGood(store, before, killed);
      // Nothing stays but, for a day, a folder in which no manifest says whose it is.
      const folders = point === "package.segment.during" && time === 1 ? 1 : 0;
      expect(await storageAt("shop", home).list("")).toHaveLength(folders);
    },
  );

  test.each(instants(kind))("after %d ms, is made good by the next", { timeout: 60_000 }, async (delay) => {
    const store = await stores.copy(`instant ${delay}`);
    home = join(stores.folder, `home-instant-${delay}`);
    const before = await see(store);
    await expectMadeGood(store, before, await runKilled(store, 2, home, "", delay));
  });

  async function expectMadeGood(store: StoreChoice, before: Sight, killed: Killed): Promise<void> {
    // What was visible in the process, and what is so after its death, is all of the old or all of the new.
    const states = [before, await see(store), ...killed.sights].map(({ loads, ...sight }) => {
      expect([1, 2]).toContain(loads);
      return sight;
    });
    const [old, young] = [whole(1, merges), whole(2, merges)];
    for (const state of states) expect(state).toMatchObject(state.events === old.events ? old : young);

    const info = await restart(store, 2);
    const after = await see(store);
    expect(after).toMatchObject({ ...young, broken: 0 });
    // The load came from its package, was there already, or was read anew: never twice.
    const loaded = info.recovered.length + (states[1]!.events === young.events ? 1 : 0);
    expect(after.loads).toBe(2 + loaded);
    expect(info.tables["events"]?.rows ?? 0).toBe(loaded === 1 ? 0 : BATCH);
    expect(await stateOf(store)).toEqual({ next: 2 * BATCH, seen: 2 * BATCH, cursor: reached(2) });
    expect(await new PackageStore(storageAt("shop", home)).list(), "no package is left").toEqual([]);
  }

  async function stateOf(store: StoreChoice) {
    const session = await (await destinationOf(store)).open({ dataset: DATASET, existing: true });
    const { state } = await session.restore("shop", "shop").finally(() => session.close());
    const sources = (state as { sources: Record<string, Record<string, any>> }).sources;
    const { events, readings } = sources["shop"]!["resources"];
    const { last_value: last, unique_hashes: hashes } = readings.incremental.at;
    return { next: events.next, seen: sources["shop"]!["seen"], cursor: { last, hashes: hashes.length } };
  }
});
