import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tableFromIPC } from "apache-arrow";
import { parquetMetadata } from "hyparquet";
import { afterAll, describe, expect, test } from "vitest";
import { installHost } from "../../core/index.ts";
import { readRows } from "../../core/arrow/ipc-rows.ts";
import { disk, fromParquet, parquet, toParquet } from "../../core/destinations/parquet/index.ts";
import { nodeHost } from "../../host-node/host.ts";
import { EVERY_TYPE } from "./every-type.ts";
import { facts, put } from "./load.ts";
import { readParquet } from "./read-parquet.ts";
import { stream } from "./streams.ts";

const folder = mkdtempSync(join(tmpdir(), "runlet-parquet-values-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
installHost({ ...nodeHost, log: () => undefined });

const ROWS = Array.from({ length: 3 }, (_, row) =>
  Object.fromEntries(Object.entries(EVERY_TYPE).map(([column, { read }]) => [column, read[row]])),
);

async function loaded(): Promise<Uint8Array> {
  const session = await parquet(disk(folder)).open({ dataset: "ds" });
  const load = await session.begin("1.5");
  await put(load, "types", EVERY_TYPE, "replace");
  await load.commit(facts("1.5"));
  await session.close();
  const [file] = readdirSync(join(folder, "ds/types"));
  return new Uint8Array(readFileSync(join(folder, "ds/types", file!)));
}

/** Physical and logical types, by column, as hyparquet reads the file's metadata. */
function typesOf(file: Uint8Array): Record<string, string> {
  const { schema } = parquetMetadata(file.slice().buffer as ArrayBuffer);
  return Object.fromEntries(
    schema.slice(1).map(({ name, type, logical_type }) => {
      const { type: kind, ...facts } = (logical_type ?? {}) as Record<string, unknown>;
      const parameters = Object.values(facts).join(",");
      return [
        name,
        kind === undefined ? `${type}` : `${type} ${String(kind)}${parameters ? `(${parameters})` : ""}`,
      ];
    }),
  );
}

describe("a Parquet file of every type", () => {
  test("has the types that Parquet has for them", async () => {
    expect(typesOf(await loaded())).toEqual({
      a_text: "BYTE_ARRAY STRING",
      a_double: "DOUBLE",
      a_bool: "BOOLEAN",
      a_timestamp: "INT64 TIMESTAMP(true,MICROS)",
      a_bigint: "INT64",
      a_binary: "BYTE_ARRAY",
      a_json: "BYTE_ARRAY STRING",
      a_decimal: "FIXED_LEN_BYTE_ARRAY DECIMAL(9,38)",
      a_price: "INT64 DECIMAL(2,10)",
      a_wei: "FIXED_LEN_BYTE_ARRAY DECIMAL(0,38)",
      a_date: "INT32 DATE",
      a_time: "INT64 TIME(false,MICROS)",
    });
  });

  test("is read by DuckDB's own reader, cell by cell", async () => {
    expect(await readParquet([await loaded()])).toEqual(ROWS);
  });

  test("is compressed with zstd and says who made it", async () => {
    const { created_by, row_groups } = parquetMetadata((await loaded()).slice().buffer as ArrayBuffer);
    expect(created_by).toBe("runlet");
    const codecs = row_groups.flatMap(({ columns }) => columns.map(({ meta_data }) => meta_data!.codec));
    expect(new Set(codecs)).toEqual(new Set(["ZSTD"]));
  });
});

describe("toParquet()", () => {
  test("makes a file of an Arrow stream, and fromParquet() a stream of a file", async () => {
    const file = await toParquet(stream(EVERY_TYPE));
    expect(await readParquet([file])).toEqual(ROWS);
    expect(readRows(await fromParquet(file))).toEqual(ROWS);
  });

  test("makes row groups of 50,000 rows, whatever the batches", async () => {
    const numbers = Array.from({ length: 120_000 }, (_, n) => BigInt(n));
    const file = await toParquet(stream({ n: { type: "bigint", values: numbers } }, 2));
    const { row_groups } = parquetMetadata(file.slice().buffer as ArrayBuffer);
    expect(row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([
      50_000, 50_000, 50_000, 50_000, 40_000,
    ]);
    expect(await readParquet([file], "count(*) n, count(distinct n) d, sum(n)::bigint s")).toEqual([
      { n: 240_000n, d: 120_000n, s: 2n * (119_999n * 60_000n) },
    ]);
  });

  test("keeps the columns of a stream without rows", async () => {
    const empty = Object.fromEntries(
      Object.entries(EVERY_TYPE).map(([name, column]) => [name, { ...column, values: [] }]),
    );
    for (const batches of [0, 1]) {
      const file = await toParquet(stream(empty, batches));
      expect(Object.keys(typesOf(file))).toEqual(Object.keys(EVERY_TYPE));
      expect(await readParquet([file])).toEqual([]);
      expect(tableFromIPC(await fromParquet(file)).schema.names).toEqual(Object.keys(EVERY_TYPE));
    }
  });
});

test("a very wide table is compressed with Snappy, which needs no memory per column", async () => {
  const wide = Object.fromEntries(
    Array.from({ length: 600 }, (_, n) => [`c${n}`, { type: "bigint" as const, values: [BigInt(n)] }]),
  );
  const session = await parquet(disk(folder)).open({ dataset: "wide" });
  const load = await session.begin("1.5");
  await put(load, "t", wide);
  await load.commit(facts("1.5"));
  await session.close();
  const [name] = readdirSync(join(folder, "wide/t"));
  const file = new Uint8Array(readFileSync(join(folder, "wide/t", name!)));
  const [group] = parquetMetadata(file.slice().buffer as ArrayBuffer).row_groups;
  expect(new Set(group!.columns.map(({ meta_data }) => meta_data!.codec))).toEqual(new Set(["SNAPPY"]));
  expect(await readParquet([file], "c0, c599")).toEqual([{ c0: 0n, c599: 599n }]);
});
