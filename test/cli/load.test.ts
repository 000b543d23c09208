import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { serve } from "../pipeline/server.ts";
import { folderWith, MAIN, runlet } from "./spawned.ts";

const ORDERS = [
  { id: 1, total: 9.5, placed_at: "2026-03-01T09:15:00Z", lines: [{ sku: "a" }, { sku: "b" }], note: null },
  { id: 12345678901234567890n, total: 3, lines: [] },
];
const text = (value: unknown) =>
  JSON.stringify(value, (_, v) => (typeof v === "bigint" ? `#${v}#` : v)).replace(/"#(\d+)#"/g, "$1");
const ORDERS_JSON = text(ORDERS);
const ORDERS_LINES = ORDERS.map(text).join("\n");

test("--verbose shows the steps of the run, with --json as its trace", async () => {
  const cwd = folderWith({ "t.ndjson": '{"a":1}\n' });
  const { stdout } = await runlet(["load", "t.ndjson", "--to", "t.duckdb", "--verbose"], { cwd });
  for (const step of ["open", "extract {4}t", "normalise {2}t", "load {7}t", "commit"])
    expect(stdout).toMatch(new RegExp(`^ {2}${step} .*\\+\\d+ ms +[\\d.]+ ms`, "m"));
  const json = await runlet(["load", "t.ndjson", "--to", "t.duckdb", "--verbose", "--json"], { cwd });
  const { trace } = JSON.parse(json.stdout) as { trace: { steps: { step: string }[] } };
  expect(trace).toMatchObject({ pipeline: "t", dataset: "t", load_id: expect.any(String) as string });
  expect(trace.steps.find(({ step }) => step === "load")).toMatchObject({ table: "t", rows: 1 });
}, 30_000);

describe("load --json", () => {
  test("puts exactly one document of the promised shape on stdout", async () => {
    const cwd = folderWith({ "orders.json": ORDERS_JSON });
    const { code, stdout, stderr } = await runlet(
      ["load", "orders.json", "--to", "duckdb:o.duckdb", "--json"],
      { cwd },
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const system = { type: "text", nullable: false };
    expect(JSON.parse(stdout)).toEqual({
      load_id: expect.stringMatching(/^\d+\.\d{6}$/),
      dataset: "orders",
      tables: {
        orders: {
          rows: 2,
          columns: {
            id: { type: "decimal", nullable: true },
            total: { type: "double", nullable: true },
            placed_at: { type: "timestamp", nullable: true },
            _dlt_load_id: system,
            _dlt_id: system,
          },
        },
        orders__lines: {
          rows: 2,
          columns: {
            sku: { type: "text", nullable: true },
            _dlt_parent_id: system,
            _dlt_list_idx: { type: "bigint", nullable: false },
            _dlt_id: system,
          },
        },
      },
      schema_changes: [
        { kind: "table-added", table: "orders" },
        { kind: "table-added", table: "orders__lines" },
      ],
      discarded: { rows: 0, values: 0, entries: 0, list: [] },
      rejects: 0,
      duration_ms: expect.any(Number),
      complete: true,
    });
  });

  test("holds the data against a contract", async () => {
    const cwd = folderWith({ "a.ndjson": '{"id":1}\n', "b.ndjson": '{"id":2,"new":"x"}\n{"id":3}\n' });
    const load = (...more: string[]) =>
      runlet(["load", "b.ndjson", "--table", "a", "--to", "a.duckdb", ...more], { cwd });
    await runlet(["load", "a.ndjson", "--to", "a.duckdb"], { cwd });
    const frozen = await load("--contract", "freeze");
    expect(frozen.code).toBe(3);
    expect(frozen.stderr).toContain("SCHEMA_CONTRACT");
    expect(frozen.stderr).toContain("new as text");
    const left = await load("--contract", "columns=discard_row", "--json");
    expect(JSON.parse(left.stdout).discarded).toMatchObject({
      rows: 1,
      list: [{ table: "a", column: "new" }],
    });
    expect((await load("--contract", "columns=discard_row")).stdout).toContain(
      "discarded by the contract: 1 row",
    );
    expect((await load("--contract", "rows=freeze")).code).toBe(2);
  });

  test("marks variant columns", async () => {
    const cwd = folderWith({ "v.ndjson": '{"a":1}\n{"a":"x"}\n' });
    const { stdout } = await runlet(["load", "v.ndjson", "--to", "v.duckdb", "--json"], { cwd });
    expect(JSON.parse(stdout).tables.v.columns).toMatchObject({
      a: { type: "bigint", nullable: true },
      a__v_text: { type: "text", nullable: true, variant: true },
    });
  });

  test("of a failed load is the error as one document", async () => {
    const cwd = folderWith({ "bad.ndjson": '{"a":1}\n{"a":\n' });
    const { code, stdout, stderr } = await runlet(["load", "bad.ndjson", "--to", "b.duckdb", "--json"], {
      cwd,
    });
    expect(code).toBe(4);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: "SOURCE_NOT_JSON",
      where: { line: 2, table: "bad" },
    });
    expect(stderr).toContain("SOURCE_NOT_JSON");
  });
});

describe("load takes", () => {
  test("a glob, in the order of names, gzip among them; the table is what the names have in common", async () => {
    const cwd = folderWith({
      "orders-1.ndjson": ORDERS_LINES,
      "orders-2.ndjson.gz": gzipSync(ORDERS_LINES),
      "other.ndjson": '{"x":1}',
    });
    const { code, stdout } = await runlet(["load", "orders-*", "--to", "o.duckdb"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^✔ 2 files, [\d.]+ B in [\d.]+ s → duckdb:o.duckdb, dataset orders \(load \d+\.\d+\)\n/,
    );
    expect(stdout).toMatch(/ {2}orders +4 +5 columns {2}new\n {2}└─ lines +4 +orders__lines\n/);
    expect(stdout).toContain('Next: runlet query duckdb:o.duckdb "select * from orders limit 10"');
  });

  test("stdin", async () => {
    const cwd = folderWith();
    const load = ["load", "-", "--to", "s.duckdb", "--table", "clicks", "--dataset", "web", "--json"];
    const { code, stdout } = await runlet(load, { cwd, input: '{"a":1}\n{"a":2}' });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ dataset: "web", tables: { clicks: { rows: 2 } } });
  });

  test("an address: one page, a number of pages or all, with headers", async () => {
    const server = await serve(({ query, headers, path }, response, { url }) => {
      if (headers["x-key"] !== "k") return void response.writeHead(401).end('{"message":"no key"}');
      const page = Number(query.page ?? 1);
      if (page < 3) response.setHeader("link", `<${url}${path}?page=${page + 1}>; rel="next"`);
      return { items: [{ page }, { page }] };
    });
    const cwd = folderWith();
    const load = (...more: string[]) =>
      runlet(
        [
          "load",
          `${server.url}/api/v1/things/7`,
          "--to",
          "a.duckdb",
          "--write",
          "replace",
          "--json",
          "--records",
          "items",
          "--header",
          "x-key: k",
          ...more,
        ],
        { cwd },
      );
    const rows = ({ stdout }: { stdout: string }) => JSON.parse(stdout).tables.things.rows;
    const first = await load();
    expect(rows(first)).toBe(2);
    expect(first.stderr).toContain("more pages: --pages all");
    expect(server.seen).toHaveLength(1);
    const two = await load("--pages", "2");
    expect(rows(two)).toBe(4);
    const all = await load("--pages", "all");
    expect(rows(all)).toBe(6);
    expect(all.stderr).toBe("");

    const refused = await runlet(["load", `${server.url}/api`, "--to", "a.duckdb"], { cwd });
    expect(refused.code).toBe(4);
    expect(refused.stderr).toMatch(
      /^✖ SOURCE_HTTP {2}127\.0\.0\.1:\d+ page 1: 401 "no key"\n.*nothing loaded.*exit 4\n$/s,
    );
  });

  test("hints, a limit of nesting, and replaces", async () => {
    const cwd = folderWith({
      "orders.json": ORDERS_JSON,
      "hints.yaml": "primary_key: id\ncolumns:\n  total: decimal\n  placed_at: drop\n",
      "hints.json": '{"columns":{"total":{"type":"text","as":"amount"}}}',
    });
    const load = ["load", "orders.json", "--write", "replace", "--json", "--max-nesting", "0"];
    const yaml = await runlet([...load, "--to", "y.duckdb", "--schema-hints", "hints.yaml"], { cwd });
    const { orders } = JSON.parse(yaml.stdout).tables;
    expect(orders.columns).toMatchObject({
      id: { nullable: false },
      total: { type: "decimal" },
      lines: { type: "json" },
    });
    expect(orders.columns).not.toHaveProperty("placed_at");
    const json = await runlet([...load, "--to", "j.duckdb", "--schema-hints", "hints.json"], { cwd });
    expect(JSON.parse(json.stdout).tables.orders.columns.amount).toEqual({ type: "text", nullable: true });
    await runlet([...load, "--to", "j.duckdb"], { cwd });
    const { stdout } = await runlet(["query", "j.duckdb", "select count(*) n from orders", "--json"], {
      cwd,
    });
    expect(JSON.parse(stdout)).toEqual([{ n: 2 }]);
  });

  test("no destination: a DuckDB file named after the dataset, or RUNLET_DESTINATION", async () => {
    const cwd = folderWith({
      "orders.json": ORDERS_JSON,
      ".env": "RUNLET_DESTINATION=duckdb:from-env.duckdb\n",
    });
    const { stdout } = await runlet(["load", "orders.json"], { cwd });
    expect(stdout).toContain("→ duckdb:from-env.duckdb");
    const plain = folderWith({ "orders.json": ORDERS_JSON });
    await runlet(["load", "orders.json"], { cwd: plain });
    expect(existsSync(join(plain, "orders.duckdb"))).toBe(true);
  });
});

describe("load refuses", () => {
  test("malformed input with line and excerpt, and loads nothing of it", async () => {
    const cwd = folderWith({
      "good.ndjson": '{"a":1}',
      "bad.ndjson": '{"a":1}\n{"a":2}\n{"a":tru}\n{"a":4}\n',
    });
    await runlet(["load", "good.ndjson", "--to", "b.duckdb", "--dataset", "d", "--table", "t"], { cwd });
    const bad = await runlet(["load", "bad.ndjson", "--to", "b.duckdb", "--dataset", "d", "--table", "t"], {
      cwd,
    });
    expect(bad.code).toBe(4);
    expect(bad.stdout).toBe("");
    expect(bad.stderr).toMatch(
      /^✖ SOURCE_NOT_JSON {2}bad\.ndjson: expected a value \(line 3, record 3, byte 21/,
    );
    expect(bad.stderr).toContain('\n  {"a":tru}\n');
    expect(bad.stderr).toMatch(/--on-bad-record quarantine · nothing loaded · exit 4\n$/);
    const { stdout } = await runlet(["query", "b.duckdb", "select count(*) n from t", "--json"], { cwd });
    expect(JSON.parse(stdout)).toEqual([{ n: 1 }]);
  });

  test("nothing when bad records are set aside", async () => {
    const cwd = folderWith({ "bad.ndjson": '{"a":1}\n{"a":tru}\n{"a":3}\n' });
    const load = ["load", "bad.ndjson", "--to", "b.duckdb", "--on-bad-record", "quarantine"];
    const { code, stderr } = await runlet(load, { cwd });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: "! 1 malformed record set aside in the table _runlet_rejects\n",
    });
    const { stdout } = await runlet(
      ["query", "b.duckdb", "select line, code from _runlet_rejects", "--json"],
      { cwd },
    );
    expect(JSON.parse(stdout)).toEqual([{ line: 2, code: "SOURCE_NOT_JSON" }]);
  });

  test.each([
    ["a file that is not there", ["load", "none.json"], 4, /SOURCE_NOT_FOUND {2}no file matches none\.json/],
    ["a folder", ["load", "."], 4, /SOURCE_NOT_FOUND {2}\. is a folder/],
    [
      "an unknown destination",
      ["load", "x.json", "--to", "mysql://h/d"],
      2,
      /USAGE {2}there is no destination mysql:.*\n.*duckdb:<file>/,
    ],
    [
      "a file that is no database",
      ["load", "x.json", "--to", "duckdb:x.json"],
      5,
      /DESTINATION_FAILED {2}.*x\.json exists and is no DuckDB database/,
    ],
    [
      "an unknown option",
      ["load", "x.json", "--tabel", "t"],
      2,
      /USAGE {2}unknown option '--tabel'.*\n {2}see: runlet load --help · exit 2/,
    ],
    ["a missing parameter", ["load"], 2, /USAGE {2}missing required argument 'from'/],
    ["an unknown command", ["laod"], 2, /USAGE {2}unknown command 'laod'/],
    [
      "hints of unknown types",
      ["load", "x.json", "--schema-hints", "h.yaml"],
      2,
      /CONFIG_INVALID {2}schema hints h\.yaml: column a: "string" is no type\n {2}types: text, double/,
    ],
    ["a record path that leads nowhere", ["load", "x.json", "--records", "data.items"], 4, /SOURCE_SELECTOR/],
  ])("%s", async (_, parameters, exit, message) => {
    const cwd = folderWith({ "x.json": '[{"a":1}]', "h.yaml": "columns: {a: string}" });
    const { code, stderr, stdout } = await runlet(parameters as string[], { cwd });
    expect({ code, stdout }).toEqual({ code: exit, stdout: "" });
    expect(stderr).toMatch(message as RegExp);
    expect(stderr).toMatch(new RegExp(`exit ${exit}\\n$`));
  });

  test("a null where the schema forbids one, with exit code 3", async () => {
    const cwd = folderWith({ "x.ndjson": '{"id":1}\n{"id":null}\n', "h.yaml": "primary_key: id" });
    const { code, stderr } = await runlet(
      ["load", "x.ndjson", "--to", "x.duckdb", "--schema-hints", "h.yaml"],
      { cwd },
    );
    expect(stderr).toContain("NULL_IN_KEY");
    expect(code).toBe(3);
  });
});

test("while a load runs its file is locked, and Ctrl-C cancels it: exit 7, nothing loaded, no lock left", async () => {
  const cwd = folderWith({ "one.ndjson": '{"a":1}' });
  await runlet(["load", "one.ndjson", "--to", "c.duckdb", "--table", "stdin"], { cwd });
  const child = spawn(process.execPath, [MAIN, "load", "-", "--to", "c.duckdb"], { cwd });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdin.write('{"a":2}\n{"a":3}\n');
  // The lock file appears when the load has begun.
  while (!readdirSync(cwd).includes("c.duckdb.lock")) await new Promise((tick) => setTimeout(tick, 20));
  await new Promise((tick) => setTimeout(tick, 100));
  const other = await runlet(["query", "c.duckdb", "select 1"], { cwd });
  expect(other.code).toBe(5);
  expect(other.stderr).toMatch(
    new RegExp(`DESTINATION_LOCKED {2}c\\.duckdb is open in process ${child.pid}`),
  );
  child.kill("SIGINT");
  const code = await new Promise((done) => child.on("close", done));
  expect({ code, stderr }).toEqual({
    code: 7,
    stderr: expect.stringMatching(/^✖ CANCELLED {2}the run was cancelled\n.*nothing loaded.*exit 7\n$/s),
  });
  expect(
    readdirSync(cwd)
      .filter((name) => name !== ".runlet")
      .sort(),
  ).toEqual(["c.duckdb", "one.ndjson"]);
  const { stdout } = await runlet(["query", "c.duckdb", "select a from stdin", "--json"], { cwd });
  expect(JSON.parse(stdout)).toEqual([{ a: 1 }]);
});
