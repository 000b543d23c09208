import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type Contract,
  memory,
  type MemoryStore,
  pipeline,
  type PipelineOptions,
  resource,
  type RunOptions,
  secret,
  source,
  transformer,
} from "../../core/index.ts";
import type { StoredSchema } from "../../core/schema/stored.ts";
import { installTestHost } from "./host.ts";

let store: MemoryStore;
beforeAll(() => installTestHost({ KEY: "k" }));
beforeEach(() => void (store = memory()));

type Options = Parameters<typeof resource>[1];
interface Levels {
  run?: Contract;
  resource?: Contract;
  source?: Contract;
  pipeline?: Contract;
}

/** A load of records, with contracts stated at some levels. */
const load = (data: unknown, levels: Levels = {}, options: Options = {}, more: RunOptions = {}) => {
  const made = resource(
    "t",
    { ...options, ...(levels.resource ? { contract: levels.resource } : {}) },
    data as object[],
  );
  const from = levels.source ? source("p", { contract: levels.source }, [made]) : made;
  const ofPipeline: PipelineOptions = levels.pipeline ? { contract: levels.pipeline } : {};
  return pipeline("p", from, ofPipeline).run({
    to: store,
    ...(levels.run ? { contract: levels.run } : {}),
    ...more,
  });
};

const ids = (table = "t") => (store.tables()[table] ?? []).map(({ id }) => id);

async function document(): Promise<StoredSchema> {
  const session = await store.open({ dataset: "p_dataset", resolve: async () => "" } as never);
  return (await session.restore("p", "p")).schema as unknown as StoredSchema;
}

const DROP = { columns: "discard_row" } as const;
const KEEP = { columns: "evolve" } as const;

describe("which contract holds", () => {
  const two = [{ id: 2 }, { id: 3, new: 1 }];
  const levels: [string, Levels, boolean][] = [
    ["the run's", { run: DROP }, true],
    ["the resource's", { resource: DROP }, true],
    ["the source's", { source: DROP }, true],
    ["the pipeline's", { pipeline: DROP }, true],
    ["the run's before the resource's", { run: KEEP, resource: DROP }, false],
    ["the resource's before the source's", { resource: KEEP, source: DROP }, false],
    ["the source's before the pipeline's", { source: KEEP, pipeline: DROP }, false],
    [
      "one as a whole: what it leaves out may evolve",
      { resource: { tables: "freeze" }, source: DROP },
      false,
    ],
  ];
  test.each(levels)("%s", async (_, stated, drops) => {
    await load([{ id: 1 }]);
    await load(two, stated);
    expect(ids()).toEqual(drops ? [1, 2] : [1, 2, 3]);
  });

  test("what was stated once holds until another is", async () => {
    await load([{ id: 1 }], { resource: DROP });
    await load(two);
    await load([{ id: 4, new: 1 }], { resource: KEEP });
    await load([{ id: 5, newer: 1 }]);
    expect(ids()).toEqual([1, 2, 4, 5]);
  });

  test("it stands in the schema as dlt writes it", async () => {
    await load([{ id: 1 }], { resource: { columns: "freeze" } });
    expect(await document()).toMatchObject({ tables: { t: { schema_contract: { columns: "freeze" } } } });
    expect((await document()).settings).not.toHaveProperty("schema_contract");
    await load([{ id: 2 }], { run: "discard_row" });
    expect(await document()).toMatchObject({
      settings: { schema_contract: "discard_row" },
      tables: { t: { schema_contract: "discard_row" } },
    });
  });

  test("a source's is a setting", async () => {
    await load([{ id: 1 }], { source: { columns: "freeze" } });
    const { settings, tables } = await document();
    expect(settings.schema_contract).toEqual({ columns: "freeze" });
    expect(tables["t"]).not.toHaveProperty("schema_contract");
  });

  test("a load that states what was stated stores no new version", async () => {
    await load([{ id: 1 }], { resource: DROP });
    const { version } = await document();
    await load([{ id: 2 }, { id: 3, new: 1 }], { resource: DROP });
    expect((await document()).version).toBe(version);
  });

  test("two contracts for one table are refused where they are written", () => {
    const parts = [resource("a", { table: "x", contract: "freeze" }, []), resource("b", { table: "x" }, [])];
    expect(() => pipeline("p", parts)).toThrow(/under different contracts/);
  });
});

describe("what is left out", () => {
  test("is counted and listed, in the result, in print, in the trace and in the log", async () => {
    await load([{ id: 1, v: 1, l: [{ x: 1 }] }]);
    const logged: string[] = [];
    const info = await load(
      [
        { id: 2, new: true, v: "x" },
        { id: 3, l: [{ x: 2, y: 1 }, { x: 3 }] },
        { id: 4, v: "y", n: [1, 2] },
      ],
      { run: { tables: "discard_row", columns: "discard_row", data_type: "discard_value" } },
      {},
      { log: ({ event }) => void logged.push(event) },
    );
    expect(ids()).toEqual([1, 3, 4]);
    expect(store.tables()["t__l"]!.map(({ x, _dlt_list_idx }) => [x, _dlt_list_idx])).toEqual([
      [1, 0],
      [3, 1],
    ]);
    expect(info.discarded).toEqual({
      rows: 4,
      values: 1,
      entries: 4,
      list: [
        { table: "t", column: "new", entity: "columns", mode: "discard_row", type: "bool", rows: 1 },
        { table: "t__l", column: "y", entity: "columns", mode: "discard_row", type: "bigint", rows: 1 },
        { table: "t", column: "v", entity: "data_type", mode: "discard_value", type: "text", values: 1 },
        { table: "t__n", entity: "tables", mode: "discard_row", rows: 2 },
      ],
    });
    expect(String(info)).toContain(
      [
        "  discarded by the contract: 4 rows and 1 value",
        "    t.new (bool): 1 row, by columns",
        "    t__l.y (bigint): 1 row, by columns",
        "    t.v (text): 1 value, by data_type",
        "    table t__n: 2 rows, by tables",
      ].join("\n"),
    );
    expect(info.trace.steps.find(({ step, table }) => step === "load" && table === "t")).toMatchObject({
      discarded: 2,
    });
    expect(logged.filter((event) => event === "schema.discard")).toHaveLength(4);
    expect(info.records).toBe(3);
  });

  test("is nothing where nothing was", async () => {
    const info = await load([{ id: 1 }]);
    expect(info.discarded).toEqual({ rows: 0, values: 0, entries: 0, list: [] });
    expect(String(info)).not.toContain("discarded");
  });
});

describe("a contract that freezes", () => {
  test("stops the load: nothing of it is there, and the error says where", async () => {
    await load([{ id: 1 }]);
    const run = load([{ id: 2 }, { id: 3, new: "secret words" }], { run: "freeze" });
    await expect(run).rejects.toMatchObject({
      code: "SCHEMA_CONTRACT",
      exitCode: 3,
      where: { table: "t", column: "new", record: 2, entity: "columns", mode: "freeze", valueType: "text" },
    });
    expect(ids()).toEqual([1]);
    await load([{ id: 2, new: 1 }]);
    expect(ids()).toEqual([1, 2]);
  });

  test("never shows what is masked", async () => {
    await load([{ id: 1, mail: "a@b.c" }], {}, { columns: { mail: { mask: "hmac", key: secret("KEY") } } });
    const error = await load(
      [{ id: 2, mail: "ada@example.com", new: 1 }],
      { run: "freeze" },
      { columns: { mail: { mask: "hmac", key: secret("KEY") } } },
    ).catch((thrown: Error) => thrown);
    expect(JSON.stringify(error) + String(error)).not.toContain("ada@");
  });

  test("freezes number types: no column is widened", async () => {
    await load([{ id: 1, v: 1 }]);
    await expect(load([{ id: 2, v: 1.5 }], { run: { data_type: "freeze" } })).rejects.toMatchObject({
      where: { column: "v", entity: "data_type", valueType: "double" },
    });
    const info = await load([{ id: 2, v: 1.5 }]);
    expect(info.schemaChanges).toMatchObject([{ kind: "column-widened", column: "v" }]);
  });
});

describe("whatever is loaded, and however", () => {
  const more = [{ id: 2 }, { id: 3, new: 1 }];
  const forms: [string, () => unknown][] = [
    ["objects", () => more],
    ["JSON text", () => JSON.stringify(more)],
    ["lines", () => more.map((each) => JSON.stringify(each)).join("\n")],
    ["a stream", () => new Response(JSON.stringify(more)).body],
  ];
  test.each(forms)("%s", async (_, data) => {
    await load([{ id: 1 }]);
    await load(data(), { run: DROP });
    expect(ids()).toEqual([1, 2]);
  });

  test("comma-separated text", async () => {
    await load([{ id: 1 }]);
    await load("id,new\n2,\n3,1\n", { run: DROP }, { format: "csv" });
    expect(ids()).toEqual([1, 2]);
  });

  test("what map makes", async () => {
    await load([{ id: 1 }]);
    const map = (row: { id: number }) => (row.id === 3 ? { ...row, new: 1 } : row);
    await load([{ id: 2 }, { id: 3 }], { run: DROP }, { map } as Options);
    expect(ids()).toEqual([1, 2]);
  });

  test.each(["append", "replace", "merge"] as const)("%s", async (write) => {
    const options = { write, ...(write === "merge" ? { primaryKey: "id" } : {}) } as Options;
    await load([{ id: 1 }, { id: 3 }], {}, options);
    await load(more, { run: DROP }, options);
    expect(ids()).toEqual(write === "replace" ? [2] : write === "merge" ? [1, 3, 2] : [1, 3, 2]);
  });

  test("tables that records name: those that are new are not made", async () => {
    const routed = (rows: object[], contract?: Contract) =>
      pipeline("p", resource("t", { table: { by: "kind" } }, rows)).run({
        to: store,
        ...(contract ? { contract } : {}),
      });
    await routed([{ kind: "a", id: 1 }]);
    const info = await routed(
      [
        { kind: "a", id: 2 },
        { kind: "b", id: 3 },
        { kind: "a", id: 4, new: 1 },
      ],
      "discard_row",
    );
    expect(ids("a")).toEqual([1, 2]);
    expect(store.tables()).not.toHaveProperty("b");
    expect(info.discarded.list).toMatchObject([
      { table: "b", entity: "tables" },
      { table: "a", column: "new" },
    ]);
    await expect(routed([{ kind: "b", id: 5 }], "freeze")).rejects.toMatchObject({
      where: { table: "b", entity: "tables" },
    });
  });

  test("transformers read the records that are left out, too", async () => {
    const parents = (rows: object[]) => resource("t", {}, rows);
    const children = (rows: object[]) => {
      const from = parents(rows);
      const child = transformer("c", { from, pick: { id: "bigint" }, include: ["id"] }, () => [{ x: 1 }]);
      return pipeline("p", [from, child]);
    };
    await children([{ id: 1 }]).run({ to: store });
    await children([{ id: 2, new: 1 }]).run({ to: store, contract: { columns: "discard_row" } });
    expect(ids()).toEqual([1]);
    expect(store.tables()["c"]!.map(({ _t_id }) => _t_id)).toEqual([1, 2]);
  });

  test("a preview, where all tables are new", async () => {
    const made = resource("t", { contract: "freeze" }, [
      { id: 1, l: [{ x: 1 }] },
      { id: 2, new: 1 },
    ]);
    const { tables } = await pipeline("p", made).preview();
    expect(tables["t"]).toHaveLength(2);
    expect(tables["t__l"]).toHaveLength(1);
  });
});
