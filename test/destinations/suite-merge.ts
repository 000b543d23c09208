import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Destination, DestinationLoad, DestinationSession } from "../../core/destinations/contract.ts";
import type { MergePlan, MergeTable } from "../../core/destinations/merge-plan.ts";
import type { TableSchema } from "../../core/schema/types.ts";
import { facts } from "./load.ts";
import type { Subject } from "./subject.ts";
import { type Column, stream, table } from "./streams.ts";

const ints = (...values: (number | null)[]): Column => ({
  type: "bigint",
  values: values.map((value) => (value === null ? null : BigInt(value))),
});
const texts = (...values: (string | null)[]): Column => ({ type: "text", values });
const flags = (...values: (boolean | null)[]): Column => ({ type: "bool", values });

/** Users with tags, and tags with marks: keys as runlet writes them. */
const USERS = (columns: string[]): MergeTable => ({ name: "users", columns, rowKey: "_dlt_id" });
const nested = (name: string, parent: string, columns: string[]): MergeTable => ({
  name,
  columns,
  parent,
  rowKey: "_dlt_id",
  parentKey: "_dlt_parent_id",
  rootKey: "_dlt_root_id",
});
const KEYS = ["_dlt_root_id", "_dlt_parent_id", "_dlt_id"];
const TAGS = nested("users__tags", "users", ["tag", ...KEYS]);
const MARKS = nested("users__tags__marks", "users__tags", ["mark", ...KEYS]);

const plan = (strategy: MergePlan["strategy"], more: Partial<MergePlan> = {}): MergePlan => ({
  strategy,
  tables: [USERS(["id", "name", "_dlt_id"])],
  primaryKey: ["id"],
  mergeKey: [],
  ...more,
});

/** Waits with rows, as a load does before it merges. */
async function wait(load: DestinationLoad, name: string, columns: Record<string, Column>): Promise<void> {
  const schema: TableSchema = table(name, columns);
  if (schema.columns["_dlt_root_id"]) schema.columns["_dlt_root_id"].root_key = true;
  await load.prepare(schema, "merge");
  await load.write(name, stream(columns));
}

const users = (ids: (number | null)[], names: string[], keys: string[]): Record<string, Column> => ({
  id: ints(...ids),
  name: texts(...names),
  _dlt_id: texts(...keys),
});

/** What every destination that merges does, strategy by strategy. */
export function testMerging(name: string, subject: Subject): void {
  describe(`${name}, merging`, () => {
    let destination: Destination;
    let session: DestinationSession;
    let loads = 0;
    const load = async (fill: (load: DestinationLoad) => Promise<void>): Promise<void> => {
      const id = String(++loads);
      const started = await session.begin(id);
      await fill(started);
      await started.commit(facts(id));
    };
    const merge = (rows: Record<string, Column>, how: MergePlan): Promise<void> =>
      load(async (l) => {
        await wait(l, "users", rows);
        await l.merge!(how);
      });
    const read = (columns = "id, name", from = "users"): Promise<Record<string, unknown>[]> =>
      session.query(`select ${columns} from ${from} order by ${columns}`);

    beforeEach(async () => {
      destination = await subject.create();
      session = await destination.open({ dataset: "shop_data" });
    });
    afterEach(() => session.close());

    test("delete-insert replaces rows of the same key and leaves others", async () => {
      await merge(users([1, 2], ["a", "b"], ["k1", "k2"]), plan("delete-insert"));
      await merge(users([2, 3], ["B", "C"], ["k3", "k4"]), plan("delete-insert"));
      expect(await read("id, name, _dlt_id")).toEqual([
        { id: 1n, name: "a", _dlt_id: "k1" },
        { id: 2n, name: "B", _dlt_id: "k3" },
        { id: 3n, name: "C", _dlt_id: "k4" },
      ]);
    });

    test("of a key that comes twice the last stays, or what the order says", async () => {
      const twice = users([1, 1, 2], ["z", "a", "b"], ["k1", "k2", "k3"]);
      await merge(twice, plan("delete-insert"));
      expect(await read()).toEqual([
        { id: 1n, name: "a" },
        { id: 2n, name: "b" },
      ]);
      await merge(twice, plan("delete-insert", { dedupSort: { column: "name", order: "desc" } }));
      expect(await read()).toEqual([
        { id: 1n, name: "z" },
        { id: 2n, name: "b" },
      ]);
    });

    test("a row without a value to order by comes last", async () => {
      const rows = {
        id: ints(1, 1),
        name: texts("with", "without"),
        at: ints(5, null),
        _dlt_id: texts("k1", "k2"),
      };
      const tables: MergePlan["tables"] = [USERS(["id", "name", "at", "_dlt_id"])];
      for (const order of ["asc", "desc"] as const) {
        await merge(rows, plan("delete-insert", { tables, dedupSort: { column: "at", order } }));
        expect(await read()).toEqual([{ id: 1n, name: "with" }]);
      }
    });

    test("composite keys match as a whole, null matches nothing", async () => {
      const how = plan("delete-insert", { primaryKey: ["id", "name"] });
      await merge(users([1, 1, null], ["a", "b", "c"], ["k1", "k2", "k3"]), how);
      await merge(users([1, 2, null], ["b", "a", "c"], ["k4", "k5", "k6"]), how);
      expect((await read("_dlt_id")).map((row) => row["_dlt_id"])).toEqual(["k1", "k3", "k4", "k5", "k6"]);
    });

    test("a column that has the name of the database's own row number is data", async () => {
      const tables: MergePlan["tables"] = [USERS(["id", "name", "rowid", "_dlt_id"])];
      const rows = { ...users([1, 2, 1, 3], ["a", "b", "c", "d"], ["k1", "k2", "k3", "k4"]) };
      await merge({ ...rows, rowid: ints(9, null, 8, 9) }, plan("delete-insert", { tables }));
      expect(await read("id, name, users.rowid")).toEqual([
        { id: 1n, name: "c", rowid: 8n },
        { id: 2n, name: "b", rowid: null },
        { id: 3n, name: "d", rowid: 9n },
      ]);
    });

    test("a merge key takes away all rows of its value", async () => {
      const how = plan("delete-insert", { primaryKey: [], mergeKey: ["name"] });
      await merge(users([1, 2, 3], ["mon", "mon", "tue"], ["k1", "k2", "k3"]), how);
      await merge(users([4, 5], ["mon", "mon"], ["k4", "k5"]), how);
      expect(await read("id")).toEqual([{ id: 3n }, { id: 4n }, { id: 5n }]);
    });

    test("with a primary and a merge key rows of either go", async () => {
      const how = plan("delete-insert", { mergeKey: ["name"] });
      await merge(users([1, 2, 3], ["mon", "mon", "tue"], ["k1", "k2", "k3"]), how);
      await merge(users([3, 4], ["mon", "mon"], ["k4", "k5"]), how);
      expect(await read()).toEqual([
        { id: 3n, name: "mon" },
        { id: 4n, name: "mon" },
      ]);
    });

    test("without keys rows are added", async () => {
      const how = plan("delete-insert", { primaryKey: [] });
      await merge(users([1], ["a"], ["k1"]), how);
      await merge(users([1], ["a"], ["k2"]), how);
      expect(await read("_dlt_id")).toEqual([{ _dlt_id: "k1" }, { _dlt_id: "k2" }]);
    });

    test("rows marked as deleted go and do not come back", async () => {
      const tables: MergePlan["tables"] = [USERS(["id", "name", "gone", "_dlt_id"])];
      const how = plan("delete-insert", { tables, hardDelete: { column: "gone", bool: true } });
      const rows = (ids: number[], gone: (boolean | null)[]): Record<string, Column> => ({
        ...users(
          ids,
          ids.map((id) => `n${id}`),
          ids.map((id, at) => `k${loads}${id}${at}`),
        ),
        gone: flags(...gone),
      });
      await merge(rows([1, 2, 3], [null, false, true]), how);
      expect(await read("id")).toEqual([{ id: 1n }, { id: 2n }]);
      await merge(rows([1, 4, 4], [true, false, true]), how);
      expect(await read("id")).toEqual([{ id: 2n }]);
    });

    test("any value marks a row as deleted where the mark is no boolean", async () => {
      const tables: MergePlan["tables"] = [USERS(["id", "name", "gone", "_dlt_id"])];
      const how = plan("upsert", { tables, hardDelete: { column: "gone", bool: false } });
      await merge({ ...users([1, 2], ["a", "b"], ["k1", "k2"]), gone: texts(null, null) }, how);
      await merge({ ...users([1, 3], ["a", "c"], ["k1", "k3"]), gone: texts("2026-01-01", "x") }, how);
      expect(await read("id")).toEqual([{ id: 2n }]);
    });

    describe("nested rows follow their root", () => {
      const tables: MergePlan["tables"] = [USERS(["id", "name", "_dlt_id"]), TAGS, MARKS];
      const tags = (root: string[], parent: string[], ids: string[], names: string[]) => ({
        tag: texts(...names),
        _dlt_root_id: texts(...root),
        _dlt_parent_id: texts(...parent),
        _dlt_id: texts(...ids),
      });
      const marks = (root: string[], parent: string[], ids: string[]) => ({
        mark: ints(...ids.map((_, at) => at)),
        _dlt_root_id: texts(...root),
        _dlt_parent_id: texts(...parent),
        _dlt_id: texts(...ids),
      });
      const first = async (how: MergePlan): Promise<void> =>
        load(async (l) => {
          await wait(l, "users", users([1, 2], ["a", "b"], ["u1", "u2"]));
          await wait(l, "users__tags", tags(["u1", "u2"], ["u1", "u2"], ["t1", "t2"], ["x", "y"]));
          await wait(l, "users__tags__marks", marks(["u1", "u2"], ["t1", "t2"], ["m1", "m2"]));
          await l.merge!(how);
        });

      test("they go with it, also where none come", async () => {
        const how = plan("delete-insert", { tables });
        await first(how);
        await merge(users([1], ["A"], ["u3"]), how);
        expect(await read("_dlt_id", "users__tags")).toEqual([{ _dlt_id: "t2" }]);
        expect(await read("_dlt_id", "users__tags__marks")).toEqual([{ _dlt_id: "m2" }]);
      });

      test("those of a record that lost against another of its key are not taken", async () => {
        const how = plan("delete-insert", { tables });
        await load(async (l) => {
          await wait(l, "users", users([1, 1], ["old", "new"], ["u1", "u2"]));
          await wait(l, "users__tags", tags(["u1", "u2"], ["u1", "u2"], ["t1", "t2"], ["x", "y"]));
          await l.prepare(table("users__tags__marks", marks([], [], [])), "merge");
          await l.merge!(how);
        });
        expect(await read("tag", "users__tags")).toEqual([{ tag: "y" }]);
      });

      const record = (columns: Record<string, Column>, ...numbers: number[]): Record<string, Column> => ({
        ...columns,
        _runlet_record: ints(...numbers),
      });

      test("with ids made of keys, records of one key are told apart by their number", async () => {
        const how = plan("upsert", { tables });
        await load(async (l) => {
          await wait(l, "users", record(users([1, 1], ["old", "new"], ["u1", "u1"]), 1, 2));
          await wait(
            l,
            "users__tags",
            record(
              tags(["u1", "u1", "u1"], ["u1", "u1", "u1"], ["t1", "t2", "t1"], ["x", "y", "z"]),
              1,
              1,
              2,
            ),
          );
          await wait(l, "users__tags__marks", record(marks(["u1"], ["t2"], ["m1"]), 1));
          await l.merge!(how);
        });
        expect(await read()).toEqual([{ id: 1n, name: "new" }]);
        expect(await read("tag", "users__tags")).toEqual([{ tag: "z" }]);
        expect(await read("mark", "users__tags__marks")).toEqual([]);
        expect(Object.keys((await session.query("select * from users"))[0]!)).not.toContain("_runlet_record");
      });

      test("upsert takes away the elements that a list has lost", async () => {
        const how = plan("upsert", { tables });
        const put = (names: string[], ids: string[]) =>
          load(async (l) => {
            await wait(l, "users", record(users([1], ["a"], ["u1"]), 1));
            const roots = ids.map(() => "u1");
            await wait(l, "users__tags", record(tags(roots, roots, ids, names), ...ids.map(() => 1)));
            await l.prepare(table("users__tags__marks", record(marks([], [], []))), "merge");
            await l.merge!(how);
          });
        await put(["x", "y", "z"], ["t0", "t1", "t2"]);
        await put(["x", "Y"], ["t0", "t1"]);
        expect(await read("tag", "users__tags")).toEqual([{ tag: "Y" }, { tag: "x" }]);
      });

      test("insert-only leaves a key that is there alone, with all that is nested in it", async () => {
        const how = plan("insert-only", { tables });
        const put = (ids: number[], names: string[]) =>
          load(async (l) => {
            const keys = ids.map((id) => `u${id}`);
            const numbers = ids.map((_, at) => at);
            await wait(l, "users", record(users(ids, names, keys), ...numbers));
            const tagIds = ids.map((id, at) => `t${id}.${at}`);
            await wait(l, "users__tags", record(tags(keys, keys, tagIds, names), ...numbers));
            await l.prepare(table("users__tags__marks", record(marks([], [], []))), "merge");
            await l.merge!(how);
          });
        await put([1, 1], ["first", "second"]);
        await put([1, 2], ["again", "new"]);
        expect(await read()).toEqual([
          { id: 1n, name: "first" },
          { id: 2n, name: "new" },
        ]);
        expect(await read("tag", "users__tags")).toEqual([{ tag: "first" }, { tag: "new" }]);
      });

      test.each([
        ["rows that came before the table was merged", false],
        ["rows that got their column of root keys in a load that merged nothing", true],
      ])("%s are found by their parents", async (_, early) => {
        await load(async (l) => {
          await l.prepare(table("users", users([1], ["a"], ["u1"])), "append");
          await l.write("users", stream(users([1, 2], ["a", "b"], ["u1", "u2"])));
          for (const [name, parents, ids] of [
            ["users__tags", ["u1", "u2"], ["t1", "t2"]],
            ["users__tags__marks", ["t1", "t2"], ["m1", "m2"]],
          ] as const) {
            const columns = { _dlt_parent_id: texts(...parents), _dlt_id: texts(...ids) };
            await l.prepare(table(name, columns), "append");
            await l.write(name, stream(columns));
          }
        });
        if (early)
          await load(async (l) => {
            await l.prepare(table("users__tags", tags([], [], [], [])), "append");
            await l.prepare(table("users__tags__marks", marks([], [], [])), "append");
          });
        await load(async (l) => {
          await wait(l, "users", users([1], ["A"], ["u3"]));
          await wait(l, "users__tags", tags(["u3"], ["u3"], ["t3"], ["new"]));
          await wait(l, "users__tags__marks", marks(["u3"], ["t3"], ["m3"]));
          await l.merge!(plan("delete-insert", { tables }));
        });
        expect(await read("_dlt_id, _dlt_root_id", "users__tags")).toEqual([
          { _dlt_id: "t2", _dlt_root_id: "u2" },
          { _dlt_id: "t3", _dlt_root_id: "u3" },
        ]);
        expect((await read("_dlt_id", "users__tags__marks")).map((row) => row["_dlt_id"])).toEqual([
          "m2",
          "m3",
        ]);
      });
    });

    describe("scd2", () => {
      const tables: MergePlan["tables"] = [
        USERS(["_dlt_valid_from", "_dlt_valid_to", "id", "name", "_dlt_id"]),
      ];
      const scd2 = (boundary: string, more: Partial<MergePlan> = {}): MergePlan =>
        plan("scd2", {
          tables,
          primaryKey: [],
          scd2: { from: "_dlt_valid_from", to: "_dlt_valid_to", version: "_dlt_id", boundary },
          ...more,
        });
      const put = (rows: Record<string, Column>, how: MergePlan): Promise<void> =>
        load(async (l) => {
          const validity = { _dlt_valid_from: { type: "timestamp" }, _dlt_valid_to: { type: "timestamp" } };
          const more = table("users", validity as unknown as Record<string, Column>);
          const schema = table("users", rows);
          await l.prepare({ ...schema, columns: { ...more.columns, ...schema.columns } }, "merge");
          await l.write("users", stream(rows));
          await l.merge!(how);
        });
      const day = (n: number): string => `2026-01-0${n}T00:00:00.123456+00:00`;
      const shown = async (): Promise<string[]> =>
        (
          await session.query<{ name: string; f: string; t: string | null }>(
            `select name, cast(extract(day from _dlt_valid_from) as integer) f,
               cast(extract(day from _dlt_valid_to) as integer) t from users order by name, 2`,
          )
        ).map(({ name, f, t }) => `${name} ${String(f)}-${t === null ? "" : String(t)}`);

      test("rows that differ follow the old ones, which are closed; rows that are gone are closed", async () => {
        await put(users([1, 2], ["a", "b"], ["h1", "h2"]), scd2(day(1)));
        await put(users([1], ["A"], ["h3"]), scd2(day(2)));
        expect(new Set(await shown())).toEqual(new Set(["A 2-", "a 1-2", "b 1-2"]));
      });

      test("a version that comes back is valid anew", async () => {
        await put(users([1], ["a"], ["h1"]), scd2(day(1)));
        await put(users([1], ["b"], ["h2"]), scd2(day(2)));
        await put(users([1], ["a"], ["h1"]), scd2(day(3)));
        expect(await shown()).toEqual(["a 1-2", "a 3-", "b 2-3"]);
      });

      test("with a merge key only rows of its values are closed", async () => {
        const keyed = (boundary: string) => scd2(boundary, { mergeKey: ["id"] });
        await put(users([1, 2], ["a", "b"], ["h1", "h2"]), keyed(day(1)));
        await put(users([1], ["c"], ["h3"]), keyed(day(2)));
        expect(await shown()).toEqual(["a 1-2", "b 1-", "c 2-"]);
      });

      test("a row that comes twice is added once", async () => {
        await put(users([1, 1], ["a", "a"], ["h1", "h1"]), scd2(day(1)));
        expect(await shown()).toEqual(["a 1-"]);
      });
    });

    test("new columns and widened ones reach the table with the merge", async () => {
      await merge(users([1], ["a"], ["k1"]), plan("delete-insert"));
      await load(async (l) => {
        await wait(l, "users", users([2], ["b"], ["k2"]));
        await wait(l, "users", {
          ...users([1], ["A"], ["k3"]),
          more: { type: "json", values: ['{"x":1}'] },
          id__v_double: { type: "double", values: [null] },
        });
        await wait(l, "users", {
          ...users([null], ["c"], ["k4"]),
          id__v_double: { type: "double", values: [2.5] },
        });
        expect(await l.widen("users", "id", "id__v_double")).toBe(true);
        const tables: MergePlan["tables"] = [USERS(["id", "name", "_dlt_id", "more"])];
        await l.merge!(plan("delete-insert", { tables }));
      });
      expect(await read("id, name")).toEqual([
        { id: 1, name: "A" },
        { id: 2, name: "b" },
        { id: 2.5, name: "c" },
      ]);
    });

    test("nothing of a merge is seen before its commit, and nothing stays after a rollback", async () => {
      await merge(users([1], ["a"], ["k1"]), plan("delete-insert"));
      const started = await session.begin("never");
      await wait(started, "users", users([1, 2], ["A", "B"], ["k2", "k3"]));
      await started.merge!(plan("delete-insert"));
      expect(await read()).toEqual([{ id: 1n, name: "a" }]);
      await started.rollback();
      await merge(users([2], ["b"], ["k4"]), plan("delete-insert"));
      expect(await read()).toEqual([
        { id: 1n, name: "a" },
        { id: 2n, name: "b" },
      ]);
    });
  });
}
