import { type Table, tableFromIPC } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeStream } from "../../core/arrow/ipc-schema.ts";
import type { DestinationSession } from "../../core/destinations/contract.ts";
import { duckdb, type DuckDBDestination } from "../../core/destinations/duckdb/index.ts";
import { openDuckDB } from "../../host-node/duckdb/index.ts";
import { DRIVERS, filesOf } from "./duckdb-files.ts";
import { facts, put } from "./load.ts";
import { type Column, shareBuffers, stream, table } from "./streams.ts";
import { EVERY_TYPE } from "./suite.ts";

/** Values of DuckDB's types, and what a query returns for them. */
const VALUES: [sql: string, value: unknown][] = [
  ["null", null],
  ["true", true],
  ["(-8)::tinyint", -8],
  ["200::utinyint", 200],
  ["(-300)::smallint", -300],
  ["65535::usmallint", 65535],
  ["(-70000)::integer", -70000],
  ["4294967295::uinteger", 4294967295],
  ["9223372036854775807", 9223372036854775807n],
  ["18446744073709551615::ubigint", 18446744073709551615n],
  ["(-170141183460469231731687303715884105727)::hugeint", -170141183460469231731687303715884105727n],
  ["5::uhugeint", 5n],
  ["1.5::float", 1.5],
  ["1e300::double", 1e300],
  ["'nan'::double", NaN],
  ["-1.5::decimal(3,1)", "-1.5"],
  ["-1.50::decimal(9,2)", "-1.50"],
  ["-1.500::decimal(18,3)", "-1.500"],
  ["-1.5::decimal(38,20)", "-1.50000000000000000000"],
  ["7::decimal(10,0)", "7"],
  ["sum(1)", 1n],
  ["avg(2)", 2],
  ["'short'", "short"],
  ["'twelve bytes'", "twelve bytes"],
  ["'thirteen byte'", "thirteen byte"],
  ["repeat('grün', 1000)", "grün".repeat(1000)],
  ["''", ""],
  ["'\\x00\\xFF'::blob", Uint8Array.of(0, 255)],
  ["repeat('x', 20)::blob", new Uint8Array(20).fill(120)],
  ["'101'::bit", Uint8Array.of(5, 253)],
  ["date '2024-03-05'", "2024-03-05"],
  ["date '0044-03-15 (BC)'", "-000043-03-15"],
  ["time '01:02:03.000004'", "01:02:03.000004"],
  ["time_ns '01:02:03.000000004'", "01:02:03.000000004"],
  ["'12:00:00+02'::timetz", "12:00:00"],
  ["timestamp '2024-03-05 06:07:08.123456'", "2024-03-05T06:07:08.123456"],
  ["timestamptz '2024-03-05 06:07:08.123456+02'", "2024-03-05T04:07:08.123456Z"],
  ["timestamp_s '2024-03-05 06:07:08'", "2024-03-05T06:07:08"],
  ["timestamp_ms '2024-03-05 06:07:08.123'", "2024-03-05T06:07:08.123"],
  ["timestamp_ns '2024-03-05 06:07:08.123456789'", "2024-03-05T06:07:08.123456789"],
  ["'infinity'::timestamp", "infinity"],
  ["interval '14 months 3 days 4 microseconds'", "P14M3DT0.000004S"],
  ["'-infinity'::timestamptz", "-infinity"],
  ["uuid '0f7b3c2e-1d2a-4b5c-8d9e-0a1b2c3d4e5f'", "0f7b3c2e-1d2a-4b5c-8d9e-0a1b2c3d4e5f"],
  ["uuid 'ff7b3c2e-1d2a-4b5c-8d9e-0a1b2c3d4e5f'", "ff7b3c2e-1d2a-4b5c-8d9e-0a1b2c3d4e5f"],
  ["'b'::enum('a', 'b')", "b"],
  ["[1, null, 3]", [1, null, 3]],
  ["[]::varchar[]", []],
  ["[['a'], [], null, ['b', null]]", [["a"], [], null, ["b", null]]],
  ["[[1, 2], [3, 4]]::integer[2][2]", [[1, 2], [3, 4]]], // prettier-ignore
  ["{'a': [1.5::double, null], 'b': {'c': 'x'}}", { a: [1.5, null], b: { c: "x" } }],
  ["[{'a': 1}, null, {'a': null}]", [{ a: 1 }, null, { a: null }]],
  ["map {'a': [1], 'b': []::integer[]}", { a: [1], b: [] }],
  ["map {1: timestamptz '2024-01-01 00:00:00+00'}", { 1: "2024-01-01T00:00:00Z" }],
];

/** Statements whose results have another form than one row. */
const STATEMENTS = [
  "create table memory.main.made (i integer)",
  "insert into memory.main.made values (1), (2)",
  "update memory.main.made set i = 3 where i = 2",
  "delete from memory.main.made where i = 1 returning i",
  "drop table memory.main.made",
  "describe select 1 as a, 'x' as b",
  "select 1 as a, 2 as a, 3 as a",
  "select i, case when i % 3 = 0 then null else i::varchar || repeat('-', i % 30) end as t, [i, i + 1] as l, {'i': i} as s from range(5000) r(i)",
  "select * from (values (1, [1, 2]), (2, null), (3, [])) v(a, b) order by a desc",
  "select case when i % 2 = 0 then {'a': i, 'b': [i]} end as s, case when i % 5 > 0 then map {i: 'x'} end as m from range(20) r(i)",
];

describe("both drivers give the same values", () => {
  const made: DuckDBDestination[] = [];
  let sessions: DestinationSession[];
  beforeAll(async () => {
    for (const driver of DRIVERS) made.push(duckdb(":memory:", { open: openDuckDB, driver }));
    sessions = await Promise.all(made.map((destination) => destination.open({ dataset: "ds" })));
  });
  afterAll(async () => {
    for (const session of sessions) await session.close();
    for (const destination of made) await destination.close();
  });

  test.each(VALUES)("of %s", async (sql, value) => {
    for (const session of sessions) {
      expect(await session.query(`select ${sql} as v`)).toEqual([{ v: value }]);
      const outer = `from (values (0), (1), (2)) n(i) left join (select 1 as j, ${sql} as v) on i = j`;
      const around = [null, value, null];
      expect(await session.query(`select v ${outer} order by i`)).toEqual(around.map((v) => ({ v })));
      expect(await session.query(`select list(v order by i) as l ${outer}`)).toEqual([{ l: around }]);
    }
  });

  test.each(STATEMENTS)("of: %s", async (sql) => {
    const [wasm, native] = await Promise.all(sessions.map((session) => session.query(sql)));
    expect(native).toEqual(wasm);
  });

  test.each(["union_value(a := 1)", "[union_value(a := 1)]"])("neither reads %s", async (sql) => {
    for (const session of sessions) {
      await expect(session.query(`select ${sql} as v`)).rejects.toMatchObject({
        code: "DESTINATION_QUERY",
        message: expect.stringContaining("cast it to VARCHAR") as string,
      });
    }
  });

  test("in Arrow streams that others read", async () => {
    const sql = `select i::integer as i, i > 1 as b, [i, null]::bigint[] as l, {'a': i::integer, 'b': 'x' || i} as s,
      case when i = 1 then null else repeat('long ', 5) end as t, i::float / 2 as f from range(4000) r(i)`;
    const [wasm, native] = await Promise.all(
      sessions.map(async (session) => tableFromIPC(await session.arrow(sql))),
    );
    expect(native!.numRows).toBe(4000);
    const plain = (table: Table): string =>
      JSON.stringify(table.toArray(), (_, value: unknown) =>
        typeof value === "bigint" ? `${value}n` : value,
      );
    expect(plain(native!)).toBe(plain(wasm!));
  });

  test("and the same Arrow types for the columns that runlet loads", async () => {
    const fields = [];
    for (const session of sessions) {
      const load = await session.begin("1");
      await put(load, "types", EVERY_TYPE);
      await load.commit(facts("1"));
      const described = describeStream(await session.arrow("select * from types"));
      fields.push(described.fields.map(({ name, type, nullable }) => ({ name, type, nullable })));
    }
    expect(fields[1]).toEqual(fields[0]);
  });
});

describe("many rows, in pieces of whatever size", () => {
  const rows = 10_000;
  const some = <T>(value: (row: number) => T): (T | null)[] =>
    Array.from({ length: rows }, (_, row) => (row % 7 === 3 ? null : value(row)));
  const columns: Record<string, Column> = {
    id: { type: "bigint", values: Array.from({ length: rows }, (_, row) => BigInt(row)) },
    text: { type: "text", values: some((row) => "é".repeat(row % 23) + row) },
    long: { type: "text", values: some((row) => (row % 500 === 0 ? "long ".repeat(5000) : "")) },
    bool: { type: "bool", values: some((row) => row % 3 === 0) },
    bytes: { type: "binary", values: some((row) => new Uint8Array(row % 17).fill(row & 0xff)) },
    cents: { type: "decimal", precision: 4, scale: 2, values: some((row) => BigInt(row - 5000)) },
    price: { type: "decimal", precision: 9, scale: 2, values: some((row) => BigInt(row - 5000) * 10_000n) },
    sum: { type: "decimal", precision: 18, scale: 3, values: some((row) => BigInt(row - 5000) * 10n ** 13n) },
    wei: { type: "wei", values: some((row) => BigInt(row - 5000) * 10n ** 33n) },
    none: { type: "double", values: Array<null>(rows).fill(null) },
  };

  test("are the same in both drivers, and what went in", async () => {
    const results = [];
    for (const driver of DRIVERS) {
      const destination = duckdb(":memory:", { open: openDuckDB, driver });
      const session = await destination.open({ dataset: "ds" });
      const load = await session.begin("1");
      await load.prepare(table("t", columns), "append");
      await load.write("t", shareBuffers(stream(columns, 3), 9));
      // A stream that begins at an odd address.
      const bytes = stream(columns);
      const odd = new Uint8Array(bytes.length + 1);
      odd.set(bytes, 1);
      await load.write("t", odd.subarray(1));
      await load.commit(facts("1"));
      results.push(await session.query("select * from t"));
      await session.close();
      await destination.close();
    }
    expect(results[1]).toEqual(results[0]);
    const found = results[1] as Record<string, unknown>[];
    expect(found.length).toBe(4 * rows);
    for (const name of ["id", "text", "long", "bool", "bytes", "wei", "none"]) {
      expect(found.slice(3 * rows).map((row) => row[name])).toEqual(columns[name]!.values);
    }
    expect(found[3 * rows + 1]).toMatchObject({ cents: "-49.99", price: "-499900.00" });
  });

  test("are the same in both drivers, however batches are cut, and where a column has no value for a while", async () => {
    const sizes = [1, 7, 100, 13, 1, 2048, 900, 3, 1024, 5];
    const empty = new Set([2, 5, 6, 8]);
    let from = 0;
    const pieces = sizes.map((size, piece) => {
      const cut = Object.entries(columns).map(([name, column]) => {
        const values = column.values.slice(from, from + size);
        return [
          name,
          { ...column, values: name !== "id" && empty.has(piece) ? values.map(() => null) : values },
        ];
      });
      from += size;
      return Object.fromEntries(cut) as typeof columns;
    });
    const results = [];
    for (const driver of DRIVERS) {
      const destination = duckdb(":memory:", { open: openDuckDB, driver });
      const session = await destination.open({ dataset: "ds" });
      const load = await session.begin("1");
      await load.prepare(table("t", columns), "append");
      await load.write("t", joined(pieces.map((piece) => stream(piece))));
      await load.commit(facts("1"));
      results.push(await session.query("select * from t"));
      await session.close();
      await destination.close();
    }
    expect(results[1]).toEqual(results[0]);
    const found = results[1] as Record<string, unknown>[];
    for (const name of ["id", "text", "long", "bool", "bytes", "wei", "none"])
      expect(found.map((row) => row[name])).toEqual(pieces.flatMap((piece) => piece[name]!.values));
  });
});

/** One stream of the batches of streams that have the same schema. */
function joined(streams: readonly Uint8Array[]): Uint8Array {
  const schemaBytes = 8 + new DataView(streams[0]!.buffer, streams[0]!.byteOffset).getUint32(4, true);
  const parts = streams.map((each, index) => each.subarray(index === 0 ? 0 : schemaBytes, -8));
  return new Uint8Array(Buffer.concat([...parts, streams[0]!.subarray(-8)]));
}

describe.each([DRIVERS, [...DRIVERS].reverse()])("a file written by %s DuckDB", (first, second) => {
  const writing = filesOf(first!);
  const reading = filesOf(second!);

  test("is read, and loaded to, by the other", async () => {
    const file = writing.at("crossed.duckdb");
    let session = await writing.open(file);
    const load = await session.begin("1");
    await put(load, "types", EVERY_TYPE);
    await load.commit(facts("1"));
    const rows = await session.query("select * from types");
    await session.close();

    session = await reading.open(file);
    expect(await session.query("select * from types")).toEqual(rows);
    const next = await session.begin("2");
    await put(next, "types", { ...EVERY_TYPE, later: { type: "text", values: ["l", "l", "l"] } });
    await put(next, "kids", { id: { type: "bigint", values: [1n] } }, "replace");
    await next.commit(facts("2"));
    await session.close();

    session = await writing.open(file);
    expect(await session.query("select * exclude (later) from types where later is not null")).toEqual(rows);
    expect(await session.query("select id from kids")).toEqual([{ id: 1n }]);
    expect(await session.query("select count(*) n from _dlt_loads")).toEqual([{ n: 2n }]);
    await session.close();
  });

  test("stays with the driver that has it open", async () => {
    const file = writing.at("shared.duckdb");
    await writing.loadOne(file);
    const [a, b] = [await writing.open(file), await reading.open(file)];
    expect(await b.query("pragma platform")).toEqual(await a.query("pragma platform"));
    await a.close();
    expect(await b.query("select id from t")).toEqual([{ id: 1n }]);
    await b.close();
  });
});

describe.each(DRIVERS)("bytes that are no text, with %s DuckDB", (driver) => {
  test.skipIf(driver === "wasm")("are refused", async () => {
    const destination = duckdb(":memory:", { open: openDuckDB, driver });
    const session = await destination.open({ dataset: "ds" });
    const values = [Uint8Array.of(0xff, 0xfe), Uint8Array.of(0x61)];
    const load = await session.begin("1");
    await load.prepare(table("t", { v: { type: "text" } }), "append");
    await expect(load.write("t", stream({ v: { type: "text", values } }))).rejects.toMatchObject({
      code: "DESTINATION_SCHEMA",
      message: expect.stringContaining("UTF-8") as string,
    });
    await load.rollback();
    await destination.close();
  });
});
