import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Contract, memory, type MemoryStore, pipeline, resource } from "../../core/index.ts";
import { installTestHost } from "./host.ts";

// Columns that were never null and, by what the code says now, may be.

let store: MemoryStore;
beforeAll(() => void installTestHost());
beforeEach(() => void (store = memory()));

type Options = Parameters<typeof resource>[1];
const load = (options: object, data: object[], contract?: Contract) =>
  pipeline("p", resource("t", options as Options, data)).run({
    to: store,
    ...(contract ? { contract } : {}),
  });
const read = (table: string, column: string) => (store.tables()[table] ?? []).map((row) => row[column]);
const firm = { type: "bigint", nullable: false };
const open = { type: "bigint", nullable: true };

describe.each<[string, (hint: object) => object, (value: unknown) => object, string, string]>([
  ["of the record", (a) => ({ columns: { a } }), (a) => ({ a }), "t", "a"],
  ["in an object", (a) => ({ columns: { "o.a": a } }), (a) => ({ o: { a, b: 1 } }), "t", "o__a"],
  ["with another name", (a) => ({ columns: { a: { ...a, as: "b" } } }), (a) => ({ a }), "t", "b"],
  ["in a list", (a) => ({ columns: { "l.a": a } }), (a) => ({ l: [{ a, b: 1 }] }), "t__l", "a"],
  [
    "of a nested table",
    (a) => ({ nested: { l: { columns: { a } } } }),
    (a) => ({ l: [{ a, b: 1 }] }),
    "t__l",
    "a",
  ],
  [
    "of a nested table in an object, under a key with a dot",
    (a) => ({ nested: { "o['x.l']": { columns: { "p.a": a } } } }),
    (a) => ({ o: { "x.l": [{ p: { a }, b: 1 }] } }),
    "t__o__x_l",
    "p__a",
  ],
  [
    "of a nested table with a key",
    (a) => ({ nested: { l: { primaryKey: "k", columns: { a } } } }),
    (a) => ({ l: [{ k: 1, a }] }),
    "t__l",
    "a",
  ],
  [
    "of a nested table with a key, in a table that records name",
    (a) => ({ table: { by: "kind" }, nested: { l: { primaryKey: "k", columns: { a } } } }),
    (a) => ({ kind: "u", l: [{ k: 1, a }] }),
    "u__l",
    "a",
  ],
  [
    "of a table that records name",
    (a) => ({ table: { by: "kind", columns: { u: { a } } } }),
    (a) => ({ kind: "u", a }),
    "u",
    "a",
  ],
  [
    "of all tables that records name",
    (a) => ({ table: { by: "kind" }, columns: { a } }),
    (a) => ({ kind: "u", a }),
    "u",
    "a",
  ],
])("%s", (_, options, record, table, column) => {
  test("is null from the load on that says so", async () => {
    await load(options(firm), [record(1)]);
    await expect(load(options(firm), [record(null)])).rejects.toMatchObject({ code: "NULL_IN_KEY" });
    const { dataset } = await load(options(open), [record(null)]);
    expect(read(table, column)).toEqual([1, null]);
    const { columns } = (await dataset.schema()).tables[table]!;
    expect(columns[column]).toMatchObject({ nullable: true });
    await load({ ...options({ type: "bigint" }) }, [record(null)]);
    expect(read(table, column)).toEqual([1, null, null]);
  });

  test("is refused where types are frozen, and nothing is read", async () => {
    await load(options(firm), [record(1)]);
    let isRead = false;
    const function_ = () => {
      isRead = true;
      return [record(2)];
    };
    const p = pipeline("p", resource("t", options(open) as Options, function_));
    await expect(p.run({ to: store, contract: { data_type: "freeze" } })).rejects.toMatchObject({
      code: "SCHEMA_CONTRACT",
      where: { table, column, entity: "data_type", mode: "freeze" },
    });
    expect([isRead, read(table, column)]).toEqual([false, [1]]);
    // A hint that changes nothing is no violation.
    await load(options(firm), [record(2)], { data_type: "freeze" });
    expect(read(table, column)).toEqual([1, 2]);
  });
});

// As dlt: the hint is not heeded, and a null has no place.
test.each(["discard_row", "discard_value"] as const)("%s of types lets the hint go", async (data_type) => {
  await load({ columns: { a: firm } }, [{ a: 1 }]);
  await load({ columns: { a: open } }, [{ a: 2 }], { data_type });
  await expect(load({ columns: { a: open } }, [{ a: null }], { data_type })).rejects.toMatchObject({
    code: "NULL_IN_KEY",
  });
  await load({ columns: { a: open } }, [{ a: null }], { columns: "freeze", tables: "freeze" });
  expect(read("t", "a")).toEqual([1, 2, null]);
});

describe("what is no longer a key", () => {
  test("of a nested table may be null", async () => {
    const nested = (primaryKey: string) => ({ nested: { l: { write: "merge", primaryKey } } });
    await load(nested("k"), [{ l: [{ k: 1, c: "a" }] }]);
    await load(nested("c"), [{ l: [{ k: null, c: "b" }] }]);
    expect(read("t__l", "k")).toEqual([1, null]);
  });

  test("stays as it is under a contract on types, stated or stored", async () => {
    await load({ primaryKey: ["id", "c"], contract: { data_type: "freeze" } }, [{ id: 1, c: "a" }]);
    await load({ primaryKey: "c" }, [{ id: 2, c: "b" }]);
    await expect(load({ primaryKey: "c" }, [{ id: null, c: "c" }])).rejects.toMatchObject({
      code: "NULL_IN_KEY",
      where: { table: "t", column: "id" },
    });
    const said = { primaryKey: "c", columns: { id: { nullable: true } } };
    await load(said, [{ id: null, c: "c" }], "evolve");
    expect(read("t", "id")).toEqual([1, 2, null]);
  });
});
