import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Destination } from "../../core/destinations/contract.ts";
import type { MemoryStore } from "../../core/destinations/memory/memory.ts";
import {
  type Dataset,
  exportSchema,
  importSchema,
  installHost,
  pipeline,
  resource,
} from "../../core/index.ts";
import type { StoredSchema } from "../../core/schema/stored.ts";
import type { ColumnSchema } from "../../core/schema/types.ts";
import { nodeHost } from "../../host-node/host.ts";
import type { Subject } from "./subject.ts";

type To = Partial<ColumnSchema>;
type Options = Parameters<typeof resource>[1];

/** Of every type a column. */
const COLUMNS = {
  i: "bigint",
  f: "double",
  b: "bool",
  t: "timestamp",
  s: "text",
  j: "json",
  d: { type: "decimal", precision: 10, scale: 2 },
  w: "wei",
  y: "date",
  h: "time",
  x: "binary",
} as const;
const RECORD = `{"i":9007199254740993,"f":1.5,"b":true,"t":"2024-01-02T03:04:05Z","s":"12","j":{"a":1},"d":1.25,
  "w":7,"y":"2024-01-02","h":"03:04:05","x":"AAE=","l":[{"i":9007199254740993,"s":"1"}]}`;

const some = (...types: ColumnSchema["data_type"][]): To[] => types.map((data_type) => ({ data_type }));

/** What a column cannot become, though one value of it might. */
const REFUSED: Record<keyof typeof COLUMNS, To[]> = {
  i: [
    ...some("bool", "timestamp", "date", "json", "binary"),
    { data_type: "decimal", precision: 10 },
    { data_type: "bigint", precision: 32 },
  ],
  f: some("bigint", "decimal", "bool", "wei"),
  b: some("bigint", "double", "json"),
  t: some("text", "date", "bigint"),
  s: [...some("bigint", "double", "json", "binary", "timestamp"), { data_type: "text", precision: 10 }],
  j: some("bigint", "binary"),
  d: [
    ...some("bigint", "double", "wei"),
    { data_type: "decimal", precision: 8, scale: 2 },
    { data_type: "decimal", precision: 10, scale: 4 },
  ],
  w: some("bigint", "decimal", "double"),
  y: some("bigint", "time"),
  h: some("text", "timestamp"),
  x: some("text", "json"),
};

const CASES = Object.entries(REFUSED).flatMap(([column, all]) =>
  all.map((to) => ({
    column,
    to,
    named: [to.data_type, ...[to.precision, to.scale].filter((digits) => digits !== undefined)].join(" "),
  })),
);

/** A change of a column's type that is refused leaves the dataset as it was: rows, schema, and what is loaded next. */
export function testRefusedTypes(name: string, subject: Subject): void {
  describe(`${name}, a type that is refused`, () => {
    let to: Destination;
    let dataset: Dataset;
    let before: Awaited<ReturnType<typeof seen>>;
    beforeAll(() => {
      const { storage: _, ...host } = nodeHost;
      installHost({ ...host, log: () => undefined });
    });

    const load = (run: object = {}) =>
      pipeline("p", resource("t", { columns: COLUMNS } as Options, new TextEncoder().encode(RECORD))).run({
        to,
        ...run,
      });
    const read = async (table: string): Promise<unknown[]> => {
      if (to.kind === "memory") return (to as MemoryStore).tables("p_dataset")[table]!;
      return dataset.query(`select * from ${table}`);
    };
    const seen = async () => {
      const session = await to.open({ dataset: "p_dataset", existing: true });
      try {
        const { latestMicros, state } = await session.restore("p", "p");
        return {
          rows: [await read("t"), await read("t__l")],
          schema: await dataset.schema(),
          latestMicros,
          state,
        };
      } finally {
        await session.close();
      }
    };
    const changed = (table: string, column: string, type: To): StoredSchema => {
      const { tables, ...rest } = exportSchema(before.schema);
      const file = structuredClone({ tables, ...rest });
      const { precision: _, scale: __, ...kept } = file.tables[table]!.columns![column] as ColumnSchema;
      file.tables[table]!.columns![column] = { ...kept, ...type };
      return importSchema(file);
    };

    // Each is shown to have changed nothing, so that one dataset does for all.
    let made: Promise<void> | undefined;
    beforeEach(
      () =>
        (made ??= (async () => {
          to = await subject.create();
          ({ dataset } = await load());
          before = await seen();
          expect(before.rows.map((rows) => rows.length)).toEqual([1, 1]);
        })()),
      60_000,
    );

    test.each(CASES)("$column as $named", async ({ column, to: type }) => {
      const schema = changed("t", column, type);
      await expect(dataset.alter({ to: schema })).rejects.toMatchObject({
        code: "SCHEMA_INVALID",
        where: { table: "t", column },
      });
      expect(await seen()).toEqual(before);
    });

    test("beside steps that would be done, of the table and of one nested in it", async () => {
      for (const [table, column] of [
        ["t", "s"],
        ["t__l", "s"],
      ] as const) {
        const schema = changed(table, column, { data_type: "bigint" });
        delete schema.tables["t"]!.columns["y"];
        schema.tables["t"]!.columns["b"] = { ...schema.tables["t"]!.columns["b"]!, data_type: "text" };
        schema.tables["more"] = { name: "more", columns: { a: { name: "a", data_type: "text" } } };
        await expect(
          dataset.alter({ to: schema, rename: { "t.h": "hour" }, destructive: true }),
        ).rejects.toMatchObject({ code: "SCHEMA_INVALID" });
        expect(await seen()).toEqual(before);
      }
    });

    test("by its values: integers that a double would round", async () => {
      for (const table of ["t", "t__l"]) {
        const schema = changed(table, "i", { data_type: "double" });
        schema.tables["t"]!.columns["note"] = { name: "note", data_type: "text" };
        await expect(dataset.alter({ to: schema })).rejects.toMatchObject({ code: "DESTINATION_SCHEMA" });
        expect(await seen()).toEqual(before);
      }
    });

    test("by a schema that is given to a run, before anything is read", async () => {
      for (const type of [{ data_type: "bigint" }, { data_type: "json" }] as const)
        await expect(load({ schema: changed("t", "s", type) })).rejects.toMatchObject({
          code: "SCHEMA_INVALID",
        });
      expect(await seen()).toEqual(before);
    });

    test("loads go on as before", async () => {
      await load();
      expect(await read("t")).toHaveLength(2);
      expect((await dataset.schema()).version_hash).toBe(before.schema.version_hash);
    });
  });
}
