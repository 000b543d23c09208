import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import type { Destination, LoadInfo } from "../../core/index.ts";
import { schemaVersionHash } from "../../core/schema/version-hash.ts";
import type { Place, Read } from "./partner.ts";
import { shop } from "./shop.ts";
import { type Store, together } from "./stores.ts";

// dlt itself attaches to what runlet has written, reads it, loads into it, and runlet goes on from there.

const { missing, dlt, inFile, onServer } = together({ PEPPER: "pepper" });

// Both of DuckDB's drivers write the same file; the second is for the long run.
const STORES: Record<string, (name: string) => Store> = {
  "DuckDB, native": (name) => inFile(name),
  ...(process.env["RUNLET_FULL"] ? { "DuckDB, WebAssembly": (name: string) => inFile(name, "wasm") } : {}),
  Postgres: onServer,
};

test("dlt is the version that the frozen data is of", () => {
  const pinned = (file: string) => /^dlt\[.*\]==(.*)$/m.exec(readFileSync(file, "utf8"))![1];
  expect(pinned("test/interchange/requirements.txt")).toBe(pinned("test/oracle/requirements.txt"));
});

/** Cells of some columns, rows in the order of their texts. */
function cells(read: Read, table: string, ...columns: string[]): string[] {
  const { columns: all, rows } = read[table]!;
  const at = columns.map((name) => all.findIndex(([column]) => column === name));
  return rows.map((row) => at.map((index) => row[index]).join(" ")).sort();
}

describe.skipIf(missing).each(Object.keys(STORES))(missing ?? "%s", (name) => {
  let to: Destination;
  let place: Place;
  let first: LoadInfo;
  beforeAll(async () => {
    ({ to, place } = STORES[name]!("shop"));
    first = await shop(1).run({ to });
  }, 60_000);

  test("dlt attaches: schema, version hash and state are those that runlet has stored", async () => {
    const found = await dlt.attach("shop", place, "data", { working: name });
    expect(found).toMatchObject({ default: "shop", dataset: "data", first_run: false });
    expect(Object.keys(found.schemas)).toEqual(["shop"]);
    const { document, ...hashes } = found.schemas["shop"]!;
    expect(hashes.computed).toBe(hashes.hash);
    expect(hashes.stored).toBe(hashes.hash);
    expect(schemaVersionHash(document)).toBe(hashes.hash);
    expect(found.state["sources"]).toEqual({
      shop: { resources: { prices: { runs: 1, big: 9007199254740993, nothing: null } } },
    });
    expect(found.state).toMatchObject({ _state_version: 1, schema_names: ["shop"], pipeline_name: "shop" });
  });

  test("it finds tables, columns, types and hints", async () => {
    const { tables } = (await dlt.describe()).schemas["shop"]!.document;
    expect(
      Object.values(tables).flatMap((table) =>
        table.parent === undefined && !table.name.startsWith("_dlt")
          ? [[table.name, table.write_disposition, table["x-merge-strategy"]]]
          : [],
      ),
    ).toEqual([
      ["orders", "append", undefined],
      ["plan", "replace", undefined],
      ["users", "merge", "delete-insert"],
      ["days", "merge", "delete-insert"],
      ["stock", "merge", "upsert"],
      ["first", "merge", "insert-only"],
      ["prices", "merge", "scd2"],
    ]);
    const { columns } = tables["orders"]!;
    expect(
      Object.fromEntries(Object.entries(columns).map(([column, { data_type }]) => [column, data_type])),
    ).toEqual({
      id: "bigint",
      price: "decimal",
      raw: "json",
      day: "date",
      photo: "binary",
      at: "timestamp",
      clock: "time",
      email: "text",
      phone: "text",
      mixed: "bigint",
      mixed__v_text: "text",
      big: "bigint",
      ratio: "double",
      done: "bool",
      seen: "timestamp",
      ship__to__zip: "text",
      _dlt_load_id: "text",
      _dlt_id: "text",
    });
    expect(columns["price"]).toMatchObject({ precision: 12, scale: 2 });
    expect(columns["mixed__v_text"]).toMatchObject({ variant: true });
    expect(tables["users"]!.columns["id"]).toMatchObject({ primary_key: true, nullable: false });
    expect(tables["days"]!.columns["day"]).toMatchObject({ merge_key: true, nullable: false });
    expect(tables["stock"]!.columns["place__id"]).toMatchObject({ primary_key: true, nullable: false });
    expect(tables["stock"]!.columns["gone"]).toMatchObject({ hard_delete: true });
    expect(tables["first"]!.columns["at"]).toMatchObject({ dedup_sort: "asc" });
    expect(tables["prices"]!.columns["_dlt_id"]).toMatchObject({ "x-row-version": true });
    expect(tables["users__emails"]).toMatchObject({
      parent: "users",
      columns: {
        _dlt_parent_id: { parent_key: true },
        _dlt_root_id: { root_key: true },
        _dlt_id: { row_key: true, unique: true },
      },
    });
  });

  test("dataset() reads every table, value by value", async () => {
    const read = await dlt.read();
    expect(Object.keys(read).sort()).toEqual(Object.keys(first.tables).sort());
    const counts = Object.entries(read).map(([table, { rows }]) => [table, rows.length]);
    expect(Object.fromEntries(counts)).toEqual(await dlt.rowCounts());
    const [one, two] = read["orders"]!.rows;
    const names = read["orders"]!.columns.map(([column]) => column);
    expect(Object.fromEntries(names.map((column, i) => [column, one![i]]))).toEqual({
      id: "i1",
      price: "e12.5",
      // Of Postgres dlt makes Arrow by way of Python's own numbers.
      raw: expect.stringMatching(/^j\{"a":1,"b":\[(1|d3ff0000000000000),d4004000000000000\]\}$/),
      day: "y19724",
      photo: "x68656c6c6f",
      at: "t1709528767123456",
      clock: "h36672000000",
      email: expect.stringMatching(/^s[0-9a-f]{64}$/),
      phone: "s***",
      mixed: "i1",
      mixed__v_text: "n",
      big: "i9007199254740993",
      ratio: "d3fb999999999999a",
      done: "b1",
      seen: "t1714972089000000",
      ship__to__zip: "sé",
      _dlt_load_id: `s${first.loadId}`,
      _dlt_id: expect.stringMatching(/^s.{14}$/),
    });
    expect(two).toContain("stext");
    expect(cells(read, "orders__lines__parts", "n")).toEqual(["i1", "i2"]);
    expect(cells(read, "orders__tags", "value", "_dlt_list_idx")).toEqual(["n i1", "sa i0", "sb i0"]);
    expect(cells(read, "first", "v")).toEqual(["sfirst"]);
  });

  test("dlt loads into the same tables: rows are merged as dlt merges, nothing of the schema changes", async () => {
    const before = await dlt.describe();
    const merge = (strategy: string) => ({ write: "merge", strategy });
    const { loads } = await dlt.run(
      [
        {
          name: "orders",
          records: [
            {
              id: 3,
              price: 7.25,
              raw: { z: 1 },
              day: "2024-01-03",
              mixed: 3,
              tags: ["c"],
              lines: [{ sku: "q", parts: [{ n: 3 }] }],
            },
            { id: 31, mixed: "more text" },
          ],
        },
        { name: "plan", records: [{ id: 3, steps: [3] }], options: { write: "replace" } },
        {
          name: "users",
          records: [
            { id: 2, name: "Bea", emails: ["bb"] },
            { id: 3, name: "Cyd" },
          ],
          options: { ...merge("delete-insert"), primaryKey: ["id"] },
        },
        {
          name: "days",
          records: [{ day: "mon", n: 7 }],
          options: { ...merge("delete-insert"), mergeKey: ["day"] },
        },
        {
          name: "stock",
          records: [
            { sku: "a", place: { id: 1 }, n: 55, gone: false, lots: [9] },
            { sku: "b", place: { id: 1 }, gone: true },
            { sku: "c", place: { id: 1 }, n: 1, gone: false },
          ],
          options: { ...merge("upsert"), primaryKey: ["sku", "place__id"], hardDelete: "gone" },
        },
        {
          name: "first",
          records: [
            { id: 1, at: 0, v: "too late" },
            { id: 3, at: 5, v: "third" },
          ],
          options: {
            ...merge("insert-only"),
            primaryKey: ["id"],
            dedupSort: { column: "at", order: "asc" },
          },
        },
        {
          name: "prices",
          records: [
            { sku: "a", price: 1.5, zones: [{ z: "n" }] },
            { sku: "b", price: 3.5 },
          ],
          options: merge("scd2"),
          state: { seen: "by dlt" },
        },
      ],
      { source: "shop" },
    );
    expect(loads).toHaveLength(1);
    expect(Number(loads[0])).toBeGreaterThan(Number(first.loadId));
    const after = await dlt.describe();
    expect(after.schemas["shop"]!.document.tables).toEqual(before.schemas["shop"]!.document.tables);
    const read = await dlt.read();
    expect(cells(read, "orders", "id", "mixed", "mixed__v_text")).toEqual([
      "i1 i1 n",
      "i2 n stext",
      "i3 i3 n",
      "i31 n smore text",
    ]);
    expect(cells(read, "orders__tags", "value")).toEqual(["n", "sa", "sb", "sc"]);
    expect(cells(read, "plan", "id")).toEqual(["i3"]);
    expect(cells(read, "plan__steps", "value")).toEqual(["i3"]);
    expect(cells(read, "users", "id", "name")).toEqual(["i1 sAda", "i2 sBea", "i3 sCyd"]);
    expect(cells(read, "users__emails", "value")).toEqual(["sbb", "sx", "sy"]);
    expect(cells(read, "days", "day", "n")).toEqual(["smon i7", "stue i3"]);
    expect(cells(read, "stock", "sku", "n")).toEqual(["sa i55", "sc i1"]);
    expect(cells(read, "stock__lots", "value")).toEqual(["i9"]);
    expect(cells(read, "first", "id", "v")).toEqual(["i1 sfirst", "i3 sthird"]);
    expect(cells(read, "prices", "sku", "price").length).toBe(3);
    const open = read["prices"]!.rows.filter((row) => row.includes("n"));
    expect(open).toHaveLength(2);
    expect(cells(read, "prices__zones", "z")).toEqual(["sn"]);
  });

  test("runlet goes on: dlt's state and schema are continued, load ids grow", async () => {
    const info = await shop(2).run({ to });
    const rows = async (sql: string) =>
      (await info.dataset.query(sql)).map((row) =>
        Object.values(row as object)
          .map(String)
          .join(" "),
      );
    expect(await rows("select id, mixed from orders order by id")).toEqual([
      "1 1",
      "2 null",
      "3 3",
      "4 null",
      "31 null",
    ]);
    expect(await rows("select value from orders__tags order by 1")).toEqual(["a", "b", "c", "d", "null"]);
    expect(await rows("select id from plan")).toEqual(["4"]);
    expect(await rows("select value from plan__steps")).toEqual([]);
    expect(await rows("select id, name from users order by 1")).toEqual([
      "1 Ada",
      "2 Bertha",
      "3 Cyd",
      "4 Dot",
    ]);
    expect(await rows("select value from users__emails order by 1")).toEqual(["b", "x", "y"]);
    expect(await rows("select day, n from days order by 1")).toEqual(["mon 7", "tue 8"]);
    expect(await rows("select sku, n from stock order by 1")).toEqual(["a 7"]);
    expect(await rows("select value from stock__lots")).toEqual(["3"]);
    expect(await rows("select id, v from first order by 1")).toEqual(["1 first", "3 third", "4 fourth"]);
    expect(await rows("select sku, price from prices where _dlt_valid_to is null order by 1")).toEqual([
      "a 1.5",
      "c 9.5",
    ]);
    expect(await rows("select count(*) from prices")).toEqual(["4"]);
    expect(info.schemaChanges).toEqual([]);
    const loads = await rows("select load_id, status, schema_name from _dlt_loads order by load_id");
    expect(loads).toHaveLength(3);
    expect(loads.at(0)).toBe(`${first.loadId} 0 shop`);
    expect(loads.at(-1)).toBe(`${info.loadId} 0 shop`);
    const ids = loads.map((line) => Number(line.split(" ")[0]));
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  });

  test("and dlt sees what runlet did: it takes up schema and state where they are", async () => {
    const found = await dlt.attach("shop", place, "data", { working: name, how: "sync" });
    const { hash, computed, stored } = found.schemas["shop"]!;
    expect([computed, stored]).toEqual([hash, hash]);
    expect(found.state["sources"]).toEqual({
      shop: { resources: { prices: { runs: 2, big: 9007199254740993, nothing: null, seen: "by dlt" } } },
    });
    const [newest] = await dlt.sql(
      "select version_hash, version from _dlt_version order by inserted_at desc",
    );
    expect(newest).toEqual({ version_hash: hash, version: found.schemas["shop"]!.version });
    const [state] = await dlt.sql(
      "select version, version_hash from _dlt_pipeline_state order by _dlt_load_id desc",
    );
    expect(state).toEqual({
      version: found.state._state_version,
      version_hash: found.state["_version_hash"],
    });
  });
});
