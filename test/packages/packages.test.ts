import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type Destination,
  datasetOf,
  memory,
  pipeline,
  resource,
  RunletError,
  type RunOptions,
} from "../../core/index.ts";
import { armFailpoints, type Failpoint } from "../../core/packages/failpoints.ts";
import { overtaken } from "../../core/packages/overtaken.ts";
import { loadPackage } from "../../core/packages/load-package.ts";
import { nodeHost } from "../../host-node/host.ts";
import { storageAt } from "../../host-node/storage.ts";
import { Crash, Place, rows } from "./place.ts";
import packageJson from "../../package.json" with { type: "json" };
import { RUNLET_VERSION } from "../../core/version.ts";

const place = new Place();
let to: Destination;
beforeEach(() => {
  place.machine();
  to = place.database();
});
afterEach(() => armFailpoints(undefined));

/** Each run appends what has come since the last. */
const growing = (until: number) =>
  pipeline("p", [
    resource("items", {}, ({ state }) => {
      const from = Number(state["next"] ?? 0);
      state["next"] = until;
      return Array.from({ length: until - from }, (_, n) => ({ n: from + n, tags: ["a", "b"] }));
    }),
  ]);

/** From `point` on nothing works any more, as after a power cut. */
function crashAt(point: Failpoint): void {
  let dead = false;
  armFailpoints((at) => {
    dead ||= at === point;
    if (dead) throw new Crash(at);
  });
}

async function crashed(point: Failpoint, until: number, options: RunOptions = {}): Promise<void> {
  crashAt(point);
  await expect(growing(until).run({ to, ...options })).rejects.toThrow(point);
  armFailpoints(undefined);
}

const numbers = () => rows(datasetOf(to, "p_dataset"), "select n from items order by n");

describe("a run's load package", () => {
  test("says in its manifest what is in it, and its files are what the manifest says", async () => {
    await crashed("package.seal.after", 3);
    const store = place.store("p");
    const [manifest] = await store.list();
    expect(manifest).toMatchObject({
      package: 1,
      runlet: RUNLET_VERSION,
      status: "sealed",
      pipeline: "p",
      destination: to.address,
      dataset: "p_dataset",
      schema: { name: "p", file: "schema.json", version: 2 },
      state: { file: "state.json", version: 1 },
      tables: {
        items: { write: "append", rows: 3, segments: [{ file: "items.1.arrow", rows: 3 }] },
        items__tags: { write: "append", rows: 6, segments: [{ file: "items__tags.2.arrow", rows: 6 }] },
      },
    });
    const state = JSON.parse(readFileSync(join(place.home, "p", manifest!.loadId, "state.json"), "utf8"));
    expect(state.content.sources.p.resources.items).toEqual({ next: 3 });
    for (const file of [manifest!.schema!, manifest!.state!, ...manifest!.tables!["items"]!.segments])
      expect((await store.file(manifest!.loadId, file)).byteLength).toBe(file.bytes);
    expect(packageJson.version).toBe(RUNLET_VERSION);
  });

  test("is gone after its load, and so is its place", async () => {
    await growing(3).run({ to });
    expect(await storageAt("p", place.home).list("")).toEqual([]);
  });

  test("is kept when asked, and loading it again changes nothing", async () => {
    const { loadId } = await growing(3).run({ to, packages: "keep" });
    const store = place.store("p");
    const [manifest] = await store.list();
    expect(manifest).toMatchObject({ loadId, status: "loaded" });
    const session = await to.open({ dataset: "p_dataset" });
    expect(await loadPackage(store, manifest!, session)).toBe("present");
    await session.close();
    expect(await numbers()).toEqual([0, 1, 2]);
    expect((await growing(4).run({ to })).recovered).toEqual([]);
  });

  test("is not written with none, nor by a host without storage, nor for a destination in memory", async () => {
    armFailpoints((point) => {
      if (point.startsWith("package.")) throw new Crash(point);
    });
    await growing(1).run({ to, packages: "none" });
    await growing(1).run({ to: memory() });
    place.machine({ storage: undefined });
    await growing(2).run({ to });
    expect(await numbers()).toEqual([0, 1]);
    place.machine({ env: (name) => (name === "RUNLET_PACKAGES" ? "none" : nodeHost.env(name)) });
    await growing(3).run({ to });
    expect(await numbers()).toEqual([0, 1, 2]);
  });

  test("has a limit", async () => {
    await expect(growing(500).run({ to, packages: { maxBytes: 5000 } })).rejects.toMatchObject({
      code: "LIMIT_PACKAGE",
      exitCode: 6,
    });
    expect(await storageAt("p", place.home).list("")).toEqual([]);
    await growing(2).run({ to, packages: { maxBytes: 50_000 } });
    expect(await numbers()).toEqual([0, 1]);
  });
});

describe("what an interrupted run leaves", () => {
  test("unsealed, is discarded", async () => {
    await crashed("package.seal.before", 3);
    expect(await place.store("p").list()).toMatchObject([{ status: "extracting" }]);
    const info = await growing(3).run({ to });
    expect(info).toMatchObject({ recovered: [], tables: { items: { rows: 3 } } });
    expect(await place.store("p").ids()).toEqual([]);
  });

  test("sealed, is loaded before anything new is read", async () => {
    await crashed("package.seal.after", 3);
    const loadId = (await place.store("p").ids())[0]!;
    const info = await growing(5).run({ to });
    expect(info).toMatchObject({ recovered: [loadId], tables: { items: { rows: 2 } } });
    expect(await numbers()).toEqual([0, 1, 2, 3, 4]);
    expect(place.logged).toEqual([`load package ${loadId}, left by an earlier run, is loaded`]);
  });

  test("sealed and loaded, is not loaded twice", async () => {
    crashAt("destination.commit.after");
    await expect(growing(3).run({ to })).rejects.toThrow("destination.commit.after");
    armFailpoints(undefined);
    expect(await growing(3).run({ to })).toMatchObject({ recovered: [] });
    expect(await numbers()).toEqual([0, 1, 2]);
  });

  test("and superseded by a load from another machine, is kept and not loaded", async () => {
    await crashed("package.seal.after", 3);
    const here = place.home;
    place.machine();
    await growing(4).run({ to });
    place.home = here;
    expect(await growing(5).run({ to })).toMatchObject({ recovered: [], tables: { items: { rows: 1 } } });
    expect(await numbers()).toEqual([0, 1, 2, 3, 4]);
    expect(await place.store("p").list()).toMatchObject([{ status: "superseded" }]);
    expect(place.logged.join()).toContain("other runs have loaded since");
  });

  test("for another destination or dataset, waits for a run to there", async () => {
    await crashed("package.seal.after", 3);
    const first = to;
    to = place.database();
    expect(await growing(2).run({ to })).toMatchObject({ recovered: [] });
    to = first;
    expect((await growing(3).run({ to })).recovered).toHaveLength(1);
  });

  test.each(["items.1.arrow", "schema.json", "state.json"])("damaged in %s, stops the run", async (file) => {
    await crashed("package.seal.after", 3);
    const loadId = (await place.store("p").ids())[0]!;
    const path = join(place.home, "p", loadId, file);
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(path, bytes);
    await expect(growing(3).run({ to })).rejects.toMatchObject({
      code: "STORAGE_FAILED",
      message: expect.stringContaining(`${loadId}/${file}`),
      hint: expect.stringContaining(`runlet packages drop ${loadId}`),
    });
    await expect(numbers()).rejects.toMatchObject({ code: "DESTINATION_QUERY" });
    await place.store("p").remove(loadId);
    await growing(3).run({ to });
    expect(await numbers()).toEqual([0, 1, 2]);
  });

  test("as a folder without a manifest, goes after a day", async () => {
    const storage = storageAt("p", place.home);
    await storage.write("1732273200.000001/items.1.arrow", new Uint8Array(8));
    await growing(1).run({ to });
    expect(await storage.list("")).toEqual([]);
  });
});

describe("load ids", () => {
  const id = (info: { loadId: string }) => Number(info.loadId);

  test("grow when the clock is set back", async () => {
    let now = Date.now();
    place.machine({ now: () => now });
    const first = id(await growing(1).run({ to }));
    now -= 365 * 86_400_000;
    const second = id(await growing(2).run({ to, packages: "keep" }));
    now -= 1000;
    const added = pipeline("p", [resource("items", {}, () => [{ n: 7, later: true }])]);
    const third = id(await added.run({ to }));
    expect(first).toBeLessThan(second);
    expect(second).toBeLessThan(third);
    // The newest schema and the newest state are the ones of the newest load.
    expect((await added.run({ to })).schemaChanges).toEqual([]);
    expect(await growing(3).run({ to })).toMatchObject({ tables: { items: { rows: 1 } } });
  });
});

describe("two runs of one pipeline at once", () => {
  test("the second says who holds it, and changes nothing", async () => {
    let go!: () => void;
    const waiting = new Promise<void>((resolve) => (go = resolve));
    let reads!: () => void;
    const reading = new Promise<void>((resolve) => (reads = resolve));
    const slow = pipeline("p", [
      resource("items", {}, async function* () {
        reads();
        await waiting;
        yield { n: 1 };
      }),
    ]);
    const first = slow.run({ to });
    await reading;
    await expect(growing(9).run({ to })).rejects.toMatchObject({
      code: "CONCURRENT_RUN",
      message: expect.stringMatching(/^pipeline p to duckdb:.* is being run by this process, since 20/),
    });
    // To another place it may go meanwhile.
    await growing(1).run({ to: place.database() });
    go();
    await first;
    expect(await numbers()).toEqual([1]);
    await growing(1).run({ to });
  });

  test("the lock of a process that is gone is taken over", async () => {
    armFailpoints((point) => {
      if (point !== "lock.after") return;
      armFailpoints(undefined);
      throw new Crash(point);
    });
    await expect(growing(1).run({ to })).rejects.toThrow("lock.after");
    const storage = storageAt("p", place.home);
    const [lock] = await storage.list("");
    expect(lock?.name).toMatch(/^run-[0-9a-f]{12}\.lock$/);
    const path = join(place.home, "p", lock!.name);
    const held = JSON.parse(readFileSync(path, "utf8"));
    expect(held).toMatchObject({ pid: process.pid });
    await expect(growing(1).run({ to })).rejects.toMatchObject({ code: "CONCURRENT_RUN" });
    writeFileSync(path, JSON.stringify({ ...held, pid: 2 ** 22 - 1, started: "1" }));
    await growing(1).run({ to });
    expect(await numbers()).toEqual([0]);
  });

  test("one that another has overtaken between its start and its transaction changes nothing", async () => {
    await growing(1).run({ to });
    let between: (() => Promise<unknown>) | undefined = () => growing(3).run({ to, packages: "none" });
    place.machine({
      async engineModule() {
        const run = between;
        between = undefined;
        await run?.();
        return nodeHost.engineModule();
      },
    });
    await expect(growing(2).run({ to })).rejects.toMatchObject({ code: "CONCURRENT_RUN", retry: true });
    expect(await numbers()).toEqual([0, 1, 2]);
    expect(await storageAt("p", place.home).list("")).toEqual([]);
    await growing(4).run({ to });
    expect(await numbers()).toEqual([0, 1, 2, 3]);
  });

  test("rows that do not fit a table another run has changed are said to be overtaken", async () => {
    const misfit = new RunletError("DESTINATION_SCHEMA", "column n is DOUBLE, the data is BIGINT");
    const session = await to.open({ dataset: "p_dataset" });
    const of = { pipeline: "p", schema: "p" };
    try {
      expect(await overtaken(misfit, session, of, {})).toBe(misfit);
      await growing(1).run({ to });
      expect(await overtaken(misfit, session, of, {})).toMatchObject({
        code: "CONCURRENT_RUN",
        cause: misfit,
      });
      expect(await overtaken(misfit, session, of, await session.restore("p", "p"))).toBe(misfit);
    } finally {
      await session.close();
    }
  });
});
