import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { folderWith, MAIN, program, type SpawnOptions } from "../cli/spawned.ts";
import { bunBinary, denoBinary } from "../runtimes/binaries.ts";
import { listen, LOOK, PIPELINE, WHOLE } from "./shop.ts";

const FULL = process.env["RUNLET_FULL"] === "1";
const RUNTIMES = {
  node: [process.execPath, MAIN],
  deno: [denoBinary(), "run", "-A", "--no-remote", MAIN],
  bun: [bunBinary(), MAIN],
};
type Runtime = keyof typeof RUNTIMES;
/** Each process takes a second: the long run has every runtime with every driver, and all deaths in each. */
const CELLS: [Runtime, "native" | "wasm"][] = [
  ["node", "native"],
  ["deno", "native"],
  ["bun", "native"],
];
if (FULL) CELLS.push(["node", "wasm"], ["deno", "wasm"], ["bun", "wasm"]);
/** Where a run dies, one after another: the n-th page, when the package is whole, in the commit, before that. */
const DEATHS = ["extract.page:5", "package.seal.after", "destination.commit.after"];
if (FULL) DEATHS.push("package.seal.before", "destination.write.after:2");

let api: Awaited<ReturnType<typeof listen>>;
beforeAll(async () => void (api = await listen()));
afterAll(() => {
  api.server.closeAllConnections();
  api.server.close();
});

function commandOf(runtime: Runtime) {
  const [binary = "", ...first] = RUNTIMES[runtime];
  const runlet = (parameters: string[], options: SpawnOptions) =>
    program(binary, [...first, ...parameters], options);
  const rows = async (database: string, sql: string, options: SpawnOptions) =>
    JSON.parse((await runlet(["query", database, sql, "--json"], options)).stdout) as unknown;
  return { runlet, rows };
}

const KILLED = ["SIGKILL", 137];

test.each(CELLS)(
  "under %s it loads, runs a pipeline and queries with the %s driver",
  async (runtime, driver) => {
    const { runlet, rows } = commandOf(runtime);
    const cwd = folderWith({
      "pipeline.ts": PIPELINE,
      "a.ndjson": '{"id":1,"list":[1,2]}\n{"id":9007199254740993}\n',
    });
    const options = { cwd, env: { RUNLET_DUCKDB: driver, API: api.url } };
    const load = await runlet(["load", "a.ndjson", "--to", "a.duckdb"], options);
    expect(load).toMatchObject({ code: 0, stdout: expect.stringContaining("└─ list") });
    expect(await rows("a.duckdb", "select max(id)::varchar id from a", options)).toEqual([
      { id: "9007199254740993" },
    ]);
    // The package of the killed run is whole: the next loads it, and then all once more.
    const run = ["run", "pipeline.ts", "--to", "shop.duckdb", "--json"];
    const killed = { ...options, env: { ...options.env, RUNLET_FAILPOINT: "destination.commit.before" } };
    expect(KILLED).toContain((await runlet(run, killed)).code);
    const { code, stdout } = await runlet(run, options);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ complete: true });
    expect(await rows("shop.duckdb", LOOK("orders"), options)).toEqual([{ ...WHOLE, n: 2 * WHOLE.n }]);
  },
  180_000,
);

test.each(FULL ? (["node", "deno", "bun"] as const) : (["node"] as const))(
  "under %s a budget that takes many runs, some of them killed, gives every row once",
  async (runtime) => {
    const { runlet, rows } = commandOf(runtime);
    const cwd = folderWith({ "pipeline.ts": PIPELINE });
    const env = { RUNLET_DUCKDB: "native", API: api.url };
    const budget = FULL ? "700b" : "1kb";
    const run = ["run", "pipeline.ts", "--to", "shop.duckdb", "--json", "--max-bytes", budget];
    const deaths = [...DEATHS];
    for (let runs = 1; ; runs++) {
      expect(runs).toBeLessThan(25);
      const failpoint = runs % 2 === 0 ? deaths.shift() : undefined;
      const { code, stdout, stderr } = await runlet(run, {
        cwd,
        env: failpoint ? { ...env, RUNLET_FAILPOINT: failpoint } : env,
      });
      if (failpoint) {
        expect(KILLED, failpoint).toContain(code);
        continue;
      }
      expect({ code, stderr }).toMatchObject({ code: 0 });
      const { complete, stopped_by: stopped } = JSON.parse(stdout) as {
        complete: boolean;
        stopped_by?: string;
      };
      if (complete) break;
      expect(stopped).toBe("maxBytes");
    }
    expect(deaths).toEqual([]);
    for (const table of ["orders", "customers"])
      expect(await rows("shop.duckdb", LOOK(table), { cwd, env })).toEqual([WHOLE]);
    expect(existsSync(join(cwd, ".runlet"))).toBe(false);
  },
  240_000,
);

test("says how a run ended, and goes on when it is called again", async () => {
  const cwd = folderWith({ "pipeline.ts": PIPELINE });
  const run = (...more: string[]) =>
    commandOf("node").runlet(["run", "pipeline.ts", "--to", "shop.duckdb", ...more], {
      cwd,
      env: { API: api.url },
    });
  const first = await run("--max-bytes", "1kb");
  expect(first).toMatchObject({ code: 0 });
  expect(first.stderr).toMatch(
    /^! stopped by --max-bytes; run again to continue: orders from page \d+, customers$/m,
  );
  expect(first.stdout).not.toContain("stopped");
  const rest = await run("--max-duration", "10m");
  expect(rest.code).toBe(0);
  expect(rest.stderr).not.toContain("stopped");
  const wrong = await run("--max-duration", "soon");
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain("500ms, 30s, 5m or 1h");
});
