import { MessageChannel } from "node:worker_threads";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { serveEngine } from "../../core/binding/engine-thread.ts";
import type { Port } from "../../core/binding/messages.ts";
import { EngineLink, openRemote } from "../../core/binding/remote-engine.ts";
import {
  incremental,
  installHost,
  memory,
  type MemoryStore,
  pipeline,
  resource,
  type RunOptions,
  transformer,
} from "../../core/index.ts";
import type { PipelineState } from "../../core/schema/state.ts";
import { installTestHost } from "./host.ts";

// Cursors at their limits, together with the other options of runs and resources, and where they differ from dlt's. What dlt
// does is frozen by test/oracle/cursor_deviations.py; the numbers are those of docs/deviations.md.

beforeAll(() => void installTestHost());

type Frozen = Record<string, { error?: string; state?: object; rows?: object; asked?: unknown[] }[]>;
const DLT = JSON.parse(readFileSync("test/data/oracle/cursor-deviations.json", "utf8")) as Frozen;

const count = (store: MemoryStore, table = "t") => (store.tables("p_dataset")[table] ?? []).length;
const column = (store: MemoryStore, name: string, table = "t") =>
  (store.tables("p_dataset")[table] ?? []).map((row) => row[name]);

async function resources(store: MemoryStore): Promise<Record<string, any>> {
  const session = await store.open({ dataset: "p_dataset" });
  const { state } = await session.restore("p", "p");
  await session.close();
  return ((state as PipelineState | undefined)?.sources?.["p"]?.["resources"] ?? {}) as Record<string, any>;
}

const kept = async (store: MemoryStore, name = "t") => (await resources(store))[name]?.incremental?.at;

const cursor = incremental("at", { initial: 0 });
const run = (to: MemoryStore, rows: readonly object[], options: object = {}, more: RunOptions = {}) =>
  pipeline(
    "p",
    resource("t", { cursor, ...options }, () => [...rows]),
  ).run({ to, ...more });

const equal = (many: number, at = 1) => Array.from({ length: many }, (_, id) => ({ id, at }));

describe("records at the boundary (43)", () => {
  test("may be 10,000", async () => {
    const to = memory();
    await run(to, equal(10_000));
    await run(to, equal(10_000));
    expect(count(to)).toBe(10_000);
    expect((await kept(to)).unique_hashes).toHaveLength(10_000);
  });

  test("10,001 are a typed error: nothing of the run is loaded, and the run before it stays", async () => {
    expect(DLT["10,001 records at the boundary"]).toMatchObject([{ rows: { t: 10_001 } }]);
    const to = memory();
    await run(to, [{ id: 1, at: 0 }]);
    const before = await kept(to);
    await expect(run(to, equal(10_001))).rejects.toMatchObject({
      code: "BOUNDARY_OVERFLOW",
      where: { resource: "t" },
      hint: expect.stringContaining("rangeStart"),
    });
    expect(count(to)).toBe(1);
    expect(await kept(to)).toEqual(before);
    await run(to, equal(10_001), { cursor: incremental("at", { initial: 0, rangeStart: "open" }) });
    expect(count(to)).toBe(10_002);
  });

  test("count from run to run", async () => {
    const to = memory();
    await run(to, equal(6_000));
    await run(to, equal(10_000).slice(6_000));
    const one = equal(10_001).slice(10_000);
    await expect(run(to, one)).rejects.toMatchObject({ code: "BOUNDARY_OVERFLOW" });
    expect(count(to)).toBe(10_000);
    // A later value ends it, and what could not be told apart comes with it.
    await run(to, [...one, { id: -1, at: 2 }]);
    expect(count(to)).toBe(10_002);
  });

  test("are none too many once a later value follows", async () => {
    const to = memory();
    await run(to, [...equal(10_001), { id: -1, at: 2 }]);
    expect(count(to)).toBe(10_002);
    expect(await kept(to)).toMatchObject({ last_value: 2, unique_hashes: { length: 1 } });
  });

  test("of a function of one's own have the same limit", async () => {
    const own = incremental<number>("at", { initial: 0, order: (values) => Math.max(...values) });
    const to = memory();
    await run(to, equal(10_000), { cursor: own });
    await expect(run(memory(), equal(10_001), { cursor: own })).rejects.toMatchObject({
      code: "BOUNDARY_OVERFLOW",
    });
    await run(memory(), [...equal(10_001), { id: -1, at: 2 }], { cursor: own });
    expect(count(to)).toBe(10_000);
  });
});

test("what is kept stays small, run after run", async () => {
  const to = memory();
  const sizes = new Set<number>();
  const runs = process.env["RUNLET_FULL"] === "1" ? 1000 : 200;
  for (let n = 0; n < runs; n++) {
    await run(
      to,
      [
        { id: n, at: 1000 + n },
        { id: -n, at: 1000 + n - 1 },
      ],
      {},
      { packages: "none" },
    );
    const size = JSON.stringify(await resources(to)).length;
    if (n) sizes.add(size - String(1000 + n).length * 2);
  }
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(8);
});

describe("other values than dlt's (44)", () => {
  test.each([
    ["lists", [{ at: [1] }, { at: [2] }]],
    ["a list after a number", [{ at: [1] }]],
    ["an object", [{ at: { x: 1 } }]],
    ["objects", [{ at: { x: 1 } }, { at: { x: 2 } }]],
  ])("%s are refused", async (name, rows) => {
    expect(DLT[name]!.some(({ error }) => error)).toBe(
      name === "a list after a number" || name === "objects",
    );
    await expect(run(memory(), rows, { cursor: incremental("at") })).rejects.toMatchObject({
      code: "CURSOR_INVALID",
    });
  });
});

test("rows in order end what a transformer reads for one record of its parent (45)", async () => {
  const dlts = DLT["a transformer whose rows come in order"]![0]!;
  expect(dlts.asked).toHaveLength(10);
  const to = memory();
  const asked: unknown[] = [];
  const parents = resource("parents", {}, () => [{ p: 1 }, { p: 2 }]);
  const children = transformer(
    "t",
    {
      from: parents,
      pick: { p: "bigint" },
      cursor: incremental("at", { initial: 0, end: 3, rowOrder: "asc" }),
    },
    async function* ({ p }) {
      for (let at = 1; at < 6; at++) {
        asked.push([Number(p), at]);
        yield [{ p, at }];
      }
    },
  );
  await pipeline("p", [parents, children]).run({ to });
  expect(count(to)).toBe((dlts.rows as { t: number }).t);
  expect(asked).toEqual([1, 2].flatMap((p) => [1, 2, 3].map((at) => [p, at])));
});

test("what a column hint drops makes no record at the boundary another (46)", async () => {
  const to = memory();
  const columns = { seen: "drop" } as const;
  await run(to, [{ id: 1, at: 1, seen: 10 }], { columns });
  await run(to, [{ id: 1, at: 1, seen: 11 }], { columns });
  expect(count(to)).toBe(1);
  const plain = memory();
  await run(plain, [{ id: 1, at: 1, seen: 10 }]);
  await run(plain, [{ id: 1, at: 1, seen: 11 }]);
  expect(count(plain)).toBe(2);
});

test("records given by `data` are loaded as they are, and the cursor stays (47)", async () => {
  const to = memory();
  await run(to, [{ id: 1, at: 5 }]);
  const before = await kept(to);
  await run(to, [], {}, { data: { t: [{ id: 2, at: 3 }, { id: 3, at: 9 }, { id: 4 }] } });
  expect(column(to, "id")).toEqual([1, 2, 3, 4]);
  expect(await kept(to)).toEqual(before);
});

test("a look at the data leaves the cursor alone (48): limit, and preview", async () => {
  expect(DLT["add_limit"]!.map(({ state }) => state)).toMatchObject([{ t: { last: 2 } }, { t: { last: 4 } }]);
  const to = memory();
  const rows = [1, 2, 3, 4].map((at) => ({ at }));
  await run(to, rows, {}, { limit: 2 });
  expect([count(to), await kept(to)]).toEqual([2, undefined]);
  const made = pipeline("p", resource("t", { cursor }, rows));
  const preview = await made.preview({ limit: 3 });
  expect(preview.tables["t"]).toHaveLength(3);
  expect(await kept(to)).toBeUndefined();
  await run(to, rows);
  expect(await kept(to)).toMatchObject({ last_value: 4 });
});

describe("only", () => {
  const parents = resource("parents", { cursor }, () => [{ id: 1, at: 5 }]);
  const children = transformer("t", { from: parents, pick: { id: "bigint" } }, ({ id }) => [{ child: id }]);
  const both = pipeline("p", [parents, children]);

  test("leaves a parent's cursor where it is, since its rows are not loaded (49)", async () => {
    expect(DLT["a parent that is not loaded"]).toMatchObject([{ state: { parents: { last: 5 } } }]);
    const to = memory();
    await both.run({ to, only: ["t"] });
    expect([count(to), count(to, "parents"), await kept(to, "parents")]).toEqual([1, 0, undefined]);
    await both.run({ to });
    expect([count(to), count(to, "parents")]).toEqual([2, 1]);
    expect(await kept(to, "parents")).toMatchObject({ last_value: 5 });
    // Nothing is new at the parent: its children are not asked for again.
    await both.run({ to, only: ["t"] });
    expect(count(to)).toBe(2);
  });

  test("moves no cursor of a resource that it leaves out", async () => {
    const to = memory();
    const two = pipeline("p", [
      resource("t", { cursor }, [{ at: 3 }]),
      resource("u", { cursor }, [{ at: 4 }]),
    ]);
    await two.run({ to, only: ["u"] });
    expect([await kept(to), (await kept(to, "u")).last_value]).toEqual([undefined, 4]);
  });
});

test("a lag with a function of one's own is refused (50)", () => {
  expect(DLT["a lag with a function of one's own"]!.map(({ asked }) => asked)).toEqual([[0], [5]]);
  const options = { order: (values: readonly number[]) => Math.max(...values), lag: 2 };
  expect(() => incremental("at", options as never)).toThrow(
    expect.objectContaining({ code: "PIPELINE_INVALID" }),
  );
});

describe("refresh", () => {
  test.each([
    [true, [1, 7], 7],
    ["data", [1, 7], 7],
    ["resources", [1, 7], 7],
    ["sources", [1, 7], 7],
    [undefined, [5, 6, 7], 7],
  ] as const)("%j", async (refresh, ids, last) => {
    const to = memory();
    await run(to, [
      { id: 5, at: 5 },
      { id: 6, at: 6 },
    ]);
    await run(
      to,
      [
        { id: 1, at: 1 },
        { id: 7, at: 7 },
      ],
      {},
      refresh === undefined ? {} : { refresh },
    );
    expect(column(to, "id")).toEqual(ids);
    expect(await kept(to)).toMatchObject({ last_value: last, unique_hashes: { length: 1 } });
  });

  test("of some resources leaves the cursors of others", async () => {
    const to = memory();
    const two = (at: number) =>
      pipeline("p", [resource("t", { cursor }, [{ at }]), resource("u", { cursor }, [{ at }])]);
    await two(5).run({ to });
    await two(3).run({ to, refresh: "data", only: ["u"] });
    expect([(await kept(to)).last_value, (await kept(to, "u")).last_value]).toEqual([5, 3]);
    expect([column(to, "at"), column(to, "at", "u")]).toEqual([[5], [3]]);
  });
});

test("a function of one's own says what is later: the shorter text", async () => {
  const to = memory();
  const shortest = incremental<string>("at", {
    order: (values) => values.reduce((a, b) => (b.length < a.length ? b : a)),
  });
  const starts: unknown[] = [];
  const read = (...values: string[]) =>
    pipeline(
      "p",
      resource("t", { cursor: shortest }, ({ cursor }) => {
        starts.push(cursor.start);
        return values.map((at) => ({ at }));
      }),
    ).run({ to });
  await read("four", "two", "sixsix");
  await read("four", "two", "2");
  await read("2", "two");
  expect(column(to, "at")).toEqual(["four", "two", "sixsix", "2"]);
  expect(starts).toEqual([undefined, "two", "2"]);
});

test("tables named by a value share the resource's cursor", async () => {
  const to = memory();
  const rows = [
    { kind: "a", at: 1 },
    { kind: "b", at: 3 },
  ];
  await run(to, rows, { table: { by: "kind" } });
  await run(to, [...rows, { kind: "a", at: 2 }, { kind: "c", at: 4 }], { table: { by: "kind" } });
  expect(["a", "b", "c"].map((table) => column(to, "at", table))).toEqual([[1], [3], [4]]);
  expect(await kept(to)).toMatchObject({ last_value: 4 });
});

test("transformers side by side share one cursor, whichever record comes first", async () => {
  const to = memory();
  const made = () => {
    const parents = resource("parents", {}, () => Array.from({ length: 9 }, (_, id) => ({ id })));
    const children = transformer(
      "t",
      { from: parents, pick: { id: "bigint" }, parallel: 4, cursor: incremental("at", { initial: 0 }) },
      async function* ({ id }) {
        await new Promise((go) => setTimeout(go, Number(9n - id)));
        yield [
          { id, at: 5 },
          { id, at: id % 2n ? 9 : 8 },
        ];
        yield [{ id, at: 2 }];
      },
    );
    return pipeline("p", [parents, children]);
  };
  await made().run({ to });
  expect(count(to)).toBe(27);
  expect(await kept(to)).toMatchObject({ last_value: 9, unique_hashes: { length: 4 } });
  await made().run({ to });
  expect(count(to)).toBe(27);
});

test("two runs at once: the cursor of the one that is refused does not count", async () => {
  const to = memory();
  const slow = (at: number) =>
    pipeline(
      "p",
      resource("t", { cursor }, async () => (await new Promise((go) => setTimeout(go, 5)), [{ at }])),
    ).run({ to });
  const ends = await Promise.allSettled([slow(3), slow(8)]);
  const lost = ends.findIndex(({ status }) => status === "rejected");
  expect(ends[lost]).toMatchObject({ reason: { code: "CONCURRENT_RUN" } });
  const won = [3, 8][1 - lost]!;
  expect([column(to, "at"), (await kept(to)).last_value]).toEqual([[won], won]);
  await slow(8);
  expect(column(to, "at")).toEqual(won === 8 ? [8] : [3, 8]);
});

test("with the engine on another thread rows and cursor are the same", async () => {
  const ports: { close(): void }[] = [];
  const outcomes = [];
  for (const elsewhere of [false, true]) {
    const host = installTestHost();
    let opened = 0;
    if (elsewhere) {
      installHost({
        ...host,
        openEngine(module, config) {
          const { port1, port2 } = new MessageChannel();
          ports.push(port1, port2);
          const portOf = (port: typeof port1): Port => ({
            send: (message, transfer) => port.postMessage(message, transfer as ArrayBuffer[]),
            receive: (listener) => port.on("message", listener),
          });
          serveEngine(portOf(port2));
          opened++;
          return openRemote(new EngineLink(portOf(port1)), module, config, () => undefined);
        },
      });
    }
    const to = memory();
    const pages = [
      '{"id":1,"at":5}\n{"id":2,"at":9}',
      '[{"id":3,"at":9},{"id":4,"at":1}]',
      '{"id":2,"at":9}\n{"id":5,"at":9}\n{"id":6,"at":4}',
    ];
    const read = (...texts: string[]) =>
      pipeline(
        "p",
        resource("t", { cursor }, () => texts.map((text) => new Blob([text]))),
      ).run({ to });
    await read(pages[0]!, pages[1]!);
    await read(pages[2]!);
    outcomes.push({ ids: column(to, "id"), kept: await kept(to) });
    expect(opened).toBe(elsewhere ? 2 : 0);
  }
  ports.forEach((port) => port.close());
  installTestHost();
  expect(outcomes[0]).toMatchObject({
    ids: [1, 2, 3, 4, 5],
    kept: { last_value: 9, unique_hashes: { length: 3 } },
  });
  expect(outcomes[1]).toEqual(outcomes[0]);
});
