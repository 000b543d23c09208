import { buildSync } from "esbuild";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { serve } from "../pipeline/server.ts";
import { folderWith, runlet } from "./spawned.ts";

const PIPELINE = `
import { pipeline, resource, setting, type Pipeline } from "runlet";
interface Issue { id: number; title: string; labels: string[] }
const issues = resource("issues", { write: "replace", config: { prefix: setting("PREFIX", "of") } }, function* ({ config }) {
  for (let id = 1; id <= 250; id++) yield { id, title: \`\${config.prefix} \${id}\`, labels: ["a", "b"] } satisfies Issue;
});
const people = resource("people", { write: "replace" }, [{ login: "ada" }]);
const made: Pipeline = pipeline("shop", [issues, people]);
export default made;
`;

test("a TypeScript file runs as it is, wherever it lies, with the command's own runlet", async () => {
  const cwd = folderWith({ "pipeline.ts": PIPELINE });
  const { code, stdout, stderr } = await runlet(["run", "pipeline.ts", "--to", "duckdb:s.duckdb"], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^✔ 251 records, .* → duckdb:s.duckdb, dataset shop_dataset \(load /);
  expect(stdout).toMatch(
    / {2}issues +250 +4 columns {2}new\n {2}└─ labels +500 +issues__labels\n {2}people +1 /,
  );
  expect(
    readdirSync(cwd)
      .filter((name) => name !== ".runlet")
      .sort(),
  ).toEqual(["pipeline.ts", "s.duckdb"]);
});

test("--only, --limit and --json; the default destination is named after the pipeline", async () => {
  const cwd = folderWith({ "pipeline.ts": PIPELINE });
  const { code, stdout } = await runlet(
    ["run", "pipeline.ts", "--only", "issues", "--limit", "7", "--json"],
    { cwd },
  );
  expect(code).toBe(0);
  const result = JSON.parse(stdout);
  expect(Object.keys(result)).toEqual([
    "load_id",
    "dataset",
    "tables",
    "schema_changes",
    "discarded",
    "rejects",
    "duration_ms",
    "complete",
  ]);
  expect(result).toMatchObject({
    dataset: "shop_dataset",
    tables: { issues: { rows: 7 }, issues__labels: { rows: 14 } },
  });
  expect(result.tables).not.toHaveProperty("people");
  expect(existsSync(join(cwd, "shop.duckdb"))).toBe(true);
});

test("--refresh replaces what was appended", async () => {
  const cwd = folderWith({
    "p.mjs": `import { pipeline, resource } from "runlet"; export default pipeline("p", resource("t", {}, [{ a: 1 }]));`,
  });
  const count = async () => {
    const { stdout } = await runlet(["query", "p.duckdb", "select count(*) n from t", "--json"], { cwd });
    return JSON.parse(stdout)[0].n;
  };
  await runlet(["run", "p.mjs"], { cwd });
  await runlet(["run", "p.mjs"], { cwd });
  expect(await count()).toBe(2);
  await runlet(["run", "p.mjs", "--refresh"], { cwd });
  expect(await count()).toBe(1);
});

test("--checkpoint loads what there is after so many bytes, and what fails later leaves it loaded", async () => {
  const rows = (page: number) => Array.from({ length: 20 }, (_, n) => ({ id: page * 20 + n, at: page }));
  let broken = true;
  const server = await serve(({ query }, response) => {
    const page = Number(query["page"] ?? 0);
    if (page === 4 && broken) return void response.writeHead(404).end("{}");
    if (page < 5) response.setHeader("link", `<${server.url}/t?page=${page + 1}>; rel="next"`);
    return rows(page);
  });
  const cwd = folderWith({
    "p.mjs": `import { http, incremental, pipeline, resource, source } from "runlet";
      const t = resource("t", { cursor: incremental("at") }, ({ http }) => http.pages("/t"));
      export default pipeline("p", source("api", { http: http("${server.url}") }, [t]));`,
  });
  const run = () => runlet(["run", "p.mjs", "--checkpoint", "500b,5m"], { cwd });
  const failed = await run();
  expect(failed).toMatchObject({ code: 4, stderr: expect.stringMatching(/4 loads are kept \(80 records\)/) });
  broken = false;
  expect(await run()).toMatchObject({ code: 0 });
  const { stdout } = await runlet(
    ["query", "p.duckdb", "select count(*) n, count(distinct id) d from t", "--json"],
    {
      cwd,
    },
  );
  expect(JSON.parse(stdout)).toEqual([{ n: 120, d: 120 }]);
  for (const wrong of ["0mb", "5", "1mb,2mb", "1s,2s", "5m,"]) {
    const refused = await runlet(["run", "p.mjs", "--checkpoint", wrong], { cwd });
    expect([wrong, refused.code]).toEqual([wrong, 2]);
  }
});

test("--dry-run shows tables and rows and touches nothing", async () => {
  const cwd = folderWith({ "pipeline.ts": PIPELINE });
  const dry = await runlet(["run", "pipeline.ts", "--dry-run"], { cwd });
  expect(dry.code).toBe(0);
  expect(dry.stdout).toMatch(/^✔ dry run of shop: nothing loaded\n {2}issues +100 +4 columns\n/);
  expect(dry.stdout).toContain("issues, first 3 of 100 rows");
  expect(dry.stdout).toContain("of 2");
  expect(dry.stdout).not.toContain("of 4");
  const json = await runlet(["run", "pipeline.ts", "--dry-run", "--limit", "2", "--json"], { cwd });
  expect(JSON.parse(json.stdout)).toMatchObject({ load_id: null, tables: { issues: { rows: 2 } } });
  expect(readdirSync(cwd)).toEqual(["pipeline.ts"]);
});

test("settings come from --env-file; the environment goes first", async () => {
  const cwd = folderWith({ "pipeline.ts": PIPELINE, "my.env": "PREFIX=file\n" });
  const run = ["run", "pipeline.ts", "--env-file", "my.env", "--dry-run"];
  expect((await runlet(run, { cwd })).stdout).toContain("file 1");
  expect((await runlet(run, { cwd, env: { PREFIX: "env" } })).stdout).toContain("env 1");
});

test("a missing secret is told before any request; a given one is sent and never shown", async () => {
  const server = await serve(({ headers }, response) =>
    headers.authorization === "Bearer t0p-secret"
      ? [{ id: 1 }]
      : void response.writeHead(403).end(JSON.stringify({ message: `no: ${headers.authorization}` })),
  );
  const cwd = folderWith({
    "p.ts": `import { bearer, http, pipeline, resource, secret, source } from "runlet";
      const t = resource("t", {}, ({ http }) => http.pages("/t"));
      export default pipeline("p", source("api", { http: http("${server.url}", { auth: bearer(secret("API_KEY")) }) }, [t]));`,
  });
  const missing = await runlet(["run", "p.ts"], { cwd });
  expect(missing.code).toBe(2);
  expect(missing.stderr).toBe(
    [
      "✖ CONFIG_MISSING  secret API_KEY is not set (source api)",
      "  looked in: run({env}), environment, .env, runlet.toml",
      "  you: export API_KEY=… or --env-file .env · nothing loaded · exit 2\n",
    ].join("\n"),
  );
  expect(server.seen).toEqual([]);
  const given = await runlet(["run", "p.ts", "--dry-run"], { cwd, env: { API_KEY: "t0p-secret" } });
  expect(given.code).toBe(0);
  const refused = await runlet(["run", "p.ts"], { cwd, env: { API_KEY: "wr0ng-secret" } });
  expect(refused.code).toBe(4);
  expect(refused.stderr).toContain("SOURCE_HTTP");
  expect(refused.stderr).not.toContain("wr0ng");
});

test.each([
  ["no such file", "none.ts", "", 2, /USAGE {2}there is no pipeline file none\.ts/],
  [
    "no default export",
    "p.ts",
    "export const a = 1;",
    2,
    /PIPELINE_INVALID {2}p\.ts exports no pipeline\n.*export default pipeline/,
  ],
  [
    "a syntax error",
    "p.ts",
    "export default (;",
    2,
    /PIPELINE_INVALID {2}p\.ts: Unexpected token\n {2}at p\.ts:1:16/,
  ],
  [
    "a throw",
    "p.ts",
    "const a = 1;\nthrow new Error('boom');",
    2,
    /PIPELINE_INVALID {2}p\.ts: boom\n.*at p\.ts:2/,
  ],
  [
    "a wrong option",
    "p.ts",
    'import { resource } from "runlet";\nresource("r", { wrte: "x" } as any, []);',
    2,
    /PIPELINE_INVALID {2}resource r has no option "wrte"/,
  ],
  [
    "an unknown resource",
    "p.ts",
    'import { pipeline, resource } from "runlet";\nexport default pipeline("p", resource("r", {}, []));',
    2,
    /USAGE {2}pipeline p has no resource zzz\n.*it has: r/,
  ],
  [
    "a failing function",
    "p.ts",
    'import { pipeline, resource } from "runlet";\nexport default pipeline("p", resource("r", {}, () => { throw new Error("boom"); }));',
    4,
    /SOURCE_FAILED {2}resource r: boom\n.*nothing loaded · exit 4/,
  ],
])("%s", async (name, file, text, exit, message) => {
  const cwd = folderWith(text ? { [file as string]: text as string } : {});
  const only = name === "an unknown resource" ? ["--only", "zzz"] : [];
  const { code, stderr } = await runlet(["run", file as string, ...only], { cwd });
  expect(stderr).toMatch(message as RegExp);
  expect(code).toBe(exit);
});

test("names survive a minifier: a bundled pipeline loads the same tables", async () => {
  const cwd = folderWith({ "pipeline.ts": PIPELINE });
  const outfile = join(cwd, "min.mjs");
  buildSync({
    entryPoints: [join(cwd, "pipeline.ts")],
    outfile,
    bundle: true,
    minify: true,
    format: "esm",
    external: ["runlet"],
    logLevel: "silent",
  });
  expect(readFileSync(outfile, "utf8")).not.toContain("made");
  const { stdout } = await runlet(["run", "min.mjs", "--json"], { cwd });
  expect(Object.keys(JSON.parse(stdout).tables).sort()).toEqual(["issues", "issues__labels", "people"]);
});
