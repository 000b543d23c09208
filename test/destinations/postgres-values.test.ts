import fc from "fast-check";
import { tableFromIPC } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { printTimestamp } from "../../core/arrow/printed-time.ts";
import { readRows } from "../../core/arrow/ipc-rows.ts";
import type { DestinationSession } from "../../core/destinations/contract.ts";
import { encodeCopy } from "../../core/destinations/postgres/copy-binary.ts";
import { postgres } from "../../core/destinations/postgres/index.ts";
import type { TableSchema } from "../../core/schema/types.ts";
import { openSocket } from "../../host-node/socket.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { EVERY_TYPE } from "./every-type.ts";
import { facts, put } from "./load.ts";
import { type Column, stream } from "./streams.ts";

let server: PostgresServer;
let session: DestinationSession;
beforeAll(async () => {
  server = await startPostgres();
  session = await postgres(server.url(), { socket: openSocket }).open({ dataset: "shop" });
});
afterAll(async () => {
  await session.close();
  await server.stop();
});

let loads = 0;
/** What comes back of a column's values, in order. */
async function through(column: Column): Promise<unknown[]> {
  const name = `t${++loads}`;
  const load = await session.begin(name);
  const order: Column = { type: "bigint", values: column.values.map((_, row) => BigInt(row)) };
  await put(load, name, { order, value: column });
  await load.commit(facts(name));
  return (await session.query(`select value from ${name} order by "order"`)).map((row) => row.value);
}

/** Values that a seed makes the same each time; null among them. */
const sample = <T>(values: fc.Arbitrary<T>, count = 1500): (T | null)[] =>
  fc.sample(fc.option(values, { freq: 20 }), { numRuns: count, seed: 7 });

function printDecimal(value: bigint | null, scale: number): string | null {
  if (value === null) return null;
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
  const sign = value < 0n ? "-" : "";
  return sign + (scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`);
}

describe("values come back as they went in", () => {
  test.each([0, 1, 2, 3, 4, 5, 9, 18, 37, 38])(
    "decimals of 38 digits, %i of them a fraction",
    async (scale) => {
      const limit = 10n ** 38n - 1n;
      const edges = [0n, 1n, -1n, 9_999n, 10_000n, -10_000n, 2n ** 64n, -(2n ** 96n), limit, -limit];
      const values = [...edges, ...sample(fc.bigInt(-limit, limit)), ...sample(fc.bigInt(-99_999n, 99_999n))];
      const read = await through({ type: "decimal", precision: 38, scale, values });
      expect(read).toEqual(values.map((value) => printDecimal(value, scale)));
    },
  );

  test("integers of 64 bits", async () => {
    const values = [-(2n ** 63n), 2n ** 63n - 1n, 0n, ...sample(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n))];
    expect(await through({ type: "bigint", values })).toEqual(values);
  });

  test("doubles, all but the sign of zero that text would show", async () => {
    const values = [Number.MAX_VALUE, Number.MIN_VALUE, NaN, Infinity, -Infinity, -0, ...sample(fc.double())];
    expect(await through({ type: "double", values })).toEqual(values);
  });

  test("timestamps from 4713 BC to the year 294276", async () => {
    const [earliest, latest] = [-210_866_803_200_000_000n + 86_400_000_000n, 2n ** 63n - 2n ** 50n];
    const values = [-1n, 0n, earliest, latest, ...sample(fc.bigInt(earliest, latest))];
    const read = await through({ type: "timestamp", values });
    expect(read).toEqual(values.map((value) => (value === null ? null : printTimestamp(value, "us", true))));
  });

  test("text of every length, where chunks end too", async () => {
    const values = [...sample(fc.string({ unit: "grapheme", maxLength: 200 })), "x".repeat(300_000), ""].map(
      (value) => value && value.replaceAll("\0", ""),
    );
    expect(await through({ type: "text", values })).toEqual(values);
  });

  test("JSON, with white space only within its strings", async () => {
    const values = [
      '{"b": 1.10, "a b": "x  \\"y\\" : z"}',
      "[1,  2]",
      "12345678901234567890.5",
      '"\\\\"',
      "null",
    ];
    expect(await through({ type: "json", values })).toEqual([
      '{"b":1.10,"a b":"x  \\"y\\" : z"}',
      "[1,2]",
      "12345678901234567890.5",
      '"\\\\"',
      "null",
    ]);
  });
});

test("the bytes are those of the format, written out by hand", () => {
  const bytes = stream({
    n: { type: "bigint", values: [258n, null] },
    v: { type: "text", values: ["ab", "é"] },
    d: { type: "decimal", precision: 10, scale: 2, values: [-123_456n, null] },
  });
  const chunks = [
    ...encodeCopy(bytes, "t", [
      { name: "n", encoding: { kind: "integer", bits: 64 } },
      { name: "v", encoding: { kind: "text" } },
      { name: "d", encoding: { kind: "numeric", bits: 128, scale: 2 } },
    ]),
  ];
  const whole = Buffer.concat(chunks).toString("hex");
  const header = "5047434f50590aff0d0a00" + "00000000" + "00000000";
  // -1234.56: 11 base-10,000 digits, the first of weight 9, of which the last two are 1234 and 5600.
  const numeric = "000b" + "0009" + "4000" + "0002" + "0000".repeat(9) + "04d2" + "15e0";
  const first = "0003" + "00000008" + "0000000000000102" + "00000002" + "6162" + "0000001e" + numeric;
  const second = "0003" + "ffffffff" + "00000002" + "c3a9" + "ffffffff";
  expect(whole).toBe(header + first + second + "ffff");
});

test("what a query can give beside a dataset's types has a form of its own", async () => {
  expect(
    await session.query(
      `select array[1,null,3]::bigint[] a, array['x,"y"', null, 'null', '']::text[] b, '{{1,2},{3,4}}'::int[] c,
         array[date '2024-01-02'] d, '0044-03-15 BC'::date e, 'infinity'::timestamptz f, 1.50::numeric g,
         interval '1 day' h, '12:34:56.7'::time i, 1::smallint j, 'a'::bytea k, '{}'::int[] l`,
    ),
  ).toEqual([
    {
      a: [1n, null, 3n],
      b: ['x,"y"', null, "null", ""],
      c: [
        [1, 2],
        [3, 4],
      ],
      d: ["2024-01-02"],
      e: "-000043-03-15",
      f: "infinity",
      g: "1.50",
      h: "1 day",
      i: "12:34:56.700",
      j: 1,
      k: Uint8Array.of(97),
      l: [],
    },
  ]);
});

test("a result as Arrow has the values that its rows have", async () => {
  const load = await session.begin("arrow");
  const { a_decimal, a_price, a_wei, ...columns } = EVERY_TYPE;
  await put(load, "arrows", columns);
  await load.commit(facts("arrow"));
  const bytes = await session.arrow("select * from arrows");
  expect(readRows(bytes)).toEqual(await session.query("select * from arrows"));
  expect(tableFromIPC(bytes).schema.fields.map(({ type }) => String(type))).toEqual([
    "Utf8",
    "Float64",
    "Bool",
    "Timestamp<MICROSECOND, UTC>",
    "Int64",
    "Binary",
    "Utf8",
    "Date32<DAY>",
    "Time64<MICROSECOND>",
  ]);
  expect(tableFromIPC(await session.arrow("select 1.5 as n, array[1,2] as a where false")).numRows).toBe(0);
  expect([a_decimal, a_price, a_wei]).not.toContain(undefined);
});

test("parameters are ? or $1, and a question mark within text or an operator is none", async () => {
  expect(await session.query("select $2 as b, $1 as a, $2 as c", [1, "x"])).toEqual([
    { b: "x", a: 1, c: "x" },
  ]);
  expect(await session.query("select '?' as a, ? as b -- ?", ["y"])).toEqual([{ a: "?", b: "y" }]);
  expect(await session.query(`select '{"a":1}'::jsonb ? 'a' as has`)).toEqual([{ has: true }]);
  expect(await session.query(`select '{"a":1}'::jsonb ? $1 as has`, ["a"])).toEqual([{ has: true }]);
  await expect(session.query("select ?", [1, 2])).rejects.toMatchObject({ code: "DESTINATION_QUERY" });
  await expect(session.query("select ?, ?", [1])).rejects.toMatchObject({ code: "DESTINATION_QUERY" });
});

test("tables are made as dlt 1.31 makes them", async () => {
  const column = (name: string, more: object) => [name, { name, ...more }] as const;
  const items: TableSchema = {
    name: "items",
    columns: Object.fromEntries([
      column("a_json", { data_type: "json" }),
      column("short", { data_type: "text", precision: 10 }),
      column("p_dec", { data_type: "decimal", precision: 10, scale: 2 }),
      column("i16", { data_type: "bigint", precision: 16 }),
      column("i32", { data_type: "bigint", precision: 32 }),
      column("naive", { data_type: "timestamp", timezone: false }),
      column("ts3", { data_type: "timestamp", precision: 3 }),
      column("t3", { data_type: "time", precision: 3 }),
      column("w", { data_type: "wei" }),
      column("nn", { data_type: "bigint", nullable: false, unique: true }),
      column("a_dec", { data_type: "decimal" }),
      column("never_seen", {}),
      column("_dlt_id", { data_type: "text", nullable: false, unique: true, row_key: true }),
    ]),
  };
  const load = await session.begin("dlt");
  await load.prepare(items, "append");
  await load.commit(facts("dlt"));
  const catalog = async (name: string): Promise<string[]> =>
    (
      await session.query<{ line: string }>(
        `select attname || ' ' || format_type(atttypid, atttypmod) || case when attnotnull then ' not null' else '' end as line
         from pg_attribute where attrelid = $1::regclass and attnum > 0 order by attnum`,
        [name],
      )
    ).map(({ line }) => line);
  expect(await catalog("items")).toEqual([
    "a_json jsonb",
    "short character varying(10)",
    "p_dec numeric(10,2)",
    "i16 smallint",
    "i32 integer",
    "naive timestamp without time zone",
    "ts3 timestamp(3) with time zone",
    "t3 time(3) without time zone",
    "w numeric(156,78)",
    "nn bigint not null",
    "a_dec numeric(38,9)",
    "_dlt_id character varying not null",
  ]);
  expect(await catalog("_dlt_loads")).toEqual([
    "load_id character varying(64) not null",
    "schema_name character varying",
    "status bigint not null",
    "inserted_at timestamp with time zone not null",
    "schema_version_hash character varying",
  ]);
  expect(await catalog("_dlt_version")).toEqual([
    "version bigint not null",
    "engine_version bigint not null",
    "inserted_at timestamp with time zone not null",
    "schema_name character varying not null",
    "version_hash character varying not null",
    "schema character varying not null",
  ]);
  expect(
    await session.query("select indexname from pg_indexes where tablename = 'items' order by 1"),
  ).toEqual([{ indexname: "items__dlt_id_key" }, { indexname: "items_nn_key" }]);
});
