import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodeHost } from "../../host-node/host.ts";
import { storageAt } from "../../host-node/storage.ts";
import { installHost } from "../../core/index.ts";
import { PackageStore } from "../../core/packages/package-store.ts";
import type { StoredSchema } from "../../core/schema/stored.ts";
import { BATCH, type Change, DATASET, evolve, type EvolvingSight, look } from "./evolving.ts";
import { buildFrom, killedAt } from "./kill.ts";
import { destinationOf, type StoreChoice } from "./shop.ts";
import { type Stores, storesOf } from "./stores.ts";

// A load that changes tables is killed: readers see all of it or nothing, and where its package was whole, the next run
// brings it about, drops and changes of columns included.

const POINTS = [
  { point: "package.segment.after", whole: false },
  { point: "package.seal.before", whole: false },
  { point: "package.seal.after", whole: true },
  { point: "destination.commit.before", whole: true },
  { point: "destination.commit.after", whole: true },
  // Killed a second time, while the package is loaded.
  { point: "recover.write", whole: true },
  { point: "recover.commit.before", whole: true },
  { point: "recover.commit.after", whole: true },
];

const OLD = { rows: BATCH, first: 0, listed: 2 * BATCH, orphans: 0, other: 1 };
const NEW: Record<Change, Omit<EvolvingSight, "columns" | "loads">> = {
  relax: { rows: 2 * BATCH, first: 0, listed: 4 * BATCH, orphans: 0, other: 1 },
  refresh: { rows: BATCH, first: 3 * BATCH, listed: 2 * BATCH, orphans: 0, other: 1 },
};
const COLUMNS = {
  old: /^later (text|varchar|character varying) YES, n bigint NO, note (text|varchar|character varying) NO, old bigint YES$/,
  relax: /^later bigint YES, n bigint NO, note (text|varchar|character varying) YES, old bigint YES$/,
  refresh:
    /^fresh bigint YES, later (text|varchar|character varying) YES, n bigint NO, note (text|varchar|character varying) NO$/,
};

beforeAll(() => buildFrom("evolving-child"));

describe.each(["native", "wasm", "postgres"] as const)("a load that changes tables, %s", (kind) => {
  let stores: Stores;
  let home: string;
  beforeAll(async () => {
    stores = await storesOf(kind);
    installHost({ ...nodeHost, log: () => undefined, storage: (name) => storageAt(name, home) });
    home = join(stores.folder, "base-home");
    await evolve("base", await destinationOf(stores.base));
  }, 120_000);
  afterAll(() => stores.stop(), 60_000);

  const see = async (store: StoreChoice) => {
    const session = await (await destinationOf(store)).open({ dataset: DATASET, existing: true });
    try {
      const sight = await look((sql) => session.query(sql));
      const schema = (await session.restore("evolving", "evolving")).schema as unknown as StoredSchema;
      const documented = Object.values(schema.tables["t"]!.columns).filter(
        ({ name, data_type }) => data_type && !name.includes("dlt"),
      );
      return { sight, documented: documented.map(({ name }) => name).sort() };
    } finally {
      await session.close();
    }
  };
  const expectState = ({ sight, documented }: Awaited<ReturnType<typeof see>>, state: "old" | Change) => {
    expect(sight).toMatchObject(state === "old" ? OLD : NEW[state]);
    expect(sight.columns).toMatch(COLUMNS[state]);
    // Table and document are of one load.
    expect(documented).toEqual(sight.columns.split(", ").map((each) => each.split(" ")[0]));
  };

  const every = { native: [2, 0], postgres: [4, 1], wasm: [8, 2] }[kind];
  const cells = (["relax", "refresh"] as const)
    .flatMap((change) => POINTS.map((point) => ({ change, ...point })))
    .filter((_, i) => process.env["RUNLET_FULL"] === "1" || i % every[0]! === every[1] || i === 10);
  test.each(cells)("$change, killed at $point", { timeout: 60_000 }, async ({ change, point, whole }) => {
    const name = `${change}.${point}`;
    const store = await stores.copy(name);
    home = join(stores.folder, `home-${name}`);
    const kill = (at: string) => killedAt("evolving-child", { store, change }, home, at);
    if (point.startsWith("recover.")) {
      expect(await kill("package.seal.after")).toEqual({ signal: "SIGKILL", errors: "" });
      expectState(await see(store), "old");
    }
    expect(await kill(point), "the failpoint fires").toEqual({ signal: "SIGKILL", errors: "" });
    const isIn = point === "destination.commit.after" || point === "recover.commit.after";
    expectState(await see(store), isIn ? change : "old");

    // A run that brings nothing of its own finishes what was whole.
    const info = await evolve("nothing", await destinationOf(store));
    expect(info.recovered).toHaveLength(whole && !isIn ? 1 : 0);
    expect(info.nothingNew).toBe(true);
    expectState(await see(store), whole ? change : "old");
    if (!whole) {
      await evolve(change, await destinationOf(store));
      expectState(await see(store), change);
    }
    expect((await see(store)).sight.loads).toBe(2);
    expect(await new PackageStore(storageAt("evolving", home)).list(), "no package is left").toEqual([]);
  });
});
