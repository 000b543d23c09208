import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Destination } from "../../core/destinations/contract.ts";
import type { MemoryStore } from "../../core/destinations/memory/memory.ts";
import {
  incremental,
  installHost,
  pipeline,
  resource,
  source,
  type Resource,
  type RunOptions,
} from "../../core/index.ts";
import { nodeHost } from "../../host-node/host.ts";
import type { StoredSchema } from "../../core/schema/stored.ts";
import type { Subject } from "./subject.ts";

type Options = Parameters<typeof resource>[1];
type Row = Record<string, unknown>;

/** What a dataset goes through from run to run, on every destination. */
export function testEvolvingRuns(name: string, subject: Subject): void {
  describe(`${name}, from run to run`, () => {
    let to: Destination;
    beforeAll(() => {
      const { storage: _, ...host } = nodeHost;
      installHost({ ...host, log: () => undefined });
    });
    beforeEach(async () => void (to = await subject.create()), 60_000);

    /** Rows of a table; undefined where there is none. */
    const read = async (table: string): Promise<Row[] | undefined> => {
      if (to.kind === "memory") return (to as MemoryStore).tables("p_dataset")[table];
      const session = await to.open({ dataset: "p_dataset", existing: true });
      try {
        return await session.query(`select * from "${table}"`);
      } catch (error) {
        if ((error as { code?: string }).code === "DESTINATION_QUERY") return undefined;
        throw error;
      } finally {
        await session.close();
      }
    };
    const column = async (table: string, of: string): Promise<unknown[]> =>
      ((await read(table)) ?? []).map((row) => row[of]).sort();
    const columns = async (table: string): Promise<string[]> =>
      Object.keys((await read(table))?.[0] ?? {})
        .filter((each) => !each.startsWith("_dlt"))
        .sort();
    const document = async (): Promise<StoredSchema> => {
      const session = await to.open({ dataset: "p_dataset", existing: true });
      try {
        return (await session.restore("p", "p")).schema as unknown as StoredSchema;
      } finally {
        await session.close();
      }
    };
    const json = (text: string): Uint8Array => new TextEncoder().encode(text);
    const load = (options: Options, data: object[] | Uint8Array, run: RunOptions = {}) =>
      pipeline("p", resource("t", options, data as object[])).run({ to, ...run });
    /** The numbers of a column and its variants, as exact text. */
    const numbers = async (table: string, of: string): Promise<string[]> =>
      ((await read(table)) ?? [])
        .flatMap((row) =>
          Object.entries(row).flatMap(([key, value]) =>
            (key === of || key.startsWith(`${of}__v_`)) && value !== null && value !== undefined
              ? [exact(value)]
              : [],
          ),
        )
        .sort();

    describe("numbers of other kinds come, and every value stays what it is", () => {
      const PAGES = [
        ["1", "2"],
        ["1.5", "3"],
        ["9007199254740993"],
        ["4"],
        ["1208925819614629174706176", "6"],
        ["1208925819614629174706177"],
        ["-0.25", "5", "9007199254740995"],
      ];
      const ways: [string, Options][] = [
        ["append", {}],
        ["replace", { write: "replace" }],
        ["merge", { write: "merge", primaryKey: "id" }],
        ["upsert", { write: "merge", primaryKey: "id", strategy: "upsert" }],
      ];
      test.for(ways)(
        "%s, in the table and nested in it",
        { timeout: 120_000 },
        async ([write, options], { skip }) => {
          skip(options.write === "merge" && !to.capabilities.dispositions.includes("merge"));
          let expected: string[] = [];
          let id = 0;
          for (const page of PAGES) {
            const records = page.map((x) => `{"id":${id++},"x":${x},"list":[{"y":${x}},{"y":1}]}`);
            await load(options, json(`[${records.join(",")}]`));
            expected = [...(write === "replace" ? [] : expected), ...page].sort();
            expect(await numbers("t", "x")).toEqual(expected.map(exact).sort());
            const nested = expected.flatMap((x) => [exact(x), "1"]).sort();
            expect(await numbers("t__list", "y")).toEqual(nested);
          }
        },
      );
    });

    test("columns and tables come, one that was null only gets its type, and old rows have no value", async () => {
      await load({}, [{ id: 1, later: null }]);
      await load({}, [{ id: 2, later: "x", more: { deep: true }, list: [1] }]);
      expect(await columns("t")).toEqual(["id", "later", "more__deep"]);
      expect((await read("t"))!.filter((row) => row["later"] === null)).toHaveLength(1);
      expect(await read("t__list")).toHaveLength(1);
    });

    describe("what was never null may be", () => {
      const firm: Options = { columns: { note: { type: "text", nullable: false } } };
      const records = [{ id: 1, note: "a" }];

      test("a column, when its hint says so, in the load that brings the nulls", async () => {
        await load(firm, records);
        await expect(load(firm, [{ id: 2 }])).rejects.toMatchObject({ code: "NULL_IN_KEY" });
        await load({ columns: { note: { type: "text", nullable: true } } }, [{ id: 2, note: null }]);
        await load({}, [{ id: 3 }]);
        expect(await column("t", "note")).toEqual(["a", null, null]);
        expect((await document()).tables["t"]!.columns["note"]).toMatchObject({ nullable: true });
      });

      test("no longer part of the key", async () => {
        await load({ primaryKey: "id" }, [{ id: 1, code: "a" }]);
        await load({ primaryKey: "code" }, [{ id: null, code: "b" }]);
        expect(await column("t", "id")).toHaveLength(2);
        const { columns } = (await document()).tables["t"]!;
        expect(columns["id"]).toMatchObject({ nullable: true });
        expect(columns["id"]!.primary_key).toBeUndefined();
        expect(columns["code"]).toMatchObject({ primary_key: true, nullable: false });
      });

      test("merged by another key, too", async ({ skip }) => {
        skip(!to.capabilities.dispositions.includes("merge"));
        await load({ write: "merge", primaryKey: "id" }, [{ id: 1, code: "a", list: [1] }]);
        await load({ write: "merge", primaryKey: "code" }, [
          { id: null, code: "b", list: [2] },
          { id: 7, code: "a", list: [3, 4] },
        ]);
        const rows = (await read("t"))!.map(({ id, code }) => [id === null ? null : Number(id), code]);
        expect(rows).toHaveLength(2);
        expect(rows).toEqual(
          expect.arrayContaining([
            [null, "b"],
            [7, "a"],
          ]),
        );
        expect((await column("t__list", "value")).map(Number)).toEqual([2, 3, 4]);
      });

      test("by altering the dataset, without a load", async () => {
        await load(firm, records);
        const info = await load(firm, records);
        const schema = structuredClone(await info.dataset.schema());
        schema.tables["t"]!.columns["note"]!.nullable = true;
        const done = await info.dataset.alter({ to: schema });
        expect(done.steps).toEqual([{ kind: "relax-column", table: "t", column: "note" }]);
        await load({}, [{ id: 3 }]);
        expect(await column("t", "note")).toEqual(["a", "a", null]);
      });
    });

    // As dlt does: what changes nothing is no load.
    describe("a run with nothing new is no load", () => {
      const isLoad = async (
        options: Options,
        data: object[] = [],
        run: RunOptions = {},
      ): Promise<boolean> => {
        const before = await document().catch(() => undefined);
        const { loadId, nothingNew, ...info } = await load(options, data, run);
        expect([info.complete, info.tables]).toEqual([true, {}]);
        const session = await to.open({ dataset: "p_dataset", existing: true });
        try {
          const isThere = await session.hasLoad(loadId);
          expect(nothingNew).toBe(isThere ? undefined : true);
          if (!isThere) expect(await document()).toEqual(before);
          return isThere;
        } finally {
          await session.close();
        }
      };
      const rows = [{ id: 1, at: 5, list: [1] }];

      test("but the first, and those that empty tables or change what is stored", async () => {
        expect(await isLoad({})).toBe(true);
        expect(await isLoad({})).toBe(false);
        await load({}, rows);
        expect(await isLoad({})).toBe(false);
        expect(await isLoad({ write: "replace" })).toBe(true);
        expect(await read("t")).toEqual([]);
        expect(await isLoad({ write: "replace" })).toBe(true);
        await load({}, rows);
        expect(await isLoad({ contract: "freeze" })).toBe(true);
        expect(await isLoad({ contract: "freeze" })).toBe(false);
        expect(await isLoad({}, [], { refresh: "data" })).toBe(true);
        expect(await isLoad({}, [], { refresh: "resources" })).toBe(true);
      });

      test("by a cursor, whose place stays", async () => {
        const options: Options = { cursor: incremental("at", { initial: 0 }) as never };
        await load(options, rows);
        const again = () =>
          pipeline(
            "p",
            resource("t", options, () => rows),
          ).run({ to });
        expect(await again()).toMatchObject({ nothingNew: true, records: 0 });
        expect(String(await again())).toMatch(/\(nothing new\)$/);
        expect(await column("t", "id")).toHaveLength(1);
      });

      test("merged", async ({ skip }) => {
        skip(!to.capabilities.dispositions.includes("merge"));
        for (const strategy of ["delete-insert", "upsert", "insert-only", "cdc"] as const) {
          const options = { write: "merge", primaryKey: "id", strategy } as Options;
          await load(options, [{ id: strategy, list: [1] }]);
          expect(await isLoad(options), strategy).toBe(false);
        }
      });

      test("what functions keep is stored", async () => {
        const counts = () =>
          pipeline(
            "p",
            resource("t", {}, ({ state }) => {
              state["n"] = Number(state["n"] ?? 0) + 1;
              return [];
            }),
          ).run({ to });
        await counts();
        expect(await counts()).not.toHaveProperty("nothingNew");
        const session = await to.open({ dataset: "p_dataset", existing: true });
        const { state } = await session.restore("p", "p");
        await session.close();
        expect(JSON.stringify(state)).toContain('"n":2');
      });
    });

    describe("refresh", () => {
      /** Rows that tell how often their resource was read. */
      const counted = (of: string, more: object = {}): Resource<any> =>
        resource(of, {}, ({ state, sourceState }) => {
          state["n"] = Number(state["n"] ?? 0) + 1;
          sourceState["all"] = Number(sourceState["all"] ?? 0) + 1;
          return [{ n: state["n"], all: sourceState["all"], list: [1], ...more }];
        });
      const shop = (...resources: Resource<any>[]) => pipeline("p", source("p", {}, resources));

      test("data: rows and state of the resources of the run; columns stay", async () => {
        await shop(counted("a", { old: 1 }), counted("b")).run({ to });
        await shop(counted("a"), counted("b")).run({ to, refresh: "data", only: ["a"] });
        const rows = (await read("a"))!;
        expect(rows.map(({ n, all, old }) => [Number(n), Number(all), old])).toEqual([[1, 3, null]]);
        await shop(counted("a"), counted("b")).run({ to });
        expect((await column("b", "n")).map(Number)).toEqual([1, 2]);
      });

      test("resources: their tables begin anew, with those nested in them; others stay", async () => {
        await shop(counted("a", { old: 1, deep: [{ x: [1] }] }), counted("b")).run({ to });
        const before = await document();
        await shop(counted("a"), counted("b")).run({ to, refresh: "resources", only: ["a"] });
        expect(await columns("a")).toEqual(["all", "n"]);
        expect((await column("a", "n")).map(Number)).toEqual([1]);
        expect((await column("a", "all")).map(Number)).toEqual([3]);
        expect(await read("a__deep")).toBeUndefined();
        expect(await read("a__list")).toHaveLength(1);
        expect(await read("b__list")).toHaveLength(1);
        const { tables, version, previous_hashes } = await document();
        expect(
          Object.keys(tables)
            .filter((each) => !each.startsWith("_dlt"))
            .sort(),
        ).toEqual(["a", "a__list", "b", "b__list"]);
        expect(Object.keys(tables["a"]!.columns)).not.toContain("old");
        expect([version, previous_hashes[0]]).toEqual([before.version + 1, before.version_hash]);
      });

      test("resources: a column may come back as another type, and a table that gets nothing is gone", async () => {
        await load({}, [{ x: "text", list: [1] }]);
        await load({}, [{ x: 1 }], { refresh: "resources" });
        expect((await column("t", "x")).map(Number)).toEqual([1]);
        expect(await read("t__list")).toBeUndefined();
        await load({}, [], { refresh: "resources" });
        expect(await read("t")).toBeUndefined();
        expect((await document()).tables).not.toHaveProperty("t");
        await load({}, [{ x: true }]);
        expect(await column("t", "x")).toEqual([true]);
      });

      test("resources: tables that come back as they were leave the schema as it was", async () => {
        await load({}, [{ x: 1, list: [1] }]);
        const { version_hash } = await document();
        await load({}, [{ x: 2, list: [2] }], { refresh: "resources" });
        expect(await document()).toMatchObject({ version_hash });
        expect((await column("t", "x")).map(Number)).toEqual([2]);
      });

      test("resources: merged tables, too", async ({ skip }) => {
        skip(!to.capabilities.dispositions.includes("merge"));
        const options: Options = { write: "merge", primaryKey: "id", strategy: "upsert" };
        await load(options, [{ id: 1, old: 1, list: [1, 2] }]);
        await load(options, [{ id: "one", list: [3] }], { refresh: "resources" });
        await load(options, [{ id: "one", list: [4] }, { id: "two" }]);
        expect(await column("t", "id")).toEqual(["one", "two"]);
        expect((await column("t__list", "value")).map(Number)).toEqual([4]);
        expect(await columns("t")).toEqual(["id"]);
      });

      test("sources: also tables and state of what the run leaves out", async () => {
        await shop(counted("a"), counted("b"), counted("gone")).run({ to });
        await shop(counted("a"), counted("b")).run({ to, refresh: "sources", only: ["a"] });
        expect((await read("a"))!.map(({ n, all }) => [Number(n), Number(all)])).toEqual([[1, 1]]);
        expect(await read("b")).toBeUndefined();
        expect(await read("gone__list")).toBeUndefined();
        await shop(counted("a"), counted("b")).run({ to });
        expect((await column("b", "n")).map(Number)).toEqual([1]);
      });

      test("a run that fails leaves everything as it was", async () => {
        await shop(counted("a"), counted("b")).run({ to });
        const failing = resource("b", {}, () => {
          throw new Error("no");
        });
        for (const refresh of ["data", "resources", "sources"] as const) {
          await expect(shop(counted("a", { new: 1 }), failing).run({ to, refresh })).rejects.toThrow();
        }
        expect((await column("a", "n")).map(Number)).toEqual([1]);
        expect(await columns("a")).toEqual(["all", "n"]);
        await shop(counted("a"), counted("b")).run({ to });
        expect((await column("a", "n")).map(Number)).toEqual([1, 2]);
      });
    });
  });
}

/** A number as text that is the same for every type it may have come back as. */
function exact(value: unknown): string {
  const text = String(typeof value === "number" && Number.isInteger(value) ? BigInt(value) : value);
  return text.includes(".") && !text.includes("e") ? text.replace(/\.?0+$/, "") : text;
}
