import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { folderWith, runlet } from "./spawned.ts";

const TEXT = "id,Name\n1,x\n2,y\n";

async function counted(cwd: string, table: string): Promise<unknown> {
  const { stdout } = await runlet(["query", "duckdb:o.duckdb", `select * from ${table}.${table}`, "--json"], {
    cwd,
  });
  return (JSON.parse(stdout) as Record<string, unknown>[]).map(({ _dlt_id, _dlt_load_id, ...row }) => row);
}

test("files named .csv and .tsv, packed or not, are loaded as such", async () => {
  const cwd = folderWith({ "a.csv": TEXT, "b.csv.gz": gzipSync(TEXT), "c.tsv": "id\tName\n1\tx, y\n" });
  for (const file of ["a.csv", "b.csv.gz", "c.tsv"])
    expect((await runlet(["load", file, "--to", "duckdb:o.duckdb"], { cwd })).code).toBe(0);
  expect(await counted(cwd, "a")).toEqual([
    { id: 1, name: "x" },
    { id: 2, name: "y" },
  ]);
  expect(await counted(cwd, "b")).toEqual(await counted(cwd, "a"));
  expect(await counted(cwd, "c")).toEqual([{ id: 1, name: "x, y" }]);
}, 60_000);

test("stdin with --format, --delimiter and --no-header", async () => {
  const cwd = folderWith();
  const load = ["load", "-", "--table", "t", "--to", "duckdb:o.duckdb"];
  const refused = await runlet(load, { cwd, input: TEXT });
  expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining("--format csv") as string });
  const options = ["--format", "csv", "--delimiter", "^", "--no-header"];
  expect((await runlet([...load, ...options], { cwd, input: "1^x\n2^y\n" })).code).toBe(0);
  expect(await counted(cwd, "t")).toEqual([
    { column_1: 1, column_2: "x" },
    { column_1: 2, column_2: "y" },
  ]);
  const tabs = ["--format", "csv", "--delimiter", "\\t", "--write", "replace"];
  expect((await runlet([...load, ...tabs], { cwd, input: "a,b\tc\n1\t2\n" })).code).toBe(0);
  const bad = await runlet([...load, "--format", "csv", "--delimiter", "ab"], { cwd, input: TEXT });
  expect(bad).toMatchObject({ code: 2, stderr: expect.stringContaining("delimiter") as string });
}, 60_000);

test("a bad record is told with its line, and can be set aside", async () => {
  const cwd = folderWith({ "bad.csv": "a,b\n1,2,3\n4,5\n" });
  const load = ["load", "bad.csv", "--to", "duckdb:o.duckdb"];
  const { code, stderr } = await runlet(load, { cwd });
  expect(code).toBe(4);
  expect(stderr).toContain("SOURCE_NOT_CSV  bad.csv: more cells than columns (line 2, record 1, byte 7)");
  expect(stderr).toContain("--on-bad-record quarantine");
  expect((await runlet([...load, "--on-bad-record", "quarantine"], { cwd })).code).toBe(0);
  expect(await counted(cwd, "bad")).toEqual([{ a: 4, b: 5 }]);
}, 60_000);
