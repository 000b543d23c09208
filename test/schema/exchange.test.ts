import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  diffSchemas,
  exportSchema,
  importSchema,
  incremental,
  memory,
  type MemoryStore,
  pipeline,
  resource,
  type SchemaFile,
} from "../../core/index.ts";
import { schemaVersionHash } from "../../core/schema/version-hash.ts";
import { installTestHost } from "../pipeline/host.ts";

beforeAll(() => void installTestHost());

let to: MemoryStore;
beforeEach(() => void (to = memory()));

const GIVEN: SchemaFile = {
  name: "p",
  tables: {
    t: {
      description: "things",
      columns: {
        id: { data_type: "text", nullable: false, description: "the key" },
        price: { data_type: "decimal", precision: 12, scale: 2 },
        later: { data_type: "bool" },
      },
    },
    never: { columns: { x: { data_type: "text" } } },
  },
};
const load = (data: object[], schema?: SchemaFile, options: Parameters<typeof resource>[1] = {}) =>
  pipeline("p", resource("t", options, data), schema ? { schema } : {}).run({ to });

describe("a schema that is exported and imported again", () => {
  test("is the same, with dlt's hash, and nothing differs", async () => {
    const info = await load([{ id: 1, list: [{ x: 1.5 }], later: null }]);
    const schema = await info.dataset.schema();
    const file = exportSchema(schema);
    expect(file.tables["t"]).not.toHaveProperty("name");
    const again = importSchema(JSON.parse(JSON.stringify(file)));
    expect(schemaVersionHash(again)).toBe(schema.version_hash);
    expect(diffSchemas(schema.tables, again.tables)).toEqual({ steps: [], hints: [] });
  });

  test.each([
    [null, "it is no schema"],
    [{ name: "p" }, "it is no schema"],
    [{ name: "p", tables: {}, engine_version: 9 }, "engine version 9"],
    [{ name: "p", tables: { t: 1 } }, "table t is no mapping"],
    [{ name: "p", tables: { t: { columns: [] } } }, "table t is no mapping"],
    [{ name: "p", tables: { t: { columns: { a: "text" } } } }, "column t.a is no mapping"],
    [{ name: "p", tables: { t: { columns: { a: { data_type: "int" } } } } }, '"int" is no type'],
    [
      { name: "p", tables: { t: { columns: { a: { precision: "1); drop table t; --" } } } } },
      "t.a: precision is",
    ],
    [{ name: "p", tables: { t: { columns: { a: { scale: -1 } } } } }, "t.a: scale is -1"],
    [{ name: "p", tables: { t: { columns: { a: { nullable: "no" } } } } }, 't.a: nullable is "no"'],
    [{ name: "p", tables: { t: { parent: "t" } } }, "table t is nested in itself"],
    [{ name: "p", tables: { t: { parent: "u" }, u: { parent: "t" } } }, "table t is nested in itself"],
    [{ name: "p", tables: { t: { parent: 1 } } }, "table t: parent is 1"],
    [JSON.parse('{"name":"p","tables":{"__proto__":{}}}'), "no table can be called __proto__"],
    [{ name: "p", tables: {}, settings: 7 }, "settings is 7"],
    [{ name: "p", tables: {}, normalizers: {} }, "normalizers is {}"],
    [{ name: "p", tables: {}, version: "new" }, 'version is "new"'],
  ])("%j is refused", (given, message) => {
    expect(() => importSchema(given, "x.yaml")).toThrow(
      expect.objectContaining({ code: "SCHEMA_INVALID", message: expect.stringContaining(message) }),
    );
  });
});

describe("a pipeline that starts from a schema", () => {
  test("has its types, hints and columns, also those no record brings", async () => {
    const { dataset } = await load([{ id: 1, price: 2, more: true }], GIVEN);
    expect(to.tables()["t"]).toEqual([
      expect.objectContaining({ id: "1", price: "2.00", later: null, more: true }),
    ]);
    expect(to.tables()).not.toHaveProperty("never");
    const { tables } = await dataset.schema();
    expect(tables["t"]).toMatchObject({ description: "things", write_disposition: "append" });
    expect(tables).toHaveProperty("_dlt_pipeline_state");
    expect(tables["t"]!.columns["id"]).toMatchObject({ description: "the key", nullable: false });
    await load([{ id: "b" }]);
    expect((await dataset.schema()).tables["t"]!.columns["id"]).toMatchObject({ description: "the key" });
  });

  test("refuses a null where it says there is none", async () => {
    await expect(load([{ price: 1 }], GIVEN)).rejects.toMatchObject({ code: "NULL_IN_KEY" });
    expect(to.tables()).toEqual({});
  });

  test("gets its new columns where the dataset is there, and is refused where types differ", async () => {
    await load([{ id: "a" }]);
    const { dataset } = await load([{ id: "b" }], GIVEN);
    expect(to.tables()["t"]!.map(({ price }) => price)).toEqual([null, null]);
    const other = structuredClone(GIVEN);
    Object.assign(other.tables["t"]!.columns!["price"]!, { data_type: "text" });
    delete (other.tables["t"]!.columns!["price"] as { precision?: number }).precision;
    await expect(load([{ id: "c" }], other)).rejects.toMatchObject({
      code: "SCHEMA_INVALID",
      where: { table: "t", column: "price" },
      hint: expect.stringContaining("runlet schema apply"),
    });
    expect(
      (await dataset.alter({ to: importSchema({ ...exportSchema(await dataset.schema()) }) })).steps,
    ).toEqual([]);
  });

  test("shows them in a preview", async () => {
    const shown = await pipeline("p", resource("t", {}, [{ id: 1 }]), { schema: GIVEN }).preview();
    expect(shown.schema["t"]!.columns["price"]).toMatchObject({ data_type: "decimal" });
  });

  describe("with a table that gets no rows", () => {
    test("has it in the document alone, run after run, until rows come", async () => {
      const { dataset } = await load([{ id: "a" }], GIVEN);
      await load([{ id: "b" }]);
      expect(to.tables()).not.toHaveProperty("never");
      expect((await dataset.schema()).tables["never"]).not.toHaveProperty("x-normalizer");
      await pipeline("p", resource("never", {}, [{ x: 1 }])).run({ to });
      expect(to.tables()["never"]).toEqual([expect.objectContaining({ x: "1" })]);
      expect((await dataset.schema()).tables["never"]).toMatchObject({
        "x-normalizer": { "seen-data": true },
      });
    });

    test("is altered in the document alone", async () => {
      const { dataset } = await load([{ id: "a" }], GIVEN);
      const same = await dataset.alter({ to: importSchema(exportSchema(await dataset.schema())) });
      expect([same.steps, same.hints]).toEqual([[], []]);
      const done = await dataset.alter({ rename: { never: "ever", "t.price": "cost" } });
      expect(done.steps).toEqual([{ kind: "rename-column", table: "t", column: "price", to: "cost" }]);
      const { tables } = await dataset.schema();
      expect(tables).not.toHaveProperty("never");
      expect(tables["ever"]).not.toHaveProperty("x-normalizer");
      await dataset.alter({ drop: ["ever"] });
      expect((await dataset.schema()).tables).not.toHaveProperty("ever");
    });
  });

  describe("with how tables are written", () => {
    const merging = (more: object = {}, of: object = {}): SchemaFile => ({
      name: "p",
      tables: {
        t: {
          write_disposition: "merge",
          columns: { user_id: { data_type: "bigint", primary_key: true, nullable: false }, ...of },
          ...more,
        } as SchemaFile["tables"][string],
      },
    });
    const seen = () =>
      to
        .tables()
        ["t"]!.map(({ user_id: id, v, gone }) => [Number(id), v, ...(gone === undefined ? [] : [gone])]);

    test.each([
      ["delete-insert", {}, {}],
      ["upsert", { "x-merge-strategy": "upsert" }, { primaryKey: "userId" }],
    ])(
      "merges by its key, also where the field is written otherwise: %s",
      async (strategy, more, options) => {
        const schema = merging(more);
        const load = (data: object[], schema: SchemaFile) =>
          pipeline("p", resource("t", options, data), { schema }).run({ to });
        await load(
          [
            { userId: 1, v: "a", list: [1] },
            { userId: 2, v: "b" },
          ],
          schema,
        );
        const { dataset } = await load([{ userId: 1, v: "c", list: [2, 3] }], schema);
        expect(seen().sort()).toEqual([
          [1, "c"],
          [2, "b"],
        ]);
        expect(
          to
            .tables()
            ["t__list"]!.map(({ value }) => Number(value))
            .sort(),
        ).toEqual([2, 3]);
        const { tables } = await dataset.schema();
        expect(tables["t"]).toMatchObject({
          write_disposition: "merge",
          "x-merge-strategy": strategy,
          columns: { user_id: { primary_key: true } },
        });
      },
    );

    test("heeds its marks: deleted rows, and the versions of scd2", async () => {
      const deleting = merging({}, { gone: { data_type: "bool", hard_delete: true } });
      await load([{ user_id: 1 }, { user_id: 2 }], deleting);
      await load([{ user_id: 1, gone: true }], deleting);
      expect(seen().map(([id]) => id)).toEqual([2]);
      to = memory();
      const versions: SchemaFile = {
        name: "p",
        tables: {
          t: {
            write_disposition: "merge",
            "x-merge-strategy": "scd2",
            columns: {
              since: { data_type: "timestamp", "x-valid-from": true },
              until: { data_type: "timestamp", "x-valid-to": true },
            },
          },
        },
      };
      await load([{ id: 1, v: "a" }], versions);
      await load([{ id: 1, v: "b" }], versions);
      expect(to.tables()["t"]!.map(({ v, until }) => [v, until === null])).toEqual([
        ["a", false],
        ["b", true],
      ]);
    });

    test("replaces; what the resource says itself comes first", async () => {
      const schema: SchemaFile = { name: "p", tables: { t: { write_disposition: "replace" } } };
      await load([{ id: 1 }], schema);
      await load([{ id: 2 }], schema);
      expect(to.tables()["t"]).toHaveLength(1);
      await load([{ id: 3 }], schema, { write: "append" });
      expect(to.tables()["t"]).toHaveLength(2);
      const keyed = merging();
      to = memory();
      await load([{ user_id: 1 }], keyed, { write: "append" });
      await load([{ user_id: 1 }], keyed, { write: "append" });
      expect(to.tables()["t"]).toHaveLength(2);
    });

    test("is refused where nothing says by what to merge, before anything is read", async () => {
      const schema: SchemaFile = { name: "p", tables: { t: { write_disposition: "merge" } } };
      let isRead = false;
      const run = pipeline(
        "p",
        resource("t", {}, () => ((isRead = true), [])),
        { schema },
      ).run({ to });
      await expect(run).rejects.toMatchObject({
        code: "SCHEMA_INVALID",
        where: { table: "t" },
        message: expect.stringContaining("merge needs a primaryKey or a mergeKey"),
      });
      expect(isRead).toBe(false);
    });

    test("a run may name another schema", async () => {
      const run = () => pipeline("p", resource("t", {}, [{ user_id: 1 }])).run({ to, schema: merging() });
      await run();
      await run();
      expect(to.tables()["t"]).toHaveLength(1);
    });

    test("records at a cursor's boundary are told apart by what the resource says of its key", async () => {
      const at = (records: object[]) => load(records, merging(), { cursor: incremental("at") as never });
      await at([{ userId: 1, at: 5 }]);
      await at([
        { userId: 1, at: 5 },
        { userId: 2, at: 5 },
      ]);
      expect(
        seen()
          .map(([id]) => id)
          .sort(),
      ).toEqual([1, 2]);
    });
  });

  test.each(["Never", "_dlt_things", "a b"])("with a table called %s is refused", async (name) => {
    const schema: SchemaFile = { name: "p", tables: { [name]: { columns: { x: { data_type: "text" } } } } };
    await expect(load([{ id: 1 }], schema)).rejects.toMatchObject({ code: "SCHEMA_INVALID" });
    expect(to.tables()).toEqual({});
  });
});
