import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nodeBinary } from "../runtimes/binaries.ts";
import { printed } from "../runtimes/child.ts";
import { startPostgres, type PostgresServer } from "../servers/postgres.ts";
import { runCommand } from "./command.ts";

// `--output sql` is read by real databases: every type, every digit, names and texts that need quoting.

const HARD_TEXT = 'O\'Brien; -- \\ "x" grün 🦕\n$$';
const RECORDS = [
  {
    id: "MAX",
    text: HARD_TEXT,
    ok: true,
    d: 0.1,
    sum: 0.30000000000000004,
    at: "2024-03-05T06:07:08.123456+02:00",
    price: "12345678901234567890.1234",
    day: "2024-03-05",
    clock: "01:02:03.5",
    raw: "AP9B",
    doc: { a: [1, null], "it's": "b" },
    tags: ["x", "it's"],
    select: 1,
  },
  { id: "MIN", text: "", ok: false, d: 1e300, at: "0001-01-01T00:00:00Z", late: { Column: 7 } },
];
const TYPES = ["price=decimal(38,4)", "day=date", "clock=time", "raw=binary", "doc=json", "d=double"];

async function sqlFor(dialect: string, records: object[] = RECORDS): Promise<string> {
  const text = records.map((record) => JSON.stringify(record)).join("\n");
  const stdin = text.replaceAll('"MAX"', "9223372036854775807").replaceAll('"MIN"', "-9223372036854775808");
  const args = ["--output", "sql", "--dialect", dialect, "--table", "order", "--load-id", "7", "--seed", "1"];
  args.push(...TYPES.flatMap((hint) => ["--hint", hint]), "--primary-key", "id");
  const [done] = await runCommand("node20", [{ args, stdin: Buffer.from(stdin) }]);
  expect(done).toMatchObject({ code: 0, stderr: "" });
  return Buffer.from(done!.stdout).toString();
}

const QUERY = `SELECT * FROM "order" ORDER BY id DESC`;
const JOIN = `SELECT t.value FROM "order__tags" t JOIN "order" o ON t."_dlt_parent_id" = o."_dlt_id" ORDER BY t."_dlt_list_idx"`;

test("DuckDB", async () => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const statements = await connection.extractStatements(await sqlFor("duckdb"));
  expect(statements.count).toBeGreaterThanOrEqual(6);
  for (let i = 0; i < statements.count; i++) await (await statements.prepare(i)).run();
  const types = await connection.runAndReadAll(`DESCRIBE "order"`);
  expect(Object.fromEntries(types.getRows().map(([name, type]) => [name, type]))).toMatchObject({
    id: "BIGINT",
    price: "DECIMAL(38,4)",
    at: "TIMESTAMP WITH TIME ZONE",
    doc: "JSON",
    raw: "BLOB",
    clock: "TIME",
  });
  const reader = await connection.runAndReadAll(
    `SELECT * REPLACE (hex(raw) AS raw, epoch_us("at") AS "at", price::VARCHAR AS price, day::VARCHAR AS day, clock::VARCHAR AS clock) FROM "order" ORDER BY id DESC`,
  );
  expect(reader.getRowObjects()).toMatchObject([
    {
      id: 9223372036854775807n,
      text: HARD_TEXT,
      ok: true,
      d: 0.1,
      sum: 0.30000000000000004,
      at: 1709611628123456n,
      price: "12345678901234567890.1234",
      day: "2024-03-05",
      clock: "01:02:03.5",
      raw: "00FF41",
      doc: '{"a":[1,null],"it\'s":"b"}',
      late__column: null,
      select: 1n,
    },
    {
      id: -9223372036854775808n,
      text: "",
      ok: false,
      d: 1e300,
      at: -62135596800000000n,
      price: null,
      late__column: 7n,
    },
  ]);
  expect((await connection.runAndReadAll(JOIN)).getRows()).toEqual([["x"], ["it's"]]);
});

test("SQLite", async () => {
  const folder = mkdtempSync(join(tmpdir(), "runlet-sqlite-"));
  try {
    const file = join(folder, "load.sql");
    writeFileSync(file, await sqlFor("sqlite", [...RECORDS, { id: 5, text: "zero\0inside" }]));
    const read = (query: string) =>
      printed<Record<string, unknown>[]>(
        nodeBinary(24),
        ["--no-warnings", fileURLToPath(new URL("hosts/sqlite.mjs", import.meta.url)), file, query],
        { cwd: folder },
      );
    expect(await read(QUERY)).toMatchObject([
      {
        id: "9223372036854775807n",
        text: HARD_TEXT,
        ok: "1n",
        d: 0.1,
        sum: 0.30000000000000004,
        at: "2024-03-05T04:07:08.123456Z",
        price: "12345678901234567890.1234",
        day: "2024-03-05",
        clock: "01:02:03.500",
        raw: "00ff41",
        doc: '{"a":[1,null],"it\'s":"b"}',
        late__column: null,
      },
      { id: "5n", text: "zero\0inside", d: null },
      { id: "-9223372036854775808n", text: "", ok: "0n", d: 1e300, price: null, late__column: "7n" },
    ]);
    expect(await read(JOIN)).toEqual([{ value: "x" }, { value: "it's" }]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, 120_000);
afterAll(() => server?.stop());

test("Postgres", async () => {
  const sql = postgres(server.url(), { max: 1, onnotice: () => undefined });
  try {
    await sql.unsafe(await sqlFor("postgres")).simple();
    const rows = await sql.unsafe(
      `SELECT id, text, ok, d, sum, extract(epoch from at)::text AS at, price::text, day::text, clock::text, encode(raw, 'hex') AS raw, doc, late__column, pg_typeof(at)::text AS kind FROM "order" ORDER BY id DESC`,
    );
    expect(rows).toMatchObject([
      {
        id: "9223372036854775807",
        text: HARD_TEXT,
        ok: true,
        d: 0.1,
        sum: 0.30000000000000004,
        at: "1709611628.123456",
        price: "12345678901234567890.1234",
        day: "2024-03-05",
        clock: "01:02:03.5",
        raw: "00ff41",
        doc: { a: [1, null], "it's": "b" },
        late__column: null,
        kind: "timestamp with time zone",
      },
      { id: "-9223372036854775808", text: "", ok: false, d: 1e300, price: null, late__column: "7" },
    ]);
    expect(await sql.unsafe(JOIN)).toMatchObject([{ value: "x" }, { value: "it's" }]);
  } finally {
    await sql.end();
  }
});
