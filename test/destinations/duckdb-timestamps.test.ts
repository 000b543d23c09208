import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DestinationSession } from "../../core/destinations/contract.ts";
import { castThroughTimestamp, singleStatement } from "../../core/destinations/sql/statement.ts";
import { duckdb } from "../../core/destinations/duckdb/index.ts";
import { openDuckDB } from "../../host-node/duckdb/index.ts";
import { facts, put } from "./load.ts";

/** Expressions over `t(id bigint, ts timestamp, ts2 timestamp, d date, tm time, n decimal, x double, s text)`. */
const EXPRESSIONS = [
  ..."year month day hour minute second quarter week decade century millennium dayofweek dayofyear isodow isoyear yearweek weekday weekofyear dayofmonth era epoch epoch_ms epoch_us epoch_ns microsecond millisecond dayname monthname last_day julian"
    .split(" ")
    .flatMap((name) => [`${name}(ts)`, ...(/second|^hour|^minute|^epoch/.test(name) ? [] : [`${name}(d)`])]),
  ..."year month day hour minute second quarter week epoch doy dow isodow"
    .split(" ")
    .flatMap((part) => [`extract(${part} from ts)`, `date_part('${part}', ts)`]),
  ..."microsecond millisecond second minute hour day week month quarter year decade century"
    .split(" ")
    .flatMap((part) => [
      `date_trunc('${part}', ts)`,
      `date_trunc('${part}', ts::timestamp)`,
      `date_diff('${part}', ts, ts2)`,
      `datediff('${part}', ts::timestamp, ts2::timestamp)`,
      `date_sub('${part}', ts, ts2)`,
    ]),
  "date_trunc('day', d)",
  "datetrunc('month', ts)",
  "date_trunc('day', interval 26 hours)",
  "ts + interval 1 day",
  "ts + interval '1 month 2 days'",
  "interval 90 minutes + ts",
  "ts - interval '1 year'",
  "ts - ts2",
  "ts2 - ts",
  "d + interval 1 day",
  "d + 1",
  "d - 1",
  "d - d",
  "d + tm",
  "tm + interval 1 hour",
  "interval 1 day + interval 2 hours",
  "interval 1 day - interval 2 hours",
  "ts + interval 1 day + interval 1 hour - interval 1 minute",
  "(ts + interval 1 day)::date",
  "ts::date",
  "cast(ts as date)",
  "CAST ( ts + interval 1 day AS Date )",
  "try_cast(ts as date)",
  "cast(cast(ts as date) as varchar)",
  "ts::date - ts2::date",
  "ts::date = date '2024-03-05'",
  "ts::timestamp",
  "ts::varchar",
  "strftime(ts, '%Y-%m')",
  "strftime(ts::date, '%d')",
  "ts at time zone 'UTC'",
  "(ts at time zone 'UTC')::date",
  "ts::timestamp at time zone 'UTC'",
  "timezone('UTC', ts)",
  "time_bucket(interval 1 week, ts)",
  "time_bucket(interval 1 month, ts)",
  "time_bucket(interval 1 day, d)",
  "age(ts, ts2)",
  "age(ts::timestamp, ts2::timestamp)",
  "ts > '2024-01-01'",
  "ts between '2024-03-01' and '2024-03-31'",
  "ts >= date '2024-01-01' and ts + interval 1 day > ts2",
  "greatest(ts, ts2)",
  "range(ts, ts + interval 3 day, interval 1 day)",
  "generate_series(date_trunc('day', ts), ts, interval 6 hour)",
  "make_timestamptz(2024, 1, 2, 3, 4, 5.5)",
  "list_transform([ts], lambda v: v + interval 1 day)",
  "list_transform([1, 2], lambda v: v + 1 + year(ts))",
  "case when year(ts) = 2024 then n + 1 else -n end",
  "1 + 1 - year(ts) + x - n",
  "id - -id + hour(ts)",
  "d + interval (id) day + interval (hour(ts)) hour",
  "coalesce(null, ts) + interval 1 day",
  "'2024-01-01'::timestamptz + interval 1 day",
  "ts + to_days(id::int)",
  "s || date_trunc('day', ts)::varchar",
];

const QUERIES = [
  "select max(ts) over () + interval 1 day v from t",
  "select date_trunc('day', lag(ts) over (order by id)) v from t order by id",
  "select date_trunc('month', ts) m, count(*) n from t group by 1 order by 1 nulls last",
  "select date_trunc('month', ts) m, count(*) n from t group by date_trunc('month', ts) order by m nulls last",
  "select ts::date as date, count(*) n from t group by ts::date order by date nulls last",
  "with q as (select ts::date as date from t) select max(date) from (select date as date from q)",
  "select id from t where ts >= (select max(ts) from t) - interval 400 day order by id",
  "select (max(ts) - min(ts))::varchar d, sum(hour(ts)) e, max(ts) + interval 1 day f from t",
  "select date_part(['year', 'month'], ts)::varchar p from t",
  "select date_trunc('day', max(ts)) d from ds.t where ts < now() - interval 1 day",
  "select (max(ts at time zone 'UTC') + interval 1 hour)::date d, max(ts::date) + interval 1 day e from ds.t",
  "select id from t order by ts + interval 1 day desc nulls last, id",
  "select a.id from t a join t b on a.ts::date = b.ts::date + 0 where a.id = b.id order by 1",
  "select * from range(timestamptz '2024-01-01', timestamptz '2024-01-04', interval 1 day)",
  'select \'ts::date\' as s, "date" from (select ts::date as "date", -- ts::date\n ts /* cast(ts as date) */ from t) order by 2 nulls last',
];

describe("timestamps in duckdb-wasm, which has no icu", () => {
  const folder = mkdtempSync(join(tmpdir(), "runlet-duckdb-"));
  const file = join(folder, "times.duckdb");
  let session: DestinationSession;
  let native: DuckDBConnection;

  beforeAll(async () => {
    session = await duckdb(file, { open: openDuckDB, driver: "wasm" }).open({ dataset: "ds" });
    const load = await session.begin("1");
    await put(load, "t", {
      id: { type: "bigint", values: [1n, 2n, 3n] },
      ts: { type: "timestamp", values: [1_709_618_828_123_456n, -86_399_500_000n, null] },
      ts2: { type: "timestamp", values: [1_735_689_599_999_999n, 0n, 1n] },
      d: { type: "date", values: [19_787, -1, null] },
      tm: { type: "time", values: [3_723_000_001n, 0n, null] },
      n: { type: "decimal", precision: 10, scale: 2, values: [150n, -1n, null] },
      x: { type: "double", values: [0.5, 1e9, null] },
      s: { type: "text", values: ["a", "", null] },
    });
    await load.commit(facts("1"));
    await session.close();
    session = await duckdb(file, { open: openDuckDB, driver: "wasm" }).open({ dataset: "ds" });
    native = await (await DuckDBInstance.create(":memory:")).connect();
    await native.run(`attach '${file}' as f (read_only)`);
    await native.run("use f.ds");
    await native.run("set TimeZone = 'UTC'");
  });
  afterAll(async () => {
    native?.closeSync();
    await session?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Both engines print the values themselves, so that nothing but their SQL is compared. */
  async function both(sql: string): Promise<[unknown, unknown]> {
    const reader = await native.runAndReadAll(sql);
    return [await session.query(sql), reader.getRowObjectsJson()];
  }

  test.each(EXPRESSIONS)("%s", async (expression) => {
    const [embedded, expected] = await both(
      `select (v)::varchar as v, typeof(v) as t from (select (${expression}) as v, id from t) order by id`,
    );
    expect(embedded).toEqual(expected);
  });

  test.each(QUERIES)("%s", async (sql) => {
    const [embedded, expected] = (await both(sql)) as [object[], object[]];
    const printed = (rows: object[]): unknown =>
      rows.map((row) =>
        Object.entries(row).map(([name, value]) => [
          name,
          // ISO text beside DuckDB's own spelling.
          String(value)
            .replace("T", " ")
            .replace(/Z$|\+00$/, ""),
        ]),
      );
    expect(printed(embedded)).toEqual(printed(expected));
  });

  test("today and now", async () => {
    const [row] = await session.query("select current_date = today() a, now() - interval 1 day < now() b");
    expect(row).toEqual({ a: true, b: true });
    expect(await session.query("select age(ts) > interval 1 year v from t where id = 1")).toEqual([
      { v: true },
    ]);
  });

  test("parameters go with them", async () => {
    const rows = await session.query("select id from t where ts + interval 1 day > ? and ts::date = ?", [
      "2024-01-01",
      "2024-03-05",
    ]);
    expect(rows).toEqual([{ id: 1n }]);
    expect(await session.query("select date_trunc(?, ts) v from t where id = ?", ["year", 1])).toEqual([
      { v: "2024-01-01T00:00:00Z" },
    ]);
  });

  test("another time zone is refused by name", async () => {
    await expect(session.query("select ts at time zone 'Europe/Paris' from t")).rejects.toMatchObject({
      code: "DESTINATION_QUERY",
      message: expect.stringContaining("Europe/Paris") as string,
    });
  });

  test("what cannot be helped says how to write it", async () => {
    await expect(session.query("select to_timestamp(max(id)) + ts::timetz from t")).rejects.toMatchObject({
      code: "DESTINATION_QUERY",
      hint: expect.stringContaining("created_at::timestamp") as string,
    });
  });
});

describe("reading SQL text", () => {
  test("one statement, without its semicolon", () => {
    expect(singleStatement("select 1; -- the end\n")).toBe("select 1");
    expect(singleStatement("select ';', \";\", $$;$$, $a$;$a$, e'\\';' /* ; */")).toContain("select");
    expect(singleStatement("select 1; select 2")).toBeUndefined();
    expect(singleStatement(" -- nothing")).toBeUndefined();
    expect(singleStatement(";")).toBeUndefined();
  });

  test("casts, and nothing that looks like one", () => {
    expect(castThroughTimestamp("a::date, cast(f(a) as date)")).toBe(
      "a::timestamp::date, cast(f(a) as timestamp)::date",
    );
    expect(castThroughTimestamp("cast(cast(a as date) as time)")).toBe(
      "cast(cast(a as timestamp)::date as timestamp)::time",
    );
    const unchanged =
      "(select a as date), 'a::date', \"a::date\", a::date[], a::time with time zone, x::dates, f(a as date)";
    expect(castThroughTimestamp(unchanged)).toBe(unchanged);
  });
});
