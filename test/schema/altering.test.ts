import { beforeAll, describe, expect, test } from "vitest";
import { memory, pipeline, resource } from "../../core/index.ts";
import { exportSchema, importSchema } from "../../core/schema/exchange.ts";
import { stepLine } from "../../core/schema/steps.ts";
import { installTestHost } from "../pipeline/host.ts";

beforeAll(() => void installTestHost());

describe("altering to what is there", () => {
  const rows = [{ id: 1, o: { x: 1.5 }, n: null, l: [{ k: 1 }] }];
  test.each([
    ["appended", {}],
    ["merged", { write: "merge", primaryKey: "id" }],
    ["with versions", { write: "merge", strategy: "scd2" }],
    ["with a contract", { contract: { columns: "freeze" }, maxNesting: 3 }],
    ["with a nested key", { nested: { l: { primaryKey: "k", write: "merge" } } }],
    ["with null-only columns", { nullColumns: "text" }],
  ])("does nothing: %s", async (_, options) => {
    const to = memory();
    const { dataset } = await pipeline("p", resource("t", options as object, rows)).run({ to });
    const before = await dataset.schema();
    for (const file of [exportSchema(before), JSON.parse(JSON.stringify(exportSchema(before))) as unknown]) {
      const done = await dataset.alter({ to: importSchema(file) });
      expect(done).toMatchObject({
        steps: [],
        hints: [],
        version: before.version,
        versionHash: before.version_hash,
      });
      expect(done.loadId).toBeUndefined();
    }
    expect(await dataset.schema()).toEqual(before);
  });
});

describe("a table that no data has come for is changed in the document", () => {
  const given = (columns: object) =>
    importSchema({
      name: "p",
      tables: { later: { columns }, gone: { columns: { x: { data_type: "text" } } } },
    });
  const start = async () => {
    const schema = given({ a: { data_type: "text" }, b: { data_type: "bigint", nullable: false } });
    const to = memory();
    const { dataset } = await pipeline("p", resource("t", {}, [{ id: 1 }]), { schema }).run({ to });
    return { dataset, to };
  };

  test("to any type, under any name; what was done is told", async () => {
    const { dataset, to } = await start();
    const schema = structuredClone(await dataset.schema());
    const { a, b, ...others } = schema.tables["later"]!.columns;
    schema.tables["later"]!.columns = {
      a: { ...a!, data_type: "bigint" },
      c: { ...b!, name: "c", nullable: true, "x-runlet": { renamedFrom: "b" } },
      ...others,
    };
    delete schema.tables["gone"];
    const done = await dataset.alter({ to: schema });
    expect(done.steps).toEqual([]);
    expect(done.documented.map(stepLine)).toEqual([
      "- gone",
      "~ later.b → c",
      "~ later.a text → bigint",
      "~ later.c not null → nullable",
    ]);
    expect(done.version).toBe(schema.version + 1);
    expect(Object.keys(to.tables())).toEqual(["t"]);
    expect((await dataset.schema()).tables).not.toHaveProperty("gone");
    await pipeline("p", resource("later", {}, [{ a: 1, c: 2 }])).run({ to });
    expect(to.tables()["later"]).toMatchObject([{ a: 1, c: 2 }]);
  });

  test("by rename and drop, beside one that has data", async () => {
    const { dataset } = await start();
    const done = await dataset.alter({ rename: { later: "soon", t: "u" }, drop: ["gone", "soon.a"] });
    expect(done.steps.map(stepLine)).toEqual(["~ t → u"]);
    expect(done.documented.map(stepLine)).toEqual(["~ later → soon", "- gone", "- soon.a text"]);
    expect(Object.keys((await dataset.schema()).tables)).toEqual(expect.arrayContaining(["soon", "u"]));
  });
});
