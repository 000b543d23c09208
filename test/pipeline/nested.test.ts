import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { memory, type MemoryStore, pipeline, resource } from "../../core/index.ts";
import { installTestHost } from "./host.ts";

let store: MemoryStore;
beforeAll(() => installTestHost());
beforeEach(() => void (store = memory()));

type Options = Parameters<typeof resource>[1];

const load = (options: object, data: object[] | string, run: object = {}) =>
  pipeline("p", resource("t", options as Options, data)).run({ to: store, ...run });

const read = (table: string, ...columns: string[]) =>
  (store.tables()[table] ?? []).map((row) => columns.map((column) => row[column]));

const LABELS = { labels: { write: "merge", primaryKey: "id" } };

describe("a nested table with a key", () => {
  test("stands on its own: no parent, merged by its key, kept when its parent goes", async () => {
    const options = { nested: LABELS, write: "merge", primaryKey: "id" };
    await load(options, [
      {
        id: 1,
        labels: [
          { id: 7, name: "a" },
          { id: 8, name: "b" },
        ],
      },
    ]);
    const info = await load(options, [{ id: 1, labels: [{ id: 8, name: "B" }] }]);
    expect(read("t__labels", "id", "name")).toEqual([
      [7, "a"],
      [8, "B"],
    ]);
    const columns = Object.keys(info.tables["t__labels"]!.columns);
    expect(columns).toEqual(["id", "name", "_dlt_root_id", "_dlt_load_id", "_dlt_id"]);
    expect(info.tables["t__labels"]).not.toHaveProperty("parent", "t");
  });

  test("is made in each table that records name", async () => {
    const options = { nested: LABELS, table: { by: "kind" } };
    const data = [
      { kind: "a", labels: [{ id: 1, v: 1 }] },
      { kind: "b", labels: [{ id: 1, v: 2 }] },
    ];
    await load(options, data);
    await load(options, [{ kind: "b", labels: [{ id: 1, v: 3 }] }]);
    expect([read("a__labels", "id", "v"), read("b__labels", "id", "v")]).toEqual([[[1, 1]], [[1, 3]]]);
  });

  test("takes elements that are no objects, by their column", async () => {
    const options = { nested: { tags: { write: "merge", strategy: "upsert", primaryKey: "value" } } };
    await load(options, [
      { id: 1, tags: ["x", "y"] },
      { id: 2, tags: ["y"] },
    ]);
    await load(options, [{ id: 3, tags: ["z"] }]);
    expect(read("t__tags", "value")).toEqual([["x"], ["y"], ["z"]]);
  });

  test("draws new ids in every load, whatever the ids of its parents", async () => {
    const options = {
      nested: { l: { primaryKey: "k" } },
      write: "merge",
      strategy: "upsert",
      primaryKey: "id",
    };
    const data = [
      { id: 1, l: [{ k: 1 }, { k: 2 }] },
      { id: 2, l: [{ k: 3 }] },
    ];
    await load(options, data);
    await load(options, data);
    const ids = read("t__l", "_dlt_id").flat();
    expect(new Set(ids).size).toBe(6);
  });

  test("is made anew by refresh, emptied where it is replaced, shown by preview", async () => {
    await load({ nested: LABELS }, [{ id: 1, labels: [{ id: 1 }] }]);
    await load({ nested: LABELS }, [{ id: 1, labels: [{ id: 2 }] }], { refresh: true });
    expect(read("t__labels", "id")).toEqual([[2]]);
    const replaced = { nested: { labels: { write: "replace", primaryKey: "id" } } };
    await load(replaced, [{ id: 2 }]);
    expect(read("t__labels", "id")).toEqual([]);
    const { schema, tables } = await pipeline(
      "p",
      resource("t", { nested: LABELS } as Options, [{ labels: [{ id: 1 }] }]),
    ).preview();
    expect(tables["t__labels"]).toMatchObject([{ id: 1 }]);
    expect(Object.keys(schema["t__labels"]!)).not.toContain("x-runlet-nested");
  });

  test.each<[string, object[]]>([
    ["missing", [{ id: 1, labels: [{ id: 1 }, { name: "x" }] }]],
    ["null", [{ id: 1, labels: [{ id: null }] }]],
  ])("needs its key: %s", async (_, data) => {
    await expect(load({ nested: LABELS }, data)).rejects.toMatchObject({
      code: "NULL_IN_KEY",
      message: expect.stringMatching(/^t__labels: .*: id \(line 1, record 1,/) as string,
      where: { table: "t__labels", column: "id", record: 1 },
    });
    const set = await load({ nested: LABELS }, [...data, { id: 2, labels: [{ id: 9 }] }], {
      normalise: { onBadRecord: "quarantine" },
    });
    expect(set.rejects).toBe(1);
    expect(read("t__labels", "id")).toEqual([[9]]);
    expect(read("t", "id")).toEqual([[2]]);
    expect(read("_runlet_rejects", "table_name", "message")).toEqual([
      ["t", expect.stringMatching(/^t__labels: null .*: id /)],
    ]);
  });

  test("needs the key that its ids are made of", async () => {
    const nested = { labels: { write: "merge", strategy: "upsert", primaryKey: ["id", "o.n"] } };
    const data = [
      { id: 1 },
      {
        id: 2,
        labels: [
          { id: 1, o: { n: 1 } },
          { id: 2, o: {} },
        ],
      },
    ];
    await expect(load({ nested }, data)).rejects.toMatchObject({
      code: "NULL_IN_KEY",
      where: { table: "t__labels", column: "o__n", record: 2 },
    });
    await expect(load({ primaryKey: "id" }, [{ id: 1 }, { x: 1 }])).rejects.toMatchObject({
      where: { table: "t", column: "id", record: 2 },
    });
  });

  test("cannot become one where it has been nested, nor the other way round", async () => {
    const data = [{ id: 1, labels: [{ id: 1 }] }];
    await load({}, data);
    await expect(load({ nested: LABELS }, data)).rejects.toMatchObject({ code: "SCHEMA_CONTRACT" });
    store = memory();
    await load({ nested: LABELS }, data);
    await expect(load({}, data)).rejects.toMatchObject({ code: "SCHEMA_CONTRACT" });
  });

  test("follows the contract of its root", async () => {
    await load({ nested: LABELS }, [{ id: 1, labels: [{ id: 1, n: 1 }] }]);
    const contract = { columns: "discard_row" };
    await load({ nested: LABELS, contract }, [
      {
        id: 2,
        labels: [
          { id: 2, n: 1, more: 1 },
          { id: 3, n: 1 },
        ],
      },
    ]);
    expect(read("t__labels", "id")).toEqual([[1], [3]]);
    await expect(
      load({ nested: LABELS, contract: { columns: "freeze" } }, [{ id: 3, labels: [{ id: 4, more: 1 }] }]),
    ).rejects.toMatchObject({ code: "SCHEMA_CONTRACT" });
  });
});

describe("a value that must not be null", () => {
  const zip = (options: object) => ({ columns: { "o.zip": { type: "text", nullable: false }, ...options } });
  test("in an object is asked of every record from the first on that has the object", async () => {
    await expect(load(zip({}), [{ id: 1, o: { zip: "x" } }, { id: 2 }])).rejects.toMatchObject({
      code: "NULL_IN_KEY",
      where: { record: 2, column: "o__zip" },
    });
    await expect(load(zip({}), [{ id: 1 }, { id: 2, o: { zip: "x" } }])).rejects.toMatchObject({
      code: "NULL_IN_KEY",
    });
  });

  test("in a list is asked of every element", async () => {
    const columns = { "l.x": { nullable: false } };
    await load({ columns }, [{ id: 1 }, { id: 2, l: [] }, { id: 3, l: [{ x: 1 }] }]);
    await expect(load({ columns }, [{ id: 4, l: [{ x: 1 }, { y: 2 }] }])).rejects.toMatchObject({
      code: "NULL_IN_KEY",
      where: { table: "t__l", record: 1, column: "x" },
    });
    expect(read("t__l", "x")).toEqual([[1]]);
  });

  test("is missed although others inside have come", async () => {
    const columns = { a: { nullable: false }, "o.zip": { nullable: false } };
    await expect(load({ columns }, [{ o: { zip: 1 } }])).rejects.toMatchObject({
      code: "NULL_IN_KEY",
      where: { column: "a" },
    });
  });
});

test.each<[string, object, RegExp]>([
  ["no object", { nested: [] }, /nested is no object/],
  ["an unknown option", { nested: { l: { key: "id" } } }, /nested l has no option "key"/],
  [
    "write without a key",
    { nested: { l: { write: "merge", strategy: "scd2" } } },
    /nested l: write needs a primaryKey/,
  ],
  ["a merge without a key", { nested: { l: { write: "merge" } } }, /nested l: merge needs a primaryKey/],
  [
    "skipping",
    { nested: { l: { write: "skip", primaryKey: "id" } } },
    /nested l: columns: \{ "l": "drop" \} leaves it out/,
  ],
  ["one list twice", { nested: { l: {}, "['l']": {} } }, /nested l and \['l'\] are one/],
  [
    "a wrong hint in it",
    { nested: { l: { columns: { a: "int" } } } },
    /nested l: column a: "int" is no type/,
  ],
  [
    "a list that is dropped",
    { nested: { l: {} }, columns: { l: "drop" } },
    /nested l lies in l, which is dropped/,
  ],
  [
    "one field hinted twice",
    { nested: { l: { columns: { a: "text" } } }, columns: { "l.a": "text" } },
    /are one field/,
  ],
])("%s is refused where it is declared", (_, options, message) => {
  expect(() => resource("t", options as Options, [])).toThrow(message);
});
