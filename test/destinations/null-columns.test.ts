import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type Destination,
  installHost,
  memory,
  type MemoryStore,
  pipeline,
  resource,
} from "../../core/index.ts";
import { duckdb } from "../../core/destinations/duckdb/index.ts";
import { disk, parquet } from "../../core/destinations/parquet/index.ts";
import { openDuckDB } from "../../host-node/duckdb/index.ts";
import { nodeHost } from "../../host-node/host.ts";
import type { StoredSchema } from "../../core/schema/stored.ts";
import type { ColumnSchema } from "../../core/schema/types.ts";
import { postgresDatabases } from "./postgres-databases.ts";

const folder = mkdtempSync(join(tmpdir(), "runlet-nulls-"));
let made = 0;
beforeAll(() => {
  const { storage: _, ...host } = nodeHost;
  installHost({ ...host, log: () => undefined });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const destinations: Record<string, () => Promise<Destination>> = {
  memory: async () => memory(),
  "duckdb native": async () =>
    duckdb(join(folder, `${made++}`, "d.duckdb"), { open: openDuckDB, driver: "native" }),
  "duckdb wasm": async () =>
    duckdb(join(folder, `${made++}`, "d.duckdb"), { open: openDuckDB, driver: "wasm" }),
  parquet: async () => parquet(disk(join(folder, `${made++}`))),
  postgres: postgresDatabases(),
};

describe.each(Object.keys(destinations))("keys that only were null, in %s", (kind) => {
  let to: Destination;
  beforeEach(async () => void (to = await destinations[kind]!()), 60_000);

  type Row = Record<string, unknown>;
  const load = (options: object, data: object[], run: object = {}) =>
    pipeline("p", resource("t", options as Parameters<typeof resource>[1], data)).run({
      to,
      normalise: { nullColumns: "text" },
      ...run,
    });
  const query = async (statement: string): Promise<Row[]> => {
    const session = await to.open({ dataset: "p_dataset", existing: true });
    try {
      return await session.query(statement);
    } finally {
      await session.close();
    }
  };
  /** A table's columns in the stored document. */
  const columnsOf = async (table: string): Promise<Record<string, ColumnSchema>> => {
    const session = await to.open({ dataset: "p_dataset", existing: true });
    try {
      const { schema } = await session.restore("p", "p");
      return (schema as unknown as StoredSchema).tables[table]!.columns;
    } finally {
      await session.close();
    }
  };
  /** Values of columns, in the order of the first one. */
  const read = async (table: string, ...columns: string[]): Promise<unknown[][]> => {
    const rows =
      to.kind === "memory"
        ? (to as MemoryStore).tables("p_dataset")[table]!
        : await query(`SELECT * FROM "${table}"`);
    const plain = (value: unknown) => (typeof value === "bigint" ? Number(value) : value);
    for (const column of columns) expect(Object.keys(rows[0]!)).toContain(column);
    return rows
      .map((row) => columns.map((column) => plain(row[column])))
      .sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
  };

  test("get a column of text, marked in the document", async () => {
    await load({}, [
      { id: 1, x: null, tags: [null], inner: null },
      { id: 2, inner: { a: 1 } },
    ]);
    expect((await columnsOf("t"))["x"]).toEqual({
      name: "x",
      data_type: "text",
      nullable: true,
      "x-runlet": { nullOnly: true },
    });
    expect((await columnsOf("t__tags"))["value"]).toMatchObject({ data_type: "text" });
    expect(await read("t__tags", "value")).toEqual([[null]]);
    // It had an object as well.
    expect((await columnsOf("t"))["inner"]?.data_type).toBeUndefined();
    expect(JSON.stringify(await columnsOf("t"))).not.toContain("x-runlet-no-column");
    if (to.kind !== "memory")
      expect(await read("t", "id", "x")).toEqual([
        [1, null],
        [2, null],
      ]);
  });

  test("get none where nobody asks for it, or the resource wants none", async () => {
    await load({}, [{ id: 1, x: null }], { normalise: {} });
    expect((await columnsOf("t"))["x"]).not.toHaveProperty("data_type");
    await load({ nullColumns: "none" }, [{ id: 2, x: null }]);
    expect((await columnsOf("t"))["x"]).not.toHaveProperty("data_type");
    const asked = await load({ nullColumns: "text" }, [{ id: 3, x: null }], { normalise: {} });
    expect(asked.schemaChanges).toEqual([{ kind: "column-added", table: "t", column: "x", type: "text" }]);
    expect(await read("t", "id", "x")).toEqual([
      [1, null],
      [2, null],
      [3, null],
    ]);
  });

  const ways: [string, object][] = [
    ["append", {}],
    ["replace", { write: "replace" }],
    ["merge", { write: "merge", primaryKey: "id" }],
    ["upsert", { write: "merge", strategy: "upsert", primaryKey: "id" }],
    ["scd2", { write: "merge", strategy: "scd2" }],
  ];
  const values: [string, unknown][] = [
    ["bigint", 7],
    ["double", 1.5],
    ["bool", true],
    ["text", "a"],
  ];
  describe.each(ways)("%s", (way, options) => {
    test("the type is that of the first value, in a later load", async ({ skip }) => {
      skip(way !== "append" && way !== "replace" && !to.capabilities.dispositions.includes("merge"));
      const nulls = Object.fromEntries(values.map(([name]) => [name, null]));
      await load(options, [{ id: 1, ...nulls, list: [{ k: 1, y: null }] }]);
      // Still nothing: neither the column nor its mark goes.
      const still = await load(options, [{ id: 2, list: [{ k: 2 }] }], { normalise: {} });
      expect(still.schemaChanges).toEqual([]);
      expect((await columnsOf("t"))["bool"]).toHaveProperty("x-runlet");
      const info = await load(options, [{ id: 3, ...Object.fromEntries(values), list: [{ k: 3, y: 9 }] }]);
      const columns = await columnsOf("t");
      const types = values.map(([name]) => columns[name]!.data_type);
      expect(types).toEqual(values.map(([name]) => name));
      for (const [name] of values) expect((await columnsOf("t"))[name]).not.toHaveProperty("x-runlet");
      expect(info.schemaChanges).toContainEqual({
        kind: "column-widened",
        table: "t",
        column: "bigint",
        from: "text",
        type: "bigint",
      });
      const names = values.map(([name]) => name);
      const left =
        way === "replace"
          ? []
          : [
              [1, null, null, null, null],
              [2, null, null, null, null],
            ];
      expect(await read("t", "id", ...names)).toEqual([...left, [3, ...values.map(([, value]) => value)]]);
      expect((await read("t__list", "k", "y")).at(-1)).toEqual([3, 9]);
      const more = await load(options, [{ id: 4, bigint: 8 }]);
      expect(more.schemaChanges).toEqual([]);
      expect((await read("t", "id", "bigint")).at(-1)).toEqual([4, 8]);
    });
  });

  test("types that are no plain text: times, JSON, decimals", async () => {
    const columns = { at: "timestamp", doc: "json", n: "decimal", day: "date" } as const;
    await load({}, [{ id: 1, at: null, doc: null, n: null, day: null }]);
    const values = { at: "2024-01-02T03:04:05Z", doc: { a: 1 }, n: 1.5, day: "2024-01-02" };
    await load({ columns }, [{ id: 2, ...values }]);
    for (const [name, type] of Object.entries(columns))
      expect((await columnsOf("t"))[name]!.data_type).toBe(type);
    const rows = await read("t", "id", "at", "doc", "n", "day");
    expect(rows[0]).toEqual([1, null, null, null, null]);
    expect(rows[1]!.slice(1)).not.toContain(null);
  });

  test("a value in the midst of a load that has written to the table before", async () => {
    await load({}, [{ id: 1, x: null }]);
    const { limits } = nodeHost;
    installHost({
      ...nodeHost,
      storage: undefined as never,
      limits: { ...limits, streamBytes: 1 },
      log: () => undefined,
    });
    const pages = async function* () {
      for (let id = 2; id < 6; id++)
        yield new TextEncoder().encode(`{"id":${id},"x":${id === 4 ? "44" : "null"}}\n`);
    };
    await load({}, pages as never);
    expect(await read("t", "id", "x")).toEqual([
      [1, null],
      [2, null],
      [3, null],
      [4, 44],
      [5, null],
    ]);
  });

  test("a column that another program has written text into stays text", async ({ skip }) => {
    skip(!["duckdb", "postgres"].includes(to.kind));
    await load({}, [{ id: 1, x: null }]);
    await query(`UPDATE "t" SET "x" = 'theirs'`);
    await load({}, [{ id: 2, x: 5 }]);
    expect((await columnsOf("t"))["x"]).toEqual({ name: "x", data_type: "text", nullable: true });
    expect(await read("t", "id", "x")).toEqual([
      [1, "theirs"],
      [2, "5"],
    ]);
  });

  test("a frozen table gets no such column", async () => {
    await load({}, [{ id: 1 }]);
    await load({ contract: { columns: "freeze" } }, [{ id: 2, x: null }]);
    expect(await columnsOf("t")).not.toHaveProperty("x");
  });
});
