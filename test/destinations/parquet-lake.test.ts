import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { installHost, RunletError } from "../../core/index.ts";
import { disk, type Folder, parquet, type ParquetOptions } from "../../core/destinations/parquet/index.ts";
import type { DestinationLoad, DestinationSession } from "../../core/destinations/contract.ts";
import { armFailpoints } from "../../core/packages/failpoints.ts";
import { defaultState, encodeState } from "../../core/schema/state.ts";
import { nodeHost } from "../../host-node/host.ts";
import { facts, put } from "./load.ts";
import { type Column, stream, table } from "./streams.ts";

const folder = mkdtempSync(join(tmpdir(), "runlet-lake-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
installHost({ ...nodeHost, log: () => undefined });

const DAY = 86_400;
const ints = (...values: (bigint | null)[]): Column => ({ type: "bigint", values });
let lakes = 0;
let root: string;
const opened: DestinationSession[] = [];
beforeEach(() => void (root = join(folder, String(lakes++))));
afterEach(async () => {
  armFailpoints(undefined);
  for (const session of opened.splice(0)) await session.close();
});

const open = async (options?: ParquetOptions): Promise<DestinationSession> => {
  const session = await parquet(disk(root), options).open({ dataset: "shop_data" });
  opened.push(session);
  return session;
};
/** Loads, in a session of its own. */
const load = async (id: string, fill: (load: DestinationLoad) => Promise<void>, more = {}): Promise<void> => {
  const session = await open();
  const started = await session.begin(id);
  await fill(started);
  await started.commit(facts(id, more));
};
const names = (): string[] => {
  const all = readdirSync(join(root, "shop_data"), { recursive: true, withFileTypes: true });
  return all
    .filter((entry) => entry.isFile())
    .map((entry) => relative(join(root, "shop_data"), join(entry.parentPath, entry.name)))
    .sort();
};
const ask = async (sql: string): Promise<unknown[]> => (await open()).query(sql);
const stateRow = async (n: number) => ({
  state: {
    pipelineName: "shop_pipe",
    version: n,
    engineVersion: 4,
    encoded: await encodeState(defaultState({ pipeline: "shop_pipe", dataset: "shop_data", schema: "shop" })),
    versionHash: `hash ${n}`,
    dltId: `id ${n}`,
  },
});

describe("the layout", () => {
  test("is that of dlt's filesystem destination, file by file", async () => {
    const theirs = join("test/data/dlt-filesystem/shop_data");
    await load("1795364837.955858", (l) => put(l, "items", { id: ints(1n) }), await stateRow(1));
    const shape = (name: string) =>
      name
        .replace(/[0-9a-f]{64}/, "<hash>")
        .replace(/\d{10}\.\d+/, "<seconds>")
        .replace(/[0-9a-f]{10}\.parquet/, "<file>.parquet")
        .replace("shop_pipe__", "shop__");
    const dlts = readdirSync(theirs, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(theirs, join(entry.parentPath, entry.name)))
      .filter((name) => !/^(items__|snap)/.test(name));
    expect(
      names()
        .filter((name) => !name.startsWith("_runlet_"))
        .map(shape),
    ).toEqual(dlts.map(shape).sort());
    for (const name of dlts.filter((each) => !each.endsWith(".parquet"))) {
      const ours = names().find((each) => shape(each) === shape(name))!;
      const [mine, dlt] = [join(root, "shop_data", ours), join(theirs, name)].map(
        (path) => JSON.parse(readFileSync(path, "utf8")) as object,
      );
      expect(Object.keys(mine!).sort(), name).toEqual(Object.keys(dlt!).sort());
    }
  });

  test("keeps system files small in number: a schema version once, a state per change", async () => {
    for (const id of ["1", "2", "3"]) await load(id, (l) => put(l, "t", { n: ints(1n) }));
    const count = (prefix: string) => names().filter((name) => name.startsWith(prefix)).length;
    expect([count("_dlt_loads/"), count("_dlt_version/"), count("_dlt_pipeline_state/")]).toEqual([3, 1, 0]);
    expect(count("_runlet_open/")).toBe(0);
  });
});

describe("a dataset that dlt loaded", () => {
  beforeEach(() => cpSync("test/data/dlt-filesystem", root, { recursive: true }));

  test("is read: its tables, its loads, its schema and state", async () => {
    expect(await ask('select id, o__x, "at" from items order by id')).toEqual([
      { id: 1n, o__x: 1.5, at: null },
      { id: 2n, o__x: null, at: "2024-01-01T00:00:00Z" },
    ]);
    expect(await ask("select value from items__tags order by _dlt_list_idx")).toEqual([
      { value: "a" },
      { value: "b" },
    ]);
    expect(await ask("select schema_name, status from _dlt_loads")).toEqual([
      { schema_name: "shop", status: 0n },
    ]);
    const session = await open();
    const stored = await session.restore("shop", "shop");
    expect(stored.schema).toMatchObject({
      name: "shop",
      version: 2,
      tables: { items__tags: { parent: "items" } },
    });
    expect(stored.state).toMatchObject({ sources: { shop: { resources: { items: { n: 1 } } } } });
    expect(await session.datasets()).toEqual(["shop_data"]);
  });

  test("is continued: appended to, and replaced with what dlt wrote taken away", async () => {
    const before = names();
    await load("1795364999.5", async (l) => {
      await put(l, "items", { id: ints(3n) });
      await put(l, "snap", { id: ints(9n) }, "replace");
    });
    expect(await ask("select id from items order by id")).toEqual([{ id: 1n }, { id: 2n }, { id: 3n }]);
    expect(await ask("select id from snap")).toEqual([{ id: 9n }]);
    expect(await ask("select count(*) n from _dlt_loads")).toEqual([{ n: 2n }]);
    const gone = before.filter((name) => !names().includes(name));
    expect(gone.map((name) => name.split("/")[0])).toEqual(["snap"]);
  });
});

describe("files of a load that is not committed", () => {
  /** A load that its process left behind, with files of two tables. */
  const leave = async (id: string): Promise<string[]> => {
    const session = await parquet(disk(root), { fileBytes: 1 }).open({ dataset: "shop_data" });
    const started = await session.begin(id);
    await put(started, "t", { n: ints(1n) });
    await put(started, "u", { n: ints(1n), more: ints(2n) });
    await started.prepare(table("t", { n: ints() }), "append");
    await started.write("t", stream({ n: ints(3n) }));
    await expect.poll(() => names().filter((name) => name.endsWith(".parquet"))).toHaveLength(3);
    return names().filter((name) => name.includes(id));
  };

  const leaveBeside = async (id: string): Promise<string[]> => {
    const session = await parquet(disk(root), { fileBytes: 1 }).open({ dataset: "shop_data" });
    const started = await session.begin(id);
    await put(started, "t", { n: ints(1n) });
    await expect
      .poll(() => names().some((name) => name.startsWith(`t/${id}.`) && name.endsWith(".parquet")))
      .toBe(true);
    return names().filter((name) => name.includes(id));
  };

  test("are nothing to a reader, and stay while another run may be writing them", async () => {
    await load("100.5", (l) => put(l, "t", { n: ints(7n) }));
    const left = await leaveBeside("200.5");
    await load("300.5", (l) => put(l, "t", { n: ints(8n) }));
    expect(await ask("select n from t order by n")).toEqual([{ n: 7n }, { n: 8n }]);
    for (const name of left) expect(names()).toContain(name);
  });
  test("go with the first run a day later", async () => {
    const left = await leave("200.5");
    const old = Date.now() / 1000 - 2 * DAY;
    utimesSync(join(root, "shop_data/_runlet_open/200.5.json"), old, old);
    await load("300.5", (l) => put(l, "t", { n: ints(8n) }));
    for (const name of left) expect(names()).not.toContain(name);
    expect(await ask("select n from t")).toEqual([{ n: 8n }]);
  });

  test("go at once where their run is known to be dead, or the load is begun again", async () => {
    const left = await leave("200.5");
    await (
      await open()
    ).discard!("200.5");
    expect(names().filter((name) => left.includes(name))).toEqual([]);
    const again = await leave("201.5");
    await load("201.5", (l) => put(l, "t", { n: ints(8n) }));
    expect(names().filter((name) => again.includes(name) && name.endsWith(".parquet"))).toEqual([]);
    expect(await ask("select n from t")).toEqual([{ n: 8n }]);
  });

  test("go when it is rolled back", async () => {
    const session = await open({ fileBytes: 1 });
    const started = await session.begin("200.5");
    await put(started, "t", { n: ints(1n) });
    await started.rollback();
    expect(names()).toEqual([]);
  });
});

describe("a commit", () => {
  test("that its process did not outlive is complete; the next run does what was left to do", async () => {
    await load("100.5", (l) => put(l, "t", { n: ints(1n) }));
    const old = names().find((name) => name.startsWith("t/"))!;
    armFailpoints((point) => {
      if (point === "destination.commit.during") throw new Error("dead");
    });
    const dying = load("200.5", (l) => put(l, "t", { n: ints(2n) }, "replace"));
    await expect(dying).rejects.toThrow("dead");
    armFailpoints(undefined);
    expect(await ask("select n from t")).toEqual([{ n: 2n }]);
    expect(await ask("select load_id from _dlt_loads order by 1")).toEqual([
      { load_id: "100.5" },
      { load_id: "200.5" },
    ]);
    expect([
      existsSync(join(root, "shop_data", old)),
      names().includes("_dlt_loads/shop__200.5.jsonl"),
    ]).toEqual([true, false]);
    await load("300.5", (l) => put(l, "u", { n: ints(3n) }));
    expect([
      existsSync(join(root, "shop_data", old)),
      names().includes("_dlt_loads/shop__200.5.jsonl"),
    ]).toEqual([false, true]);
    expect(names().filter((name) => name.startsWith("_runlet_open/"))).toEqual([]);
    expect(await ask("select n from t")).toEqual([{ n: 2n }]);
  });

  test("of two runs that began alike and change the state is refused to the second, which leaves nothing", async () => {
    const [one, two] = [await (await open()).begin("100.5"), await (await open()).begin("101.5")];
    await put(one, "t", { n: ints(1n) });
    await put(two, "t", { n: ints(2n) });
    await one.commit(facts("100.5", { ...(await stateRow(1)), basedOn: {} }));
    const before = names().filter((name) => !name.includes("101.5"));
    await expect(two.commit(facts("101.5", { ...(await stateRow(2)), basedOn: {} }))).rejects.toMatchObject({
      code: "CONCURRENT_RUN",
    });
    expect(names()).toEqual(before);
    expect(await ask("select n from t")).toEqual([{ n: 1n }]);
  });

  test("of many at the same moment: all that may get in get in, each once", async () => {
    const ids = Array.from({ length: 8 }, (_, n) => `${100 + n}.5`);
    const started = await Promise.all(ids.map(async (id) => (await open()).begin(id)));
    await Promise.all(started.map((each, n) => put(each, "t", { n: ints(BigInt(n)) })));
    await Promise.all(started.map((each, n) => each.commit(facts(ids[n]!, { basedOn: {} }))));
    expect(await ask("select n from t order by n")).toEqual(ids.map((_, n) => ({ n: BigInt(n) })));
    expect(names().filter((name) => name.startsWith("_runlet_commits/"))).toHaveLength(8);
  });

  test("whose columns another run gave other types is refused", async () => {
    const [one, two] = [await (await open()).begin("100.5"), await (await open()).begin("101.5")];
    await put(one, "t", { n: ints(1n) });
    await put(two, "t", { n: { type: "text", values: ["x"] } });
    await one.commit(facts("100.5"));
    await expect(two.commit(facts("101.5"))).rejects.toMatchObject({
      code: "CONCURRENT_RUN",
      where: { table: "t" },
    });
  });

  test("of a load that is in already changes nothing", async () => {
    await load("100.5", (l) => put(l, "t", { n: ints(1n) }));
    const before = names();
    await load("100.5", (l) => put(l, "t", { n: ints(1n) }));
    expect(names()).toEqual(before);
  });

  test("that a list of commits misses, made while it was stored, is looked for again", async () => {
    for (const id of ["100.5", "101.5", "102.5"]) await load(id, (l) => put(l, "t", { n: ints(1n) }));
    let missed = 0;
    const folder: Folder = {
      at: root,
      open: async (options) => {
        const inner = await disk(root).open(options);
        const list: typeof inner.list = async (prefix) => {
          const items = await inner.list(prefix);
          return prefix.endsWith("_runlet_commits/") && missed++ === 0
            ? items.filter(({ name }) => !name.endsWith("2.json"))
            : items;
        };
        return { ...inner, list };
      },
    };
    const session = await parquet(folder).open({ dataset: "shop_data" });
    opened.push(session);
    expect(await session.query("select count(*) n from t")).toEqual([{ n: 3n }]);
    rmSync(join(root, "shop_data/_runlet_commits/000000000002.json"));
    await expect(ask("select 1")).rejects.toMatchObject({
      code: "DESTINATION_FAILED",
      message: expect.stringContaining("commit 2 is missing") as string,
    });
  });

  test("by the hundred: the log stays short, and nothing is lost", { timeout: 60_000 }, async () => {
    const session = await open();
    for (let n = 0; n < 160; n++) {
      const started = await session.begin(`${100 + n}.5`);
      await put(started, n % 2 ? "odd" : "even", { n: ints(BigInt(n)) }, n === 157 ? "replace" : "append");
      await started.commit(facts(`${100 + n}.5`));
    }
    const commits = names().filter((name) => name.startsWith("_runlet_commits/"));
    expect(commits.length).toBeLessThan(115);
    expect(commits).not.toContain("_runlet_commits/000000000001.json");
    const counts =
      "select (select count(*) from even) even, (select count(*) from odd) odd, (select count(*) from _dlt_loads) loads";
    expect(await ask(counts)).toEqual([{ even: 80n, odd: 2n, loads: 160n }]);
    expect(await session.query(counts)).toEqual([{ even: 80n, odd: 2n, loads: 160n }]);
    expect(await session.hasLoad("100.5")).toBe(true);
  });
});

describe("a run that others take for dead", () => {
  const commitFile = /_runlet_commits\/\d+\.json$/;
  /** The lake, with something done in place of the first commit's write; `store` stores it. */
  const openMeddled = async (meddle: (store: () => Promise<boolean>) => Promise<boolean>) => {
    let done = false;
    const folder: Folder = {
      at: root,
      open: async (options) => {
        const inner = await disk(root).open(options);
        return {
          ...inner,
          put(name, bytes, how) {
            const store = () => inner.put(name, bytes, how);
            if (done || !commitFile.test(name)) return store();
            done = true;
            return meddle(store);
          },
        };
      },
    };
    const session = await parquet(folder).open({ dataset: "shop_data" });
    opened.push(session);
    return session;
  };
  const discard = async (id: string) => (await open()).discard!(id);
  const isAlone = async (id: string) => {
    expect(names().filter((name) => name.includes(id))).toEqual([]);
    await load("300.5", (l) => put(l, "t", { n: ints(3n) }));
    expect(await ask("select n from t")).toEqual([{ n: 3n }]);
    expect(await ask("select load_id from _dlt_loads")).toEqual([{ load_id: "300.5" }]);
  };

  test("cannot commit files that are gone", async () => {
    const sleeping = await (await open({ fileBytes: 1 })).begin("200.5");
    await put(sleeping, "t", { n: ints(2n) });
    await discard("200.5");
    await expect(sleeping.commit(facts("200.5"))).rejects.toMatchObject({ code: "CONCURRENT_RUN" });
    await isAlone("200.5");
  });

  test("nor when that happens just before its commit", async () => {
    const session = await openMeddled(async (store) => {
      await discard("200.5");
      return store();
    });
    const sleeping = await session.begin("200.5");
    await put(sleeping, "t", { n: ints(2n) });
    await expect(sleeping.commit(facts("200.5"))).rejects.toMatchObject({ code: "CONCURRENT_RUN" });
    await isAlone("200.5");
  });

  test("leaves its load to the run that does it again", async () => {
    const sleeping = await (await open({ fileBytes: 1 })).begin("200.5");
    await put(sleeping, "t", { n: ints(2n) });
    const again = await (await open()).begin("200.5");
    await put(again, "t", { n: ints(2n) });
    await expect(sleeping.commit(facts("200.5"))).rejects.toMatchObject({ code: "CONCURRENT_RUN" });
    await again.commit(facts("200.5"));
    expect(await ask("select n from t")).toEqual([{ n: 2n }]);
    expect(names().filter((name) => name.startsWith("_runlet_open/"))).toEqual([]);
  });

  test("and one that got no answer to its commit has not loaded, though the write arrives later", async () => {
    let late!: () => Promise<boolean>;
    const session = await openMeddled((store) => {
      late = store;
      return Promise.reject(new RunletError("DESTINATION_FAILED", "no answer"));
    });
    const started = await session.begin("200.5");
    await put(started, "t", { n: ints(2n) });
    await expect(started.commit(facts("200.5"))).rejects.toThrow("no answer");
    expect(await late()).toBe(false);
    await isAlone("200.5");
  });

  test("or has, where it was the answer that was lost", async () => {
    const session = await openMeddled(async (store) => {
      await store();
      throw new RunletError("DESTINATION_FAILED", "no answer");
    });
    const started = await session.begin("200.5");
    await put(started, "t", { n: ints(2n) });
    await started.commit(facts("200.5"));
    expect(await ask("select n from t")).toEqual([{ n: 2n }]);
  });
});

describe("files", () => {
  test("end at fileBytes, and where columns change", async () => {
    const session = await open({ fileBytes: 4000 });
    const started = await session.begin("100.5");
    const part = { n: ints(...Array.from({ length: 200 }, (_, n) => BigInt(n))) };
    await started.prepare(table("t", part), "append");
    for (let n = 0; n < 10; n++) await started.write("t", stream(part));
    await put(started, "t", { n: ints(1n), late: ints(2n) });
    await started.commit(facts("100.5"));
    const files = names().filter((name) => name.startsWith("t/"));
    expect(files.length).toBeGreaterThan(4);
    expect(files.length).toBeLessThan(8);
    expect(await ask("select count(*) n, count(late) late, sum(n)::bigint s from t")).toEqual([
      { n: 2001n, late: 1n, s: BigInt(10 * 199 * 100 + 1) },
    ]);
  });

  test("that are gone are missed by name, not taken for an empty table", async () => {
    await load("100.5", (l) => put(l, "t", { n: ints(1n) }));
    const name = names().find((each) => each.startsWith("t/"))!;
    rmSync(join(root, "shop_data", name));
    await expect(ask("select * from t")).rejects.toMatchObject({
      code: "DESTINATION_FAILED",
      message: expect.stringContaining(name) as string,
    });
  });
});
