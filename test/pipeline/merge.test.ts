import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type Destination,
  memory,
  type MemoryStore,
  pipeline,
  resource,
  transformer,
} from "../../core/index.ts";
import { installTestHost } from "./host.ts";

let store: MemoryStore;
beforeAll(() => installTestHost({}));
beforeEach(() => void (store = memory()));

type Options = Parameters<typeof resource>[1];

const load = (options: Options, data: object[], run: object = {}) =>
  pipeline("p", resource("users", options, data)).run({ to: store, ...run });

const read = (table = "users", ...columns: string[]) =>
  store.tables()[table]!.map((row) => columns.map((column) => row[column]));

describe("merging", () => {
  test("replaces rows of the same key, with all that is nested in them", async () => {
    const byId: Options = { write: "merge", primaryKey: "id" };
    await load(byId, [
      { id: 1, name: "Ada", tags: ["x", "y"] },
      { id: 2, name: "Bob", tags: ["z"] },
    ]);
    const info = await load(byId, [
      { id: 2, name: "Bea" },
      { id: 3, name: "Cyd", tags: ["w"] },
    ]);
    expect(read("users", "id", "name")).toEqual([
      [1, "Ada"],
      [2, "Bea"],
      [3, "Cyd"],
    ]);
    expect(read("users__tags", "value")).toEqual([["x"], ["y"], ["w"]]);
    expect(info.tables["users"]!.rows).toBe(2);
  });

  test("upsert makes row ids of the key, so that they stay", async () => {
    const byId: Options = { write: "merge", primaryKey: "id", strategy: "upsert" };
    await load(byId, [{ id: 1, name: "Ada", tags: ["x"] }]);
    const before = read("users", "_dlt_id");
    await load(byId, [{ id: 1, name: "Adele", tags: ["y", "z"] }]);
    expect(before).toEqual([["z5jIxXIbUnmbKw"]]);
    expect(read("users", "_dlt_id")).toEqual(before);
    expect(read("users__tags", "value", "_dlt_root_id")).toEqual([
      ["y", "z5jIxXIbUnmbKw"],
      ["z", "z5jIxXIbUnmbKw"],
    ]);
  });

  test("insert-only leaves what is there", async () => {
    const byId: Options = { write: "merge", primaryKey: "id", strategy: "insert-only" };
    await load(byId, [{ id: 1, name: "Ada" }]);
    await load(byId, [
      { id: 1, name: "Adele" },
      { id: 2, name: "Bob" },
    ]);
    expect(read("users", "name")).toEqual([["Ada"], ["Bob"]]);
  });

  test("scd2 keeps every version, and closes those that have gone", async () => {
    const versions: Options = { write: "merge", strategy: "scd2" };
    const first = await load(versions, [
      { id: 1, name: "Ada" },
      { id: 2, name: "Bob" },
    ]);
    const second = await load(versions, [
      { id: 1, name: "Adele" },
      { id: 2, name: "Bob" },
    ]);
    const micros = ({ loadId }: { loadId: string }) =>
      `${new Date(Number(loadId.split(".")[0]) * 1000).toISOString().slice(0, 19)}.${loadId.split(".")[1]}`;
    const time = (value: unknown) => (value === null ? null : String(value).slice(0, 26));
    const rows = read("users", "name", "_dlt_valid_from", "_dlt_valid_to");
    expect(rows.map(([name, from, to]) => [name, time(from), time(to)])).toEqual([
      ["Ada", micros(first), micros(second)],
      ["Bob", micros(first), null],
      ["Adele", micros(second), null],
    ]);
  });

  test("scd2 with other names, a boundary and a mark of valid rows", async () => {
    const versions = (boundary: string): Options => ({
      write: "merge",
      strategy: "scd2",
      validity: ["from", "until"],
      boundary,
      active: "9999-12-31T00:00:00Z",
    });
    await load(versions("2024-01-01T00:00:00Z"), [{ id: 1 }]);
    await load(versions("2024-02-01T00:00:00Z"), [{ id: 2 }]);
    const dates = read("users", "id", "from", "until").map((row) =>
      row.map((cell) => String(cell).slice(0, 10)),
    );
    expect(dates).toEqual([
      ["1", "2024-01-01", "2024-02-01"],
      ["2", "2024-02-01", "9999-12-31"],
    ]);
  });

  test("a merge key takes away all rows of a day; hardDelete and dedupSort decide among records", async () => {
    const days: Options = { write: "merge", mergeKey: "day" };
    await load(days, [
      { day: "mon", n: 1 },
      { day: "mon", n: 2 },
      { day: "tue", n: 3 },
    ]);
    await load(days, [{ day: "mon", n: 4 }]);
    expect(read("users", "n")).toEqual([[3], [4]]);
    store = memory();
    const latest: Options = {
      write: "merge",
      primaryKey: "id",
      hardDelete: "gone",
      dedupSort: { column: "at", order: "desc" },
    };
    await load(latest, [
      { id: 1, at: 2, v: "new" },
      { id: 1, at: 1, v: "old" },
      { id: 2, at: 1, v: "b" },
    ]);
    expect(read("users", "v")).toEqual([["new"], ["b"]]);
    await load(latest, [{ id: 2, at: 2, gone: true }]);
    expect(read("users", "v")).toEqual([["new"]]);
  });

  test("refresh leaves what this run brings, its doubles merged", async () => {
    const byId: Options = { write: "merge", primaryKey: "id" };
    await load(byId, [
      { id: 1, l: [1] },
      { id: 2, l: [2] },
    ]);
    await load(
      byId,
      [
        { id: 2, l: [3] },
        { id: 2, l: [4] },
      ],
      { refresh: true },
    );
    expect(read("users", "id")).toEqual([[2]]);
    expect(read("users__l", "value")).toEqual([[4]]);
    await load(byId, [], { refresh: true });
    expect(read("users", "id")).toEqual([]);
  });

  test("nothing comes: nothing happens", async () => {
    for (const options of [{ primaryKey: "id" }, { strategy: "scd2" }] as const) {
      store = memory();
      await load({ write: "merge", ...options } as Options, [{ id: 1 }]);
      await load({ write: "merge", ...options } as Options, []);
      expect(store.tables()["users"]).toHaveLength(1);
      expect(store.tables()["users"]![0]!["_dlt_valid_to"] ?? null).toBeNull();
    }
  });

  test("tables named by a field are merged each by itself", async () => {
    const events: Options = { write: "merge", primaryKey: "id", strategy: "upsert", table: { by: "type" } };
    await load(events, [
      { type: "push", id: 1, v: 1, l: [1] },
      { type: "fork", id: 1, v: 2 },
    ]);
    await load(events, [{ type: "push", id: 1, v: 3, l: [2] }]);
    expect(read("push", "v")).toEqual([[3]]);
    expect(read("push__l", "value")).toEqual([[2]]);
    expect(read("fork", "v")).toEqual([[2]]);
    expect(read("push", "_dlt_id")).toEqual([["z5jIxXIbUnmbKw"]]);
  });

  test("records of a transformer merge by what they have from their parent", async () => {
    const repos = resource("repos", {}, [{ id: 7 }]);
    const issues = (title: string) =>
      transformer(
        "issues",
        {
          from: repos,
          pick: { id: "bigint" },
          include: ["id"],
          write: "merge",
          strategy: "upsert",
          primaryKey: ["_repos_id", "n"],
        },
        () => [{ n: 1, title }],
      );
    for (const title of ["a", "b"]) await pipeline("p", [repos, issues(title)]).run({ to: store });
    expect(read("issues", "_repos_id", "n", "title")).toEqual([[7, 1, "b"]]);
  });

  test("a key that is missing stops the load, by table, column and record", async () => {
    const byId: Options = { write: "merge", primaryKey: "id", strategy: "upsert" };
    await expect(load(byId, [{ id: 1 }, { v: 2 }])).rejects.toMatchObject({
      code: "NULL_IN_KEY",
      where: { resource: "users", table: "users", column: "id", record: 2 },
    });
    expect(store.tables()).toEqual({});
  });

  test("a key of another type is said to be one, not null", async () => {
    const byId: Options = { write: "merge", primaryKey: "id" };
    await load(byId, [{ id: 1 }]);
    await expect(load(byId, [{ id: 2 }, { id: "x" }])).rejects.toMatchObject({
      code: "NULL_IN_KEY",
      message: expect.stringContaining("a value of another type in a column that is not nullable: id"),
      where: { table: "users", column: "id", record: 2 },
    });
    await expect(load(byId, [{ id: null }])).rejects.toThrow(/null in a column that is not nullable: id/);
  });

  test("a mark that the contract would discard is refused as such", async () => {
    await load({ write: "merge", primaryKey: "id" }, [{ id: 1 }]);
    const marked: Options = {
      write: "merge",
      primaryKey: "id",
      hardDelete: "gone",
      columns: { gone: "bool" },
    };
    const refused = (contract: "freeze" | "discard_value") => load({ ...marked, contract }, [{ id: 1 }]);
    await expect(refused("discard_value")).rejects.toMatchObject({
      code: "SCHEMA_CONTRACT",
      message: expect.stringContaining(
        "columns are discarded, and the merge cannot do without: gone as bool",
      ),
    });
    await expect(refused("freeze")).rejects.toThrow(/columns are frozen: gone as bool/);
  });

  test.each<[string, Options]>([
    ["of no key", { write: "append" }],
    ["by versions", { write: "merge", strategy: "scd2" }],
    ["of another key", { write: "merge", primaryKey: "v" }],
  ])("a column that was the key may be null again in writes %s", async (_, options) => {
    await load({ write: "merge", primaryKey: "id", strategy: "upsert" }, [{ id: 1, v: 1 }]);
    await load(options, [{ v: 2 }]);
    await load({ write: "merge", primaryKey: "v" }, [{ v: 3 }]);
    expect(read("users", "id", "v")).toContainEqual([null, 3]);
  });

  test("the number of records is in no table and no document", async () => {
    const { dataset: _, ...info } = await load({ write: "merge", primaryKey: "id", strategy: "upsert" }, [
      { id: 1, l: [1] },
    ]);
    expect(JSON.stringify(info.tables)).not.toContain("_runlet_record");
    for (const rows of Object.values(store.tables()))
      expect(JSON.stringify(rows)).not.toContain("_runlet_record");
    const merging = resource("users", { write: "merge", primaryKey: "id", strategy: "upsert" }, [
      { id: 1, l: [1] },
    ]);
    expect(JSON.stringify(await pipeline("p", merging).preview())).not.toContain("_runlet_record");
  });

  test("a destination that lacks the strategy is refused before anything is read", async () => {
    const to: Destination = {
      ...store,
      capabilities: { ...store.capabilities, mergeStrategies: ["delete-insert"] },
    };
    let called = false;
    const merging = resource("t", { write: "merge", strategy: "scd2" }, () => ((called = true), []));
    await expect(pipeline("p", merging).run({ to })).rejects.toMatchObject({
      code: "PIPELINE_INVALID",
      message: expect.stringContaining("scd2"),
    });
    expect(called).toBe(false);
  });
});

describe("what cannot be meant", () => {
  test.each<[string, object]>([
    ["merge without keys", { write: "merge" }],
    ["upsert without a primary key", { write: "merge", strategy: "upsert" }],
    ["upsert with a merge key", { write: "merge", strategy: "upsert", primaryKey: "id", mergeKey: "day" }],
    ["scd2 with a primary key", { write: "merge", strategy: "scd2", primaryKey: "id" }],
    ["validity without scd2", { write: "merge", primaryKey: "id", validity: ["a", "b"] }],
    ["one column of validity", { write: "merge", strategy: "scd2", validity: ["a", "a"] }],
    ["a boundary that is no time", { write: "merge", strategy: "scd2", boundary: "soon" }],
    ["a strategy that is none", { write: "merge", strategy: "replace", primaryKey: "id" }],
    ["an order that is none", { write: "merge", primaryKey: "id", dedupSort: { column: "at", order: "up" } }],
    ["an order without a key", { write: "merge", mergeKey: "day", dedupSort: "at" }],
    [
      "a version that nothing heeds",
      { write: "merge", strategy: "upsert", primaryKey: "id", rowVersion: "n" },
    ],
    ["unchanged rows without row ids of keys", { write: "merge", primaryKey: "id", skipUnchanged: true }],
    ["cdc without a primary key", { write: "merge", strategy: "cdc", mergeKey: "day" }],
    ["marks of a merge elsewhere", { write: "append", hardDelete: "gone" }],
  ])("%s is refused where it is written", (_, options) => {
    expect(() => resource("t", options as never, [])).toThrow(
      expect.objectContaining({ code: "PIPELINE_INVALID" }),
    );
  });

  test("two resources that merge into one table in different ways", () => {
    const one = resource("a", { table: "t", write: "merge", primaryKey: "id" }, []);
    const other = resource("b", { table: "t", write: "merge", primaryKey: "key" }, []);
    expect(() => pipeline("p", [one, other])).toThrow(/different ways/);
  });
});
