import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Destination, DestinationLoad, DestinationSession } from "../../core/destinations/contract.ts";
import { defaultState, encodeState } from "../../core/schema/state.ts";
import { EVERY_TYPE } from "./every-type.ts";
import { facts, put } from "./load.ts";
import { testQueries } from "./suite-queries.ts";
import type { Subject } from "./subject.ts";
import { type Column, shareBuffers, stream, table } from "./streams.ts";

export { EVERY_TYPE };

const ints = (...values: (bigint | null)[]): Column => ({ type: "bigint", values });
const texts = (...values: (string | null)[]): Column => ({ type: "text", values });

/** The behaviours every destination that can be queried has. */
export function testDestination(name: string, subject: Subject): void {
  describe(name, () => {
    let destination: Destination;
    let session: DestinationSession;
    const open = async (): Promise<void> => void (session = await destination.open({ dataset: "shop_data" }));
    const load = async (id: string, fill: (load: DestinationLoad) => Promise<void>): Promise<void> => {
      const started = await session.begin(id);
      await fill(started);
      await started.commit(facts(id));
    };
    const rows = (from: string): Promise<Record<string, unknown>[]> => session.query(`select * from ${from}`);

    beforeEach(async () => {
      destination = await subject.create();
      await open();
    });
    afterEach(() => session.close());

    test("every type comes back as it went in, nulls included", async () => {
      await load("1", (l) => put(l, "types", EVERY_TYPE));
      const read = Array.from({ length: 3 }, (_, row) =>
        Object.fromEntries(
          Object.entries(EVERY_TYPE).map(([column, { read }]) => [
            column,
            (subject.reads?.[column] ?? read)[row],
          ]),
        ),
      );
      expect(await rows("types")).toEqual(read);
    });

    test("columns without any value load as nulls", async () => {
      const empty = Object.fromEntries(
        Object.entries(EVERY_TYPE).map(([column, values]) => [column, { ...values, values: [null, null] }]),
      );
      await load("1", (l) => put(l, "types", empty));
      const none = Object.fromEntries(Object.keys(EVERY_TYPE).map((column) => [column, null]));
      expect(await rows("types")).toEqual([none, none]);
    });

    test("columns that share one zeroed region of the batch load as nulls", async () => {
      const columns: Record<string, Column> = {
        id: ints(1n, 2n, 3n),
        a: ints(null, null, null),
        b: { type: "double", values: [null, null, null] },
        c: texts(null, null, null),
      };
      await load("1", async (l) => {
        await l.prepare(table("t", columns), "append");
        await l.write("t", shareBuffers(stream(columns), 1));
      });
      expect(await rows("t")).toEqual([1n, 2n, 3n].map((id) => ({ id, a: null, b: null, c: null })));
    });

    test("a stream of many batches, and one of none, load whole", async () => {
      await load("1", async (l) => {
        const columns = { id: ints(1n, 2n, 3n) };
        await l.prepare(table("t", columns), "append");
        await l.write("t", stream(columns, 50));
        await l.write("t", stream(columns, 0));
        await l.write("t", stream({ id: ints() }));
      });
      expect(await session.query("select count(*) n, sum(id)::bigint s from t")).toEqual([
        { n: 150n, s: 300n },
      ]);
    });

    test("a stream's columns go by name, in any order, and missing ones are null", async () => {
      await load("1", async (l) => {
        await l.prepare(table("t", { a: texts(), b: texts(), c: ints() }), "append");
        await l.write("t", stream({ b: texts("b1"), a: texts("a1"), c: ints(1n) }));
        await l.write("t", stream({ c: ints(2n), b: texts("b2") }));
        await l.write("t", stream({ a: texts("a3") }));
      });
      expect(await rows("t")).toEqual([
        { a: "a1", b: "b1", c: 1n },
        { a: null, b: "b2", c: 2n },
        { a: "a3", b: null, c: null },
      ]);
    });

    test("a column of another type, or none, is refused before anything is inserted", async () => {
      const started = await session.begin("1");
      await started.prepare(table("t", { a: texts(), n: ints() }), "append");
      await expect(started.write("t", stream({ a: texts("x"), n: texts("1") }))).rejects.toMatchObject({
        code: "DESTINATION_SCHEMA",
        where: { table: "t", column: "n" },
      });
      await expect(started.write("t", stream({ a: texts("x"), other: texts("1") }))).rejects.toMatchObject({
        code: "DESTINATION_SCHEMA",
        where: { table: "t", column: "other" },
      });
      await started.write("t", stream({ a: texts("kept"), n: ints(1n) }));
      await started.commit(facts("1"));
      expect(await rows("t")).toEqual([{ a: "kept", n: 1n }]);
    });

    test("a column that must have a value refuses null, naming the table", async () => {
      const started = await session.begin("1");
      await started.prepare(table("t", { id: { type: "bigint", nullable: false } }), "append");
      await expect(started.write("t", stream({ id: ints(1n, null) }))).rejects.toMatchObject({
        code: "DESTINATION_SCHEMA",
        where: { table: "t" },
      });
      await started.rollback();
    });

    test("tables grow columns of every type, within a load and from load to load", async () => {
      await load("1", async (l) => {
        await put(l, "t", { id: { ...ints(1n), nullable: false } });
        await put(l, "t", { id: ints(2n), more: texts("m") });
      });
      await load("2", (l) =>
        put(l, "t", { id: ints(3n, 4n, 5n), more: texts(null, null, null), ...EVERY_TYPE }),
      );
      expect(await session.query("select id, more, a_json, a_text from t order by id")).toEqual([
        { id: 1n, more: null, a_json: null, a_text: null },
        { id: 2n, more: "m", a_json: null, a_text: null },
        { id: 3n, more: null, a_json: '{"a":[1,null]}', a_text: "grün \u{1f995}" },
        { id: 4n, more: null, a_json: null, a_text: null },
        { id: 5n, more: null, a_json: "[]", a_text: "" },
      ]);
    });

    test("append adds, replace replaces with its children, within the one transaction", async () => {
      await load("1", async (l) => {
        await put(l, "t", { id: ints(1n) });
        await put(l, "t__kids", { k: ints(10n, 11n) });
      });
      await load("2", (l) => put(l, "t", { id: ints(2n) }));
      expect(await rows("t")).toEqual([{ id: 1n }, { id: 2n }]);
      const started = await session.begin("3");
      await put(started, "t", { id: ints(3n) }, "replace");
      await put(started, "t", { id: ints(4n), late: texts("x") }, "replace");
      await started.prepare(table("t__kids", { k: ints() }), "replace");
      expect(await rows("t")).toEqual([{ id: 1n }, { id: 2n }]);
      await started.commit(facts("3"));
      expect(await rows("t")).toEqual([
        { id: 3n, late: null },
        { id: 4n, late: "x" },
      ]);
      expect(await rows("t__kids")).toEqual([]);
    });

    test("replace keeps columns that the new schema does not have", async () => {
      await load("1", (l) => put(l, "t", { id: ints(1n), old: texts("o") }));
      await load("2", (l) => put(l, "t", { id: ints(2n) }, "replace"));
      expect(await rows("t")).toEqual([{ id: 2n, old: null }]);
    });

    test("nothing of a load that is rolled back, or left open, remains", async () => {
      await load("1", (l) => put(l, "t", { id: ints(1n) }));
      const undone = await session.begin("2");
      await put(undone, "t", { id: ints(2n), more: texts("x") }, "replace");
      await put(undone, "u", { id: ints(2n) });
      await undone.rollback();
      const left = await session.begin("3");
      await put(left, "v", { id: ints(3n) });
      if (subject.durable) {
        await session.close();
        await open();
      } else {
        await left.rollback();
      }
      expect(await rows("t")).toEqual([{ id: 1n }]);
      await expect(rows("u")).rejects.toMatchObject({ code: "DESTINATION_QUERY" });
      await expect(rows("v")).rejects.toMatchObject({ code: "DESTINATION_QUERY" });
      expect(await session.query("select load_id from _dlt_loads")).toEqual([{ load_id: "1" }]);
    });

    test("a second load at once is refused, and possible after the first", async () => {
      const first = await session.begin("1");
      await expect(session.begin("2")).rejects.toMatchObject({ code: "DESTINATION_LOCKED" });
      await first.rollback();
      await load("2", (l) => put(l, "t", { id: ints(1n) }));
      expect(await rows("t")).toEqual([{ id: 1n }]);
    });

    test("a committed load is known by its system rows, and restored from them", async () => {
      expect(await session.restore("shop_pipe", "shop")).toEqual({});
      const state = defaultState({ pipeline: "shop_pipe", dataset: "shop_data", schema: "shop" });
      state.sources = { shop: { last: 9_007_199_254_740_993n } };
      const document = facts("1").schema;
      const started = await session.begin("1");
      await put(started, "t", { id: ints(1n) });
      await started.commit(
        facts("1", {
          state: {
            pipelineName: "shop_pipe",
            version: 1,
            engineVersion: 4,
            encoded: await encodeState(state),
            versionHash: "h'1",
            dltId: "abc",
          },
        }),
      );
      await load("2", (l) => put(l, "t", { id: ints(2n) }));
      if (subject.durable) {
        await session.close();
        await open();
      }
      const latestMicros = Date.parse("2026-01-02T03:04:05.123Z") * 1000 + 456;
      expect(await session.restore("shop_pipe", "shop")).toEqual({ schema: document, state, latestMicros });
      expect(await session.restore("another", "other")).toEqual({ latestMicros });
      expect([await session.hasLoad("1"), await session.hasLoad("3")]).toEqual([true, false]);
      expect(await session.query("select load_id, status, schema_name, inserted_at from _dlt_loads")).toEqual(
        [
          { load_id: "1", status: 0n, schema_name: "shop", inserted_at: "2026-01-02T03:04:05.123456Z" },
          { load_id: "2", status: 0n, schema_name: "shop", inserted_at: "2026-01-02T03:04:05.123456Z" },
        ],
      );
      expect(await session.query("select count(*) n from _dlt_version")).toEqual([{ n: 1n }]);
      expect(
        await session.query("select version, version_hash, _dlt_load_id, _dlt_id from _dlt_pipeline_state"),
      ).toEqual([{ version: 1n, version_hash: "h'1", _dlt_load_id: "1", _dlt_id: "abc" }]);
    });

    test("a number variant folds into its column where every value is exact", async () => {
      const variants = async (base: Column, variant: Column, name: string): Promise<boolean> => {
        const started = await session.begin(name);
        await put(started, name, { x: base, x__v: variant });
        const folded = await started.widen(name, "x", "x__v");
        await started.commit(facts(name));
        return folded;
      };
      const double = (...values: (number | null)[]): Column => ({ type: "double", values });
      const decimal = (...values: (bigint | null)[]): Column => ({ type: "decimal", values });
      expect(await variants(ints(1n, null), double(null, 2.5), "a")).toBe(true);
      expect(await rows("a")).toEqual([{ x: 1 }, { x: 2.5 }]);
      expect(await variants(ints(9_007_199_254_740_993n, null), double(null, 2.5), "b")).toBe(false);
      expect(await rows("b")).toEqual([
        { x: 9_007_199_254_740_993n, x__v: null },
        { x: null, x__v: 2.5 },
      ]);
      expect(await variants(ints(9_007_199_254_740_993n, null), decimal(null, 1n), "c")).toBe(true);
      expect(await rows("c")).toEqual([{ x: "9007199254740993.000000000" }, { x: "0.000000001" }]);
      expect(await variants(double(0.5, null), ints(null, 4n), "d")).toBe(true);
      expect(await rows("d")).toEqual([{ x: 0.5 }, { x: 4 }]);
      expect(await variants(double(0.5, null), ints(null, 2n ** 63n - 1n), "e")).toBe(false);
      expect(await variants(texts("x", null), ints(null, 1n), "f")).toBe(false);
    });

    test("a column widened in this load takes what follows in the same load", async () => {
      await load("1", (l) => put(l, "t", { x: ints(1n) }));
      const started = await session.begin("2");
      await put(started, "t", { x: ints(null), x__v_double: { type: "double", values: [0.5] } });
      const widens = subject.widensCommitted ?? true;
      expect(await started.widen("t", "x", "x__v_double")).toBe(widens);
      if (!widens) {
        await started.commit(facts("2"));
        expect(await rows("t")).toEqual([
          { x: 1n, x__v_double: null },
          { x: null, x__v_double: 0.5 },
        ]);
        return;
      }
      await started.write("t", stream({ x: { type: "double", values: [7.25] } }));
      await started.commit(facts("2"));
      expect(await rows("t")).toEqual([{ x: 1 }, { x: 0.5 }, { x: 7.25 }]);
    });

    test("names are names, whatever is in them", async () => {
      const odd = ["select", 'say "hi"', "it's", "x; drop table t; --", "naïve ☃", "a.b", "%s ${x} \\"];
      const columns = Object.fromEntries(odd.map((column, n) => [column, texts(`v${n}`)]));
      for (const [n, odd_table] of [...odd, "duckdb_tables", "sqlite_master", "_runlet_stage2"].entries()) {
        await load(`id'${n}"`, async (l) => {
          await put(l, odd_table, columns);
          await l.write(odd_table, stream({ "it's": texts("again") }));
        });
        const quoted = odd_table.replaceAll('"', '""');
        const found = await rows(`shop_data."${quoted}"`);
        expect(found[0]).toEqual(Object.fromEntries(odd.map((column, at) => [column, `v${at}`])));
        expect(found[1]).toMatchObject({ "it's": "again", select: null });
      }
    });

    test("values are values, whatever is in them", async () => {
      const nul = subject.nulInText === false ? [] : ["\0nul\0"];
      const odd = [
        "'); drop table t; --",
        ...nul,
        "\\x41",
        "\\'",
        "E'\\''",
        "\u2028",
        "$$",
        "?",
        "${1}",
        "é".repeat(5000),
      ];
      await load("1", (l) => put(l, "t", { v: texts(...odd) }));
      expect((await rows("t")).map((row) => row.v)).toEqual(odd);
      for (const value of odd) {
        expect(await session.query("select ? as v, count(*) n from t where v = ?", [value, value])).toEqual([
          { v: value, n: 1n },
        ]);
      }
    });

    test("text with a NUL is kept, or refused with its column and nothing loaded", async () => {
      const started = await session.begin("1");
      await started.prepare(table("t", { id: ints(), v: texts() }), "append");
      const written = started.write("t", stream({ id: ints(1n, 2n), v: texts("fine", "a\0b") }));
      if (subject.nulInText === false) {
        await expect(written).rejects.toMatchObject({
          code: "DESTINATION_SCHEMA",
          where: { table: "t", column: "v" },
          message: expect.stringContaining("NUL") as string,
        });
        await started.rollback();
        await expect(rows("t")).rejects.toMatchObject({ code: "DESTINATION_QUERY" });
      } else {
        await written;
        await started.commit(facts("1"));
        expect(await rows("t")).toEqual([
          { id: 1n, v: "fine" },
          { id: 2n, v: "a\0b" },
        ]);
      }
    });

    test("a big stream loads whole, and nothing is lost where batches and chunks end", async () => {
      const count = 60_000;
      const numbers = Array.from({ length: count }, (_, row) => row);
      const columns: Record<string, Column> = {
        id: ints(...numbers.map(BigInt)),
        text: texts(...numbers.map((row) => (row % 7 === 0 ? null : "é".repeat(row % 90) + row))),
        half: { type: "double", values: numbers.map((row) => (row % 5 === 0 ? null : row / 2)) },
      };
      await load("1", async (l) => {
        await l.prepare(table("t", columns), "append");
        await l.write("t", stream(columns, 3));
      });
      const filled = numbers.filter((row) => row % 7 !== 0);
      expect(
        await session.query(
          `select count(*) n, count(distinct id) ids, count(text) texts, sum(length(text))::bigint as length,
             count(*) filter (where text not like '%' || id) as wrong from t`,
        ),
      ).toEqual([
        {
          n: BigInt(count * 3),
          ids: BigInt(count),
          texts: BigInt(filled.length * 3),
          length: BigInt(filled.reduce((sum, row) => sum + (row % 90) + String(row).length, 0) * 3),
          wrong: 0n,
        },
      ]);
      expect(await session.query("select count(*) n from t where half <> id / 2.0")).toEqual([{ n: 0n }]);
    });

    test("another session sees the old rows of all tables until the commit, then the new ones", async () => {
      const other = await destination.open({ dataset: "shop_data" });
      try {
        const seen = (): Promise<unknown[]> =>
          other.query("select (select sum(id)::bigint from t) as t, (select count(*) from t__kids) as kids");
        await load("1", async (l) => {
          await put(l, "t", { id: ints(1n) });
          await put(l, "t__kids", { k: ints(10n, 11n) });
        });
        const old = [{ t: 1n, kids: 2n }];
        expect(await seen()).toEqual(old);
        const started = await session.begin("2");
        await put(started, "t", { id: ints(5n) }, "replace");
        expect(await seen()).toEqual(old);
        await put(started, "t__kids", { k: ints(1n, 2n, 3n), late: texts(null, null, "x") }, "replace");
        expect(await seen()).toEqual(old);
        await put(started, "new", { id: ints(1n) });
        await expect(other.query("select * from new")).rejects.toMatchObject({ code: "DESTINATION_QUERY" });
        await started.commit(facts("2"));
        expect(await seen()).toEqual([{ t: 5n, kids: 3n }]);
        expect(await other.query("select late from t__kids where late is not null")).toEqual([{ late: "x" }]);
      } finally {
        await other.close();
      }
    });

    testQueries({ session: () => session, load });

    test("a cancelled load is refused", async () => {
      await session.close();
      const controller = new AbortController();
      session = await destination.open({ dataset: "shop_data", signal: controller.signal });
      const started = await session.begin("1");
      controller.abort();
      await expect(put(started, "t", { id: ints(1n) })).rejects.toMatchObject({ code: "CANCELLED" });
      await started.rollback();
    });
  });
}
