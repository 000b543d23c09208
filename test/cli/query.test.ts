import { beforeAll, describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { folderWith, node, runlet } from "./spawned.ts";

const RECORDS = [
  '{"id":9007199254740993,"name":"Ada","score":1.5,"seen_at":"2026-03-01T09:15:00Z","tags":["x","y"]}',
  '{"id":2,"name":null,"score":2,"tags":["x"]}',
].join("\n");

const cwd = folderWith({ "people.ndjson": RECORDS, "other.json": '[{"a":1}]' });
const query = (sql: string, ...more: string[]) => runlet(["query", "p.duckdb", sql, ...more], { cwd });

beforeAll(async () => {
  expect((await runlet(["load", "people.ndjson", "--to", "p.duckdb"], { cwd })).code).toBe(0);
  expect((await runlet(["load", "other.json", "--to", "two.duckdb", "--dataset", "one"], { cwd })).code).toBe(
    0,
  );
  expect((await runlet(["load", "other.json", "--to", "two.duckdb", "--dataset", "two"], { cwd })).code).toBe(
    0,
  );
}, 60_000);

describe("query", () => {
  test("--json prints an array of objects; integers beyond 2^53 are strings", async () => {
    const { stdout } = await query("select id, name, score from people order by score", "--json");
    expect(JSON.parse(stdout)).toEqual([
      { id: "9007199254740993", name: "Ada", score: 1.5 },
      { id: 2, name: null, score: 2 },
    ]);
    expect(JSON.parse((await query("select 1 where false", "--json")).stdout)).toEqual([]);
  });

  test("prints an aligned table: numbers right, text left, NULL for null", async () => {
    const { stdout } = await query("select name, id, score from people order by score");
    expect(stdout).toBe(
      [
        "name                id  score",
        "────  ────────────────  ─────",
        "Ada   9007199254740993    1.5",
        "NULL                 2      2",
        "",
      ].join("\n"),
    );
    expect((await query("select 1 where false")).stdout).toBe("no rows\n");
  });

  test("joins a nested table to its parent", async () => {
    const { stdout } = await query(
      "select p.name, count(*) n from people p join people__tags t on t._dlt_parent_id = p._dlt_id group by all order by n desc",
      "--json",
    );
    expect(JSON.parse(stdout)).toEqual([
      { name: "Ada", n: 2 },
      { name: null, n: 1 },
    ]);
  });

  test("timestamps can be truncated without an extension", async () => {
    const { stdout } = await query(
      "select date_trunc('day', seen_at)::date as day from people where seen_at is not null",
      "--json",
    );
    expect(JSON.parse(stdout)).toEqual([{ day: "2026-03-01" }]);
  });

  test("a mistake in the SQL is shown where it is", async () => {
    const wrong = await query("select missing, id from people");
    expect(wrong.code).toBe(5);
    expect(wrong.stderr).toMatch(
      /^✖ DESTINATION_QUERY {2}.*"missing" not found.*\n {2}LINE 1: select missing, id from people\n {17}\^\n/,
    );
  });

  test("of a database with several datasets asks for one, or takes dataset.table", async () => {
    const two = (...more: string[]) => runlet(["query", "two.duckdb", ...more, "--json"], { cwd });
    const unclear = await two("select * from other");
    expect(unclear.code).toBe(5);
    expect(unclear.stderr).toMatch(
      /DESTINATION_QUERY.*\n[^]*the datasets (one, two|two, one): name one with --dataset/,
    );
    expect(JSON.parse((await two("select a from other", "--dataset", "two")).stdout)).toEqual([{ a: 1 }]);
    expect(JSON.parse((await two("select a from one.other")).stdout)).toEqual([{ a: 1 }]);
    const wrong = await two("select 1", "--dataset", "three");
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("has no dataset three");
  });

  test.each([
    ["wrong SQL", ["query", "p.duckdb", "selec 1"], 5, /DESTINATION_QUERY/],
    ["a database that is not there", ["query", "none.duckdb", "select 1"], 5, /none\.duckdb does not exist/],
  ])("%s", async (_, parameters, exit, message) => {
    const { code, stderr, stdout } = await runlet(parameters as string[], { cwd });
    expect({ code, stdout }).toEqual({ code: exit, stdout: "" });
    expect(stderr).toMatch(message as RegExp);
    expect(stderr).not.toContain("nothing loaded");
  });
});

describe("schema", () => {
  test("prints the tree of tables with their rows", async () => {
    const { stdout } = await runlet(["schema", "duckdb:p.duckdb"], { cwd });
    expect(stdout).toBe(
      ["duckdb:p.duckdb, dataset people", "  people   2   6 columns", "  └─ tags  3   people__tags", ""].join(
        "\n",
      ),
    );
  });

  test("prints dlt's document as JSON or YAML, the same one", async () => {
    const json = JSON.parse((await runlet(["schema", "p.duckdb", "--format", "json"], { cwd })).stdout);
    expect(json).toMatchObject({
      name: "people",
      engine_version: 11,
      tables: { people__tags: { parent: "people" } },
    });
    expect(json.tables.people.columns.id).toMatchObject({ data_type: "bigint" });
    const yaml = await runlet(["schema", "p.duckdb", "--format", "yaml"], { cwd });
    expect(parseYaml(yaml.stdout)).toEqual(json);
  });

  test("of a pipeline's file or name is what it loaded to its default destination", async () => {
    const here = folderWith({
      "p.ts": `import { pipeline, resource } from "runlet"; export default pipeline("shop", resource("t", {}, [{ a: 1 }]));`,
    });
    const before = await runlet(["schema", "p.ts"], { cwd: here });
    expect(before.code).toBe(5);
    expect(before.stderr).toContain("shop.duckdb does not exist");
    await runlet(["run", "p.ts"], { cwd: here });
    const tree = "duckdb:shop.duckdb, dataset shop_dataset\n  t  1   3 columns\n";
    expect((await runlet(["schema", "p.ts"], { cwd: here })).stdout).toBe(tree);
    expect((await runlet(["schema", "shop"], { cwd: here })).stdout).toBe(tree);
  });

  test("shows every dataset, or one", async () => {
    const all = (await runlet(["schema", "two.duckdb"], { cwd })).stdout;
    expect(all.match(/dataset \w+/g)).toEqual(["dataset one", "dataset two"]);
    const one = (await runlet(["schema", "two.duckdb", "--dataset", "two"], { cwd })).stdout;
    expect(one.match(/dataset \w+/g)).toEqual(["dataset two"]);
  });
});

test("a reader that has seen enough is no error", async () => {
  const script = folderWith({
    "head.mjs": `
      import { spawn } from "node:child_process";
      const child = spawn(process.execPath, process.argv.slice(2), { stdio: ["ignore", "pipe", "inherit"] });
      child.stdout.once("data", () => child.stdout.destroy());
      child.on("close", (code) => process.exit(code ?? 99));`,
  });
  const { MAIN } = await import("./spawned.ts");
  const sql = "select range, repeat('x', 1000) as x from range(20000)";
  const { code, stderr } = await node(`${script}/head.mjs`, [MAIN, "query", "p.duckdb", sql, "--json"], {
    cwd,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});
