import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Destination, DestinationSession } from "../../core/destinations/contract.ts";
import type { MemoryStore } from "../../core/destinations/memory/memory.ts";
import type { SchemaStep } from "../../core/schema/steps.ts";
import type { ColumnSchema } from "../../core/schema/types.ts";
import { facts, put } from "./load.ts";
import type { Subject } from "./subject.ts";
import { type Column, stream, table } from "./streams.ts";

const ints = (...values: (bigint | number | null)[]): Column => ({
  type: "bigint",
  values: values.map((value) => (value === null ? null : BigInt(value))),
});
const texts = (...values: (string | null)[]): Column => ({ type: "text", values });

type Rows = Record<string, unknown>[];

/** What every destination that alters tables does, step by step. */
export function testEvolution(name: string, subject: Subject): void {
  describe(`${name}, evolution`, () => {
    let destination: Destination;
    let session: DestinationSession;
    let loads = 0;
    beforeEach(async () => {
      destination = await subject.create();
      session = await destination.open({ dataset: "shop" });
      loads = 0;
    }, 60_000);
    afterEach(() => session.close());

    const load = async (
      fill: (load: Awaited<ReturnType<DestinationSession["begin"]>>) => Promise<void>,
    ): Promise<void> => {
      const id = String(++loads);
      const started = await session.begin(id);
      try {
        await fill(started);
        await started.commit(facts(id));
      } catch (error) {
        await started.rollback();
        throw error;
      }
    };
    const given = (columns: Record<string, Column>, of = "users"): Promise<void> =>
      load((started) => put(started, of, columns));
    const alter = (...steps: SchemaStep[]): Promise<void> => load((started) => started.alter!(steps));
    const column = (name: string, more: Partial<ColumnSchema>): ColumnSchema => ({ name, ...more });
    const rows = async (of = "users"): Promise<Rows> => {
      if (destination.kind === "memory") return (destination as MemoryStore).tables("shop")[of]!;
      return session.query(`select * from ${of} order by 1`);
    };
    const printed = async (of?: string): Promise<unknown> =>
      JSON.parse(
        JSON.stringify(await rows(of), (_, value: unknown) =>
          typeof value === "bigint" ? Number(value) : value,
        ),
      );

    test("a table is renamed with its rows, and rows go on coming to it", async () => {
      await given({ id: ints(1, 2) });
      await alter({ kind: "rename-table", table: "users", to: "people" });
      await given({ id: ints(3) }, "people");
      expect(await printed("people")).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
    });

    test("columns are renamed, dropped and added, in one load with rows that come", async () => {
      await given({ id: ints(1), name: texts("Ada"), age: ints(36) });
      await load(async (started) => {
        await started.alter!([
          { kind: "rename-column", table: "users", column: "name", to: "full_name" },
          { kind: "drop-column", table: "users", column: "age", type: "bigint" },
          {
            kind: "add-column",
            table: "users",
            column: "note",
            schema: column("note", { data_type: "text" }),
          },
        ]);
        await put(started, "users", { id: ints(2), full_name: texts("Bob"), note: texts("new") });
      });
      expect(await printed()).toEqual([
        { id: 1, full_name: "Ada", note: null },
        { id: 2, full_name: "Bob", note: "new" },
      ]);
    });

    test("a dropped table comes back with other columns in the same load", async () => {
      await given({ id: ints(1), name: texts("Ada") });
      await load(async (started) => {
        await started.alter!([{ kind: "drop-table", table: "users" }]);
        await put(started, "users", { id: texts("one"), tag: texts("x") });
      });
      expect(await printed()).toEqual([{ id: "one", tag: "x" }]);
    });

    test("a dropped table is gone; one that was never there is no matter", async () => {
      await given({ id: ints(1) });
      await given({ id: ints(1) }, "orders");
      await alter({ kind: "drop-table", table: "users" }, { kind: "drop-table", table: "nothing" });
      if (destination.kind === "memory") expect(await rows()).toBeUndefined();
      else await expect(rows()).rejects.toMatchObject({ code: "DESTINATION_QUERY" });
      expect(await printed("orders")).toEqual([{ id: 1 }]);
    });

    test("a column that was not null takes nulls, in the same load", async () => {
      const users = { id: { ...ints(1), nullable: false }, name: texts("Ada") };
      await given(users);
      await load(async (started) => {
        await started.alter!([{ kind: "relax-column", table: "users", column: "id" }]);
        await put(started, "users", { id: ints(null), name: texts("Bob") });
      });
      await alter({ kind: "relax-column", table: "users", column: "name" });
      const found = (await printed()) as Rows;
      expect(found).toHaveLength(2);
      expect(found).toContainEqual({ id: null, name: "Bob" });
    });

    test("a table is created with its columns", async () => {
      await given({ id: ints(1) });
      const wanted = table("orders", {
        id: { type: "bigint" },
        total: { type: "decimal", precision: 12, scale: 2 },
      });
      await alter({ kind: "create-table", table: "orders", schema: wanted });
      await load((started) =>
        put(started, "orders", {
          id: ints(1),
          total: { type: "decimal", values: [1250n], precision: 12, scale: 2 },
        }),
      );
      expect(await printed("orders")).toEqual([{ id: 1, total: "12.50" }]);
    });

    test("a new column of type json takes documents", async () => {
      await given({ id: ints(1) });
      const schema = column("more", { data_type: "json" });
      await load(async (started) => {
        await started.alter!([{ kind: "add-column", table: "users", column: "more", schema }]);
        await put(started, "users", { id: ints(2), more: { type: "json", values: ['{"a": 1}'] } });
      });
      const found = (await printed()) as { id: number; more: unknown }[];
      expect(found.map(({ more }) => (typeof more === "string" ? JSON.parse(more) : more))).toEqual([
        null,
        { a: 1 },
      ]);
    });

    describe("widens, and every value stays what it is", () => {
      const MANY = [0n, -1n, 9007199254740992n, 4611686018427387904n];
      const digits = (scale: number) => MANY.map((value) => `${value}.${"0".repeat(scale)}`);
      test.each([
        ["bigint to double", ints(...MANY, null), { data_type: "double" }, [...MANY.map(Number), null]],
        [
          "bigint to decimal",
          ints(...MANY, null),
          { data_type: "decimal", precision: 30, scale: 4 },
          [...digits(4), null],
        ],
        ["bigint to text", ints(...MANY, null), { data_type: "text" }, [...MANY.map(String), null]],
        [
          "decimal to a larger one",
          { type: "decimal", values: [1234n, -5n, null], precision: 10, scale: 2 },
          { data_type: "decimal", precision: 20, scale: 4 },
          ["12.3400", "-0.0500", null],
        ],
        [
          "bool to text",
          { type: "bool", values: [true, false, null] },
          { data_type: "text" },
          ["True", "False", null],
        ],
        [
          "date to text",
          { type: "date", values: [19_000, null] },
          { data_type: "text" },
          ["2022-01-08", null],
        ],
      ] as [string, Column, Partial<ColumnSchema>, unknown[]][])("%s", async (_, values, to, expected) => {
        const order = ints(...expected.map((_, at) => at));
        await given({ at: order, x: values });
        const from: ColumnSchema = {
          name: "x",
          data_type: values.type,
          ...(values.precision === undefined ? {} : { precision: values.precision, scale: values.scale! }),
        };
        await alter({ kind: "widen-column", table: "users", column: "x", from, schema: column("x", to) });
        const found = (await rows()).map(({ x }) => x);
        expect(found).toEqual(expected);
      });

      test("a date becomes its midnight in UTC", async () => {
        await given({ x: { type: "date", values: [19_000] } });
        const from = column("x", { data_type: "date" });
        const schema = column("x", { data_type: "timestamp" });
        await alter({ kind: "widen-column", table: "users", column: "x", from, schema });
        expect(Date.parse(String((await rows())[0]!["x"]))).toBe(19_000 * 86_400_000);
      });

      test("integers that a double would round stay, and nothing of the load is done", async () => {
        await given({ x: ints(9007199254740993n), y: ints(1) });
        const from = column("x", { data_type: "bigint" });
        const schema = column("x", { data_type: "double" });
        const steps: SchemaStep[] = [
          { kind: "drop-column", table: "users", column: "y" },
          { kind: "widen-column", table: "users", column: "x", from, schema },
        ];
        await expect(alter(...steps)).rejects.toMatchObject({
          code: "DESTINATION_SCHEMA",
          where: { table: "users", column: "x" },
        });
        expect(await rows()).toEqual([{ x: 9007199254740993n, y: destination.kind === "memory" ? 1 : 1n }]);
      });
    });

    test("what is rolled back has changed nothing", async () => {
      await given({ id: ints(1), name: texts("Ada") });
      const started = await session.begin("9");
      await started.alter!([
        { kind: "rename-column", table: "users", column: "name", to: "other" },
        { kind: "rename-table", table: "users", to: "people" },
      ]);
      await started.prepare(table("people", { id: ints(), other: texts() }), "append");
      await started.write("people", stream({ id: ints(5), other: texts("E") }));
      await started.rollback();
      expect(await printed()).toEqual([{ id: 1, name: "Ada" }]);
    });
  });
}
