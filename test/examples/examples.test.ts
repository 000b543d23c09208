import { cpSync, readFileSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { folderWith, node, runlet } from "../cli/spawned.ts";

/** A folder from which the examples are run as from a clone. */
function clone(): string {
  const folder = folderWith();
  cpSync("examples", join(folder, "examples"), { recursive: true });
  return folder;
}

const rows = async (cwd: string, database: string, sql: string) =>
  JSON.parse((await runlet(["query", database, sql, "--json"], { cwd })).stdout);

/** The words of a command, quotes taken off. */
function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2]!);
}

describe("github-events", () => {
  const COUNTS: Record<string, number> = {
    events: 100,
    events__payload__issue__labels: 3,
    events__payload__issue__assignees: 1,
    events__payload__pull_request__requested_reviewers: 24,
    events__payload__pull_request__labels: 26,
    events__payload__pull_request__base__repo__topics: 290,
    events__payload__commits: 77,
    issues: 100,
    issues__labels: 34,
    issues__assignees: 31,
  };

  test("loads the tables dlt makes of the same files, again and again", async () => {
    const cwd = clone();
    const run = ["run", "examples/github-events/pipeline.ts", "--to", "duckdb:github.duckdb", "--json"];
    for (let time = 0; time < 2; time++) {
      const { code, stdout, stderr } = await runlet(run, { cwd });
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      const { tables } = JSON.parse(stdout) as { tables: Record<string, { rows: number }> };
      expect(Object.fromEntries(Object.entries(tables).map(([name, { rows }]) => [name, rows]))).toEqual(
        COUNTS,
      );
    }
    expect(await rows(cwd, "github.duckdb", "select count(*) n from issues__labels")).toEqual([{ n: 34 }]);
  });

  test("npm start runs it and answers two questions", async () => {
    const { code, stdout, stderr } = await node(resolve("scripts/start.mjs"), []);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.match(/^\$ npx runlet (run|query)/gm)).toEqual([
      "$ npx runlet run",
      "$ npx runlet query",
      "$ npx runlet query",
    ]);
    expect(stdout).toMatch(/├─ labels +34 +issues__labels/);
    expect(stdout).toMatch(/^bug +11 +7$/m);
    expect(stdout).toMatch(/^hawkfish +18 /m);
  });
});

test("http-api: pages, a token, and a second address for each record", async () => {
  const cwd = clone();
  const { listen } = (await import(pathToFileURL(resolve("examples/http-api/server.mjs")).href)) as {
    listen(port: number): Promise<Server>;
  };
  const server = await listen(0);
  afterAll(() => server.close());
  const file = join(cwd, "examples/http-api/pipeline.ts");
  const text = readFileSync(file, "utf8");
  expect(text).toContain("http://127.0.0.1:8787");
  writeFileSync(file, text.replace(":8787", `:${(server.address() as AddressInfo).port}`));
  const run = ["run", "examples/http-api/pipeline.ts", "--to", "duckdb:api.duckdb"];
  const without = await runlet(run, { cwd });
  expect(without.code).toBe(2);
  expect(without.stderr).toContain("secret API_TOKEN is not set (source api)");
  const { code, stderr } = await runlet(run, { cwd, env: { API_TOKEN: "demo" } });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(
    await rows(
      cwd,
      "api.duckdb",
      `select (select count(*) from issues) as issues, (select count(*) from labels) as labels,
         (select count(*) from labels l join issues i on i.number = l._issues_number) as joined,
         (select count(*) from duckdb_columns() where table_name = 'issues' and column_name = 'body') as bodies`,
    ),
  ).toEqual([{ issues: 100, labels: 34, joined: 34, bodies: 0 }]);
});

test("zero-code: every command of its README works in turn", async () => {
  const cwd = clone();
  const commands = [
    ...readFileSync("examples/zero-code/README.md", "utf8").matchAll(/^ {4}npx runlet (.*)$/gm),
  ];
  expect(commands).toHaveLength(5);
  const outcomes = [];
  for (const [, line] of commands) {
    const outcome = await runlet(words(line!), { cwd });
    expect(outcome.stderr).toBe("");
    outcomes.push(outcome.stdout);
  }
  expect(outcomes[0]).toMatch(/ {2}orders +3 .*\n {2}└─ lines +4 .*\n {5}└─ tags +3 +orders__lines__tags/);
  expect(outcomes[1]).toMatch(/^Ada +181\.5$/m);
  const columns =
    "select column_name, data_type from information_schema.columns where table_name = 'orders' and column_name in ('total', 'ordered_at', 'coupon') order by 1";
  expect(await rows(cwd, "exact.duckdb", columns)).toEqual([
    { column_name: "ordered_at", data_type: "TIMESTAMP WITH TIME ZONE" },
    { column_name: "total", data_type: "DECIMAL(38,9)" },
  ]);
});

test("the README's commands that need no network work in turn", async () => {
  const cwd = clone();
  const readme = readFileSync("README.md", "utf8");
  const pipeline = /```ts\n(\/\/ pipeline\.ts\n[^]*?)```/.exec(readme)![1]!;
  writeFileSync(join(cwd, "pipeline.ts"), pipeline);
  const commands = [...readme.matchAll(/^ {4}npx runlet (.*?)(?: {3,}.*)?$/gm)].map((match) => match[1]!);
  const local = commands.filter((line) => !line.includes("https://") && !line.includes("pipeline.ts"));
  expect([commands.length, local.length]).toEqual([5, 2]);
  for (const line of local) expect(await runlet(words(line), { cwd })).toMatchObject({ code: 0, stderr: "" });
  const run = await runlet(["run", "pipeline.ts", "--dry-run"], { cwd, env: { GITHUB_TOKEN: "" } });
  expect(run.stderr).toMatch(/^✖ CONFIG_MISSING {2}secret GITHUB_TOKEN is not set \(source github\)\n/);
});
