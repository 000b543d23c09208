import { type } from "arktype";
import * as v from "valibot";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { memory, type MemoryStore, pipeline, resource, type RunOptions } from "../../core/index.ts";
import { installTestHost } from "./host.ts";

let store: MemoryStore;
beforeAll(() => installTestHost());
beforeEach(() => void (store = memory()));

type Options = Parameters<typeof resource>[1];

const load = (options: object, data: object[] | string, run: RunOptions = {}) =>
  pipeline("p", resource("t", options as Options, data)).run({ to: store, ...run });

const read = (table = "t") =>
  (store.tables()[table] ?? []).map((row) =>
    Object.fromEntries(
      Object.entries(row).filter(([name, value]) => !name.startsWith("_dlt_") && value !== null),
    ),
  );

const QUARANTINE: RunOptions = { normalise: { onBadRecord: "quarantine" } };

describe.each([
  ["zod", z.object({ id: z.int(), name: z.string(), o: z.object({ zip: z.string() }).optional() })],
  [
    "valibot",
    v.object({
      id: v.pipe(v.number(), v.integer()),
      name: v.string(),
      o: v.optional(v.object({ zip: v.string() })),
    }),
  ],
  ["arktype", type({ id: "number.integer", name: "string", "o?": { zip: "string" } })],
])("records held against a schema of %s", (library, schema) => {
  const good = { id: 1, name: "Ada", o: { zip: "8001" } };
  const bad = { id: 2, name: "Bob", o: { zip: 815 } };

  test.each<[string, object, object[] | string]>([
    ["objects", { validate: true }, [good, bad]],
    ["lines", { validate: true }, `${JSON.stringify(good)}\n${JSON.stringify(bad)}\n`],
    ["a document", { validate: true, records: "d" }, JSON.stringify({ d: [good, bad] })],
    ["mapped rows", { map: (row: object) => row }, [good, bad]],
  ])("stop the load, %s, and say which and where", async (_, options, data) => {
    const error: Error & { where?: object } = await load({ schema, ...options }, data).then(
      () => new Error("loaded"),
      (e: Error) => e,
    );
    expect(error).toMatchObject({
      code: "SCHEMA_CONTRACT",
      where: { resource: "t", table: "t", record: 2, column: "o.zip" },
    });
    expect(error.message).toContain("record 2 of t is not as its schema says: o.zip: ");
    expect(error.message).toMatch(library === "valibot" ? /found number/ : /expected string, found number/);
    expect(store.tables()["t"] ?? []).toEqual([]);
  });

  test("are set aside, and the others loaded", async () => {
    const info = await load({ schema, validate: true }, [good, bad, { ...good, id: 3 }], QUARANTINE);
    expect(read().map(({ id }) => id)).toEqual([1, 3]);
    expect(info.rejects).toBe(1);
    expect(read("_runlet_rejects")).toMatchObject([
      {
        table_name: "t",
        record_number: 2,
        code: "SCHEMA_CONTRACT",
        message: expect.stringContaining("o.zip"),
      },
    ]);
  });

  test("are not looked at where nobody asks: bytes stay bytes", async () => {
    await load({ schema }, [bad]);
    expect(read()).toHaveLength(1);
  });

  test("do not show what is masked", async () => {
    const columns = { o: { mask: "redact" } };
    const record = { ...good, o: { zip: ["hush"] } };
    const error: Error = await load({ schema, validate: true, columns }, [record]).then(
      () => new Error("loaded"),
      (e: Error) => e,
    );
    expect(error.message).toContain("o.zip: ");
    expect(JSON.stringify(error) + error.message).not.toContain("hush");
    await load({ schema, validate: true, columns }, [record], QUARANTINE);
    expect(
      JSON.stringify(read("_runlet_rejects"), (_, x: unknown) => (typeof x === "bigint" ? `${x}` : x)),
    ).not.toContain("hush");
  });
});

test("what the schema makes of a record is what is loaded, and what map sees", async () => {
  const schema = z.object({ id: z.coerce.number(), at: z.coerce.date(), kind: z.string().default("none") });
  const seen: unknown[] = [];
  await load({ schema, map: (row: { at: Date }) => (seen.push(row.at instanceof Date), row) }, [
    { id: "5", at: "2024-01-02", extra: 1 },
  ]);
  expect(seen).toEqual([true]);
  expect(read()).toMatchObject([{ id: 5, kind: "none", at: expect.stringContaining("2024-01-02") }]);
  expect(Object.keys(read()[0]!)).not.toContain("extra");
});

test("with validate: false, map gets rows as they are", async () => {
  const schema = z.object({ id: z.int() });
  await load({ schema, validate: false, map: (row: object) => row }, [{ id: "x" }]);
  expect(read()).toHaveLength(1);
});

test("the words of a library are kept where the type is right, unless they may show a masked value", async () => {
  const schema = v.object({ n: v.pipe(v.string(), v.email()) });
  await expect(load({ schema, validate: true }, [{ n: "no mail" }])).rejects.toThrow(
    /n: Invalid email: Received "no mail" \(found string\)/,
  );
  await expect(
    load({ schema, validate: true, columns: { n: { mask: "redact" } } }, [{ n: "no mail" }]),
  ).rejects.toThrow(/n: refused \(found string\)/);
});

test("a schema that answers later is waited for", async () => {
  const schema = z.object({ id: z.int().refine(async (n) => n > 1) });
  await load({ schema, validate: true }, [{ id: 1 }, { id: 2 }], QUARANTINE);
  expect(read()).toEqual([{ id: 2 }]);
});

test("records of comma-separated text are checked as the columns' types read them", async () => {
  const schema = z.object({ id: z.int(), name: z.string() });
  await load({ schema, validate: true, format: "csv" }, "id,name\n1,Ada\n2,\n", QUARANTINE);
  expect(read().map(({ id }) => id)).toContain(1);
});

test("records are counted over the parts of an input", async () => {
  const lines = Array.from({ length: 5000 }, (_, i) =>
    JSON.stringify({ id: i === 4200 ? "x" : i, pad: "p".repeat(200) }),
  );
  await expect(
    load({ schema: z.object({ id: z.int() }), validate: true }, lines.join("\n")),
  ).rejects.toMatchObject({ where: { record: 4201 } });
});

test.each<[string, object, RegExp]>([
  ["no schema to validate by", { validate: true }, /validate needs a schema/],
  ["a schema that is none", { schema: {} }, /schema is no Standard Schema/],
  ["validate that is no switch", { schema: z.object({}), validate: "yes" }, /validate is true or false/],
])("%s is refused where it is declared", (_, options, message) => {
  expect(() => resource("t", options as Options, [])).toThrow(message);
});

describe("column types stated by a schema", () => {
  const types = async (schema: object, data: object[]) => {
    const { schema: tables } = await pipeline("p", resource("t", { schema } as Options, data)).preview();
    return Object.fromEntries(
      Object.values(tables).flatMap(({ name, columns }) =>
        Object.values(columns)
          .filter((column) => !column.name.startsWith("_dlt_"))
          .map((column) => [`${name}.${column.name}`, column.data_type]),
      ),
    );
  };

  test("zod: scalars, formats, nullables, objects, lists", async () => {
    const schema = z.object({
      id: z.int(),
      n: z.number(),
      on: z.boolean(),
      at: z.iso.datetime(),
      day: z.iso.date(),
      clock: z.iso.time(),
      uid: z.uuid(),
      b64: z.base64(),
      may: z.number().nullable().optional(),
      kind: z.enum(["a", "b"]),
      o: z.object({ zip: z.string() }).nullish(),
      l: z.array(z.object({ c: z.string(), m: z.array(z.number()) })),
      tags: z.array(z.string()),
      either: z.union([z.string(), z.number()]),
      big: z.bigint(),
      when: z.date(),
    });
    const found = await types(schema, [
      {
        id: 1,
        n: 2,
        on: true,
        at: "2024-01-01T00:00:00Z",
        day: "2024-01-01",
        clock: "01:02:03",
        uid: "u",
        b64: "aGk=",
        kind: "a",
        o: { zip: 8001 },
        l: [{ c: 1, m: [1] }],
        tags: [5],
        either: 1,
        big: 5,
        when: "2024-01-01T00:00:00Z",
      },
    ]);
    expect(found).toEqual({
      "t.id": "bigint",
      "t.n": "double",
      "t.on": "bool",
      "t.at": "timestamp",
      "t.day": "date",
      "t.clock": "text",
      "t.uid": "text",
      "t.b64": "binary",
      "t.may": "double",
      "t.kind": "text",
      "t.o__zip": "text",
      "t.either": "bigint",
      "t.big": "bigint",
      "t.when": "timestamp",
      "t__l.c": "text",
      "t__l__m.value": "double",
      "t__tags.value": "text",
    });
  });

  test("arktype: unions with null, references", async () => {
    const schema = type({ id: "number.integer", n: "string|null", "l?": type({ c: "string" }).array() });
    expect(await types(schema, [{ id: 1, n: 5, l: [{ c: 1 }] }])).toEqual({
      "t.id": "bigint",
      "t.n": "text",
      "t__l.c": "text",
    });
  });

  test("plain JSON Schema: references, int64, base64, keys with dots", async () => {
    const output = () => ({
      $defs: {
        money: { type: "string", format: "decimal" },
        node: { type: "object", properties: { next: { $ref: "#/$defs/node" }, v: { type: "string" } } },
      },
      properties: {
        price: { $ref: "#/$defs/money" },
        big: { type: "string", format: "int64" },
        raw: { type: "string", contentEncoding: "base64" },
        "a.b's": { type: "string" },
        tree: { $ref: "#/$defs/node" },
        level: { enum: ["low", "high", null] },
        clock: { type: "string", format: "time" },
        n: { oneOf: [{ type: "integer" }, { type: "null" }] },
      },
    });
    const found = await types({ "~standard": { jsonSchema: { output } } }, [
      {
        price: "1.5",
        big: "7",
        raw: "aGk=",
        "a.b's": 1,
        tree: { v: 1, next: { v: 2 } },
        level: 3,
        clock: "01:02:03",
        n: "4",
      },
    ]);
    expect(found).toEqual({
      "t.price": "decimal",
      "t.big": "bigint",
      "t.raw": "binary",
      "t.a_b_s": "text",
      "t.tree__v": "text",
      "t.tree__next__v": "text",
      "t.level": "text",
      "t.clock": "time",
      "t.n": "bigint",
    });
  });

  test("give way to what columns say", async () => {
    const schema = z.object({ id: z.int(), o: z.object({ x: z.string() }), m: z.int() });
    const columns = { id: "text", o: "json", m: { mask: "redact" } };
    const { schema: tables } = await pipeline(
      "p",
      resource("t", { schema, columns } as Options, [{ id: 1, o: { x: 1 }, m: 5 }]),
    ).preview();
    const { id, o, m } = tables["t"]!.columns;
    expect([id!.data_type, o!.data_type, m!.data_type]).toEqual(["text", "json", "text"]);
  });

  test("a schema that cannot be told as JSON Schema is an error of the pipeline", async () => {
    const output = () => {
      throw new Error("Transforms cannot be represented");
    };
    const run = load({ schema: { "~standard": { jsonSchema: { output } } } }, [{ id: 1 }]);
    await expect(run).rejects.toMatchObject({
      code: "PIPELINE_INVALID",
      message: expect.stringContaining("resource t: its schema has no JSON Schema"),
    });
  });
});
