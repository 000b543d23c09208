import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  memory,
  type MemoryStore,
  pipeline,
  resource,
  secret,
  setting,
  transformer,
} from "../../core/index.ts";
import { installTestHost } from "./host.ts";

let store: MemoryStore;
beforeAll(() => installTestHost({ PII: "pepper", REGION: "eu-west" }));
beforeEach(() => void (store = memory()));

type Options = Parameters<typeof resource>[1];

const load = (options: object, data: object[] | string, run: object = {}) =>
  pipeline("p", resource("t", options as Options, data)).run({ to: store, ...run });

const read = (table: string) =>
  (store.tables()[table] ?? []).map((row) =>
    Object.fromEntries(
      Object.entries(row).filter(([name, value]) => !name.startsWith("_dlt_") && value !== null),
    ),
  );

const columnsOf = (info: Awaited<ReturnType<typeof load>>, table = "t") =>
  Object.fromEntries(
    Object.entries(info.tables[table]!.columns)
      .filter(([name]) => !name.startsWith("_dlt_"))
      .map(([name, { type }]) => [name, type]),
  );

describe("hints by path", () => {
  test("lead into objects and through lists", async () => {
    const columns = {
      "address.zip": "text",
      "labels.color": "text",
      "labels.size": { type: "decimal", precision: 5, scale: 1 },
    };
    const info = await load({ columns }, [
      {
        address: { zip: 8001 },
        labels: [
          { color: 7, size: 1.25 },
          { color: 8, size: 2 },
        ],
      },
    ]);
    expect(columnsOf(info)).toEqual({ address__zip: "text" });
    expect(columnsOf(info, "t__labels")).toMatchObject({ color: "text", size: "decimal" });
    expect(read("t")).toEqual([{ address__zip: "8001" }]);
    expect(read("t__labels").map(({ color }) => color)).toEqual(["7", "8"]);
  });

  test("name keys that have dots in brackets", async () => {
    const columns = { "['a.b']": "text", 'c["d.e"]': { as: "e" } };
    const info = await load({ columns }, [{ "a.b": 1, c: { "d.e": 2 } }]);
    expect(columnsOf(info)).toEqual({ a_b: "text", c__e: "bigint" });
  });

  test("keep a subtree as one JSON column, bytes as binary", async () => {
    const columns = { "o.tree": "json", raw: "binary" };
    const info = await load({ columns }, [{ o: { tree: { a: [1, { b: 2 }] } }, raw: "aGk=" }]);
    expect(columnsOf(info)).toEqual({ raw: "binary", o__tree: "json" });
    expect(Object.keys(info.tables)).toEqual(["t"]);
  });

  test("of columns of comma-separated text", async () => {
    const columns = {
      n: "text",
      price: { type: "decimal", precision: 6, scale: 2 },
      gone: "drop",
      mail: { mask: "redact" },
    };
    const info = await load({ columns, format: "csv" }, "n,price,gone,mail\n007,1.50,x,me@example.org\n");
    expect(columnsOf(info)).toEqual({ n: "text", price: "decimal", mail: "text" });
    expect(read("t")).toMatchObject([{ n: "007", mail: "***" }]);
  });

  test("whose field does not come declare a typed column, else nothing", async () => {
    const info = await load(
      { columns: { later: "date", never: { as: "x" }, "far.away": { mask: "redact" } } },
      [{ id: 1 }],
    );
    expect(columnsOf(info)).toEqual({ id: "bigint", later: "date" });
  });

  test("may send two fields to one column", async () => {
    const columns = { fName: { as: "name" }, "first name": { as: "name" } };
    await load({ columns }, [{ fName: "Ada" }, { "first name": "Bob" }]);
    expect(read("t")).toEqual([{ name: "Ada" }, { name: "Bob" }]);
  });

  test("a null where none may be is an error that names column and record", async () => {
    const columns = { id: { type: "bigint", nullable: false } };
    await expect(load({ columns }, [{ id: 1 }, { id: null }])).rejects.toMatchObject({
      code: "NULL_IN_KEY",
      where: { resource: "t", column: "id", record: 2 },
    });
    expect(store.tables()["t"] ?? []).toEqual([]);
  });

  test.each<[string, object, RegExp]>([
    ["no type", { columns: { a: "integer" } }, /column a: "integer" is no type/],
    ["no type in a hint", { columns: { a: { type: "int" } } }, /column a: "int" is no type/],
    ["no hint", { columns: { a: 5 } }, /column a: it is no type and no hint/],
    ["an unknown option", { columns: { a: { typ: "text" } } }, /column a: there is no "typ"/],
    ["a precision of text", { columns: { a: { type: "text", precision: 5 } } }, /column a: precision/],
    ["a precision too large", { columns: { a: { type: "decimal", precision: 39 } } }, /column a: precision/],
    [
      "a scale beyond the precision",
      { columns: { a: { type: "decimal", precision: 3, scale: 4 } } },
      /column a: scale/,
    ],
    ["an unknown mask", { columns: { a: { mask: "md5" } } }, /column a: mask is one of hmac/],
    ["hmac without a key", { columns: { a: { mask: "hmac" } } }, /column a: mask "hmac" needs a key/],
    [
      "a key in the code",
      { columns: { a: { mask: "hmac", key: "pepper" } } },
      /column a: a key is no text in the code/,
    ],
    [
      "a masked number",
      { columns: { a: { mask: "redact", type: "bigint" } } },
      /column a: what is masked by redact is text/,
    ],
    ["an empty name", { columns: { a: { as: " " } } }, /column a: as is the column's name/],
    ["no path", { columns: { "a..b": "text" } }, /columns: "a..b" names no field/],
    ["one field twice", { columns: { "a.b": "text", "a['b']": "text" } }, /a\.b and a\['b'\] are one field/],
    [
      "one column as two types",
      { columns: { userId: "text", user_id: "bigint" } },
      /userId and user_id lead to one column, user_id/,
    ],
    ["a hint inside JSON", { columns: { a: "json", "a.b": "text" } }, /a\.b lies in a, which stays JSON/],
    [
      "a hint inside what is dropped",
      { columns: { a: "drop", "a.b": "text" } },
      /a\.b lies in a, which is dropped/,
    ],
    ["a dropped key", { primaryKey: "id", columns: { id: "drop" } }, /id is a key and dropped/],
    [
      "a key masked to one value",
      { primaryKey: "id", columns: { id: { mask: "redact" } } },
      /id is a key: mask "redact"/,
    ],
    [
      "a nullable key",
      { primaryKey: "id", columns: { id: { nullable: true } } },
      /id is a key and cannot be nullable/,
    ],
    ["a constant that is secret", { constants: { a: secret("S") } }, /constant a is a secret/],
    ["a constant that is nothing", { constants: { a: undefined } }, /constant a is undefined/],
    ["a route that is none", { table: { from: "x" } }, /table is a name, or \{ by: field \}/],
    [
      "a wrong hint of a routed table",
      { table: { by: "x", columns: { y: { a: "int" } } } },
      /table y: column a: "int" is no type/,
    ],
  ])("%s is refused where it is declared", (_, options, message) => {
    expect(() => resource("users", options as Options, [])).toThrow(
      expect.objectContaining({
        code: "PIPELINE_INVALID",
        message: expect.stringMatching(message),
      }),
    );
  });
});

describe("tables named by a field", () => {
  const events = [
    { kind: "Push", id: 1, size: 5, at: "2024-01-01" },
    { kind: "issue", id: 1, size: "x" },
    { id: 9, size: 1 },
  ];
  test("all have the resource's hints, some have their own", async () => {
    const table = { by: "kind", columns: { Push: { size: "double" }, issue: { at: "date" } } };
    const info = await load({ table, columns: { size: "text", id: "text" } }, events);
    expect(columnsOf(info, "push")).toEqual({ size: "double", id: "text", kind: "text", at: "text" });
    expect(columnsOf(info, "issue")).toEqual({ size: "text", id: "text", at: "date", kind: "text" });
    expect(columnsOf(info)).toEqual({ size: "text", id: "text" });
  });

  test.each(["delete-insert", "upsert"])("merge by their keys, %s", async (strategy) => {
    const options = {
      table: { by: "kind" },
      write: "merge",
      strategy,
      primaryKey: "id",
      columns: { size: "text" },
    };
    await load(options, [
      { kind: "Push", id: 1, size: 1, l: [1] },
      { kind: "issue", id: 1, size: 2 },
      { id: 1, size: 0 },
    ]);
    await load(options, [
      { kind: "Push", id: 1, size: 3, l: [2] },
      { kind: "Push", id: 2, size: 4 },
    ]);
    expect(read("push")).toEqual([
      { kind: "Push", id: 1, size: "3" },
      { kind: "Push", id: 2, size: "4" },
    ]);
    expect(read("push__l")).toEqual([{ value: 2 }]);
    expect(read("issue")).toEqual([{ kind: "issue", id: 1, size: "2" }]);
    expect(read("t")).toEqual([{ id: 1, size: "0" }]);
    await expect(load(options, [{ kind: "Push", size: 1 }])).rejects.toMatchObject({ code: "NULL_IN_KEY" });
  });
});

describe("constants", () => {
  const constants = {
    region: setting("REGION"),
    batch: 7n,
    at: new Date("2024-01-02T03:04:05Z"),
    tags: ["x"],
    none: null,
  };
  test.each<[string, object, object[] | string]>([
    ["objects", {}, [{ id: 1, region: "own" }]],
    ["bytes", {}, '{"id":1,"region":"own"}\n'],
    ["comma-separated text", { format: "csv" }, "id,region\n1,own\n"],
    ["mapped rows", { map: (row: object) => row }, [{ id: 1 }]],
  ])("are in every record of %s", async (_, options, data) => {
    const info = await load({ ...options, constants }, data);
    expect(columnsOf(info)).toMatchObject({ region: "text", batch: "bigint", at: "timestamp" });
    expect(read("t")).toMatchObject([{ id: 1, region: "eu-west", batch: 7 }]);
    expect(read("t__tags")).toEqual([{ value: "x" }]);
  });

  test("go into routed tables and into rows of transformers beside what is included", async () => {
    const parents = resource("parents", {}, [{ id: 1 }]);
    const children = transformer(
      "children",
      {
        from: parents,
        pick: { id: "bigint" },
        include: ["id"],
        constants: { region: "eu" },
        table: { by: "kind" },
      },
      () => [{ kind: "a" }, { kind: "b" }],
    );
    await pipeline("p", [parents, children]).run({ to: store });
    expect([...read("a"), ...read("b")]).toEqual(
      ["a", "b"].map((kind) => ({ kind, _parents_id: 1, region: "eu" })),
    );
  });

  test("count in the key and are hinted as fields are", async () => {
    const options = {
      constants: { region: "eu" },
      write: "merge",
      primaryKey: ["region", "id"],
      columns: { region: { as: "area" } },
    };
    await load(options, [{ id: 1, v: 1 }]);
    await load(options, [{ id: 1, v: 2 }]);
    expect(read("t")).toEqual([{ id: 1, v: 2, area: "eu" }]);
  });

  test("that a setting is to give and that is not set stop the run", async () => {
    await expect(load({ constants: { a: setting("NOPE") } }, [{ id: 1 }])).rejects.toMatchObject({
      code: "CONFIG_MISSING",
    });
  });
});

describe("what is masked", () => {
  const mail = "me@example.org";
  test("is masked in lists, whole subtrees and routed tables", async () => {
    const columns = {
      "who.mail": { mask: "hmac", key: secret("PII") },
      all: { mask: "redact" },
      "l.mail": { mask: "null" },
    };
    await load({ columns, table: { by: "kind" } }, [
      { kind: "a", who: { mail }, all: { deep: [mail] }, l: [{ mail, x: 1 }] },
    ]);
    expect(read("a")).toMatchObject([{ all: "***", who__mail: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    expect(read("a__l")).toEqual([{ x: 1 }]);
    expect(
      JSON.stringify(store.tables(), (_, v: unknown) => (typeof v === "bigint" ? String(v) : v)),
    ).not.toContain(mail);
  });

  test("is not stored by way of a transformer, nor told when it is no such type", async () => {
    const parents = resource("parents", { columns: { mail: { mask: "redact" } } }, [{ mail }]);
    const pick = { mail: "bigint" } as const;
    expect(() => transformer("c", { from: parents, pick, include: ["mail"] }, () => [])).toThrow(
      /would store what parents masks/,
    );
    const run = pipeline("p", [parents, transformer("c", { from: parents, pick }, () => [])]).run({
      to: store,
    });
    const error: Error = await run.then(
      () => new Error("none"),
      (e: Error) => e,
    );
    expect(error.message).toContain("picked field mail is no bigint");
    expect(JSON.stringify(error) + error.message).not.toContain(mail);
  });
});
