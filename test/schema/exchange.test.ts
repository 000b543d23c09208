import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  diffSchemas,
  exportSchema,
  importSchema,
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
});
