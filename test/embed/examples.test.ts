import { cpSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { folderWith, program, runlet } from "../cli/spawned.ts";
import { denoBinary, nodeBinary } from "../runtimes/binaries.ts";
import { start, stop } from "../runtimes/child.ts";

const COUNTS = { issues: 100, labels: 34 };
const SQL = "select (select count(*) from issues) issues, (select count(*) from labels) labels";

let server: Server;
let origin = "";
beforeAll(async () => {
  const { listen } = (await import(pathToFileURL(resolve("examples/http-api/server.mjs")).href)) as {
    listen(port: number): Promise<Server>;
  };
  server = await listen(0);
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** The examples as in a clone whose API listens on `at`. */
function clone(at = origin): string {
  const cwd = realpathSync(folderWith({ "package.json": '{"type":"module"}' }));
  cpSync("examples", join(cwd, "examples"), { recursive: true });
  mkdirSync(join(cwd, "node_modules"));
  symlinkSync(resolve("."), join(cwd, "node_modules/runlet"), "dir");
  const file = join(cwd, "examples/http-api/pipeline.ts");
  writeFileSync(file, readFileSync(file, "utf8").replace("http://127.0.0.1:8787", at));
  return cwd;
}

const rows = async (database: string) =>
  JSON.parse((await runlet(["query", database, SQL, "--json"])).stdout) as unknown;
const env = { API_TOKEN: "demo" };

describe("worker-thread", () => {
  /** Runs a script that uses the example's `load`. */
  async function script(cwd: string, body: string) {
    writeFileSync(
      join(cwd, "script.mjs"),
      `import { load } from "./examples/worker-thread/main.mjs";\n${body}`,
    );
    const outcome = await program(nodeBinary(24), ["--no-warnings", "script.mjs"], { cwd, env });
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    return JSON.parse(outcome.stdout) as Record<string, unknown>;
  }

  test("loads beside a main thread that goes on, and tells it how far it is", async () => {
    const cwd = clone();
    const result = await script(
      cwd,
      `let ticks = 0, told = 0;
       const clock = setInterval(() => ticks++, 1);
       const { tables, complete } = await load("api.duckdb", { onProgress: () => told++ });
       clearInterval(clock);
       console.log(JSON.stringify({ rows: tables.issues.rows, complete, went: ticks > 20, told: told > 4 }));`,
    );
    expect(result).toEqual({ rows: 100, complete: true, went: true, told: true });
    expect(await rows(join(cwd, "api.duckdb"))).toEqual([COUNTS]);
  });

  test("is cancelled by a message", async () => {
    const result = await script(
      clone(),
      `const stop = new AbortController();
       const run = load("api.duckdb", { signal: stop.signal, onProgress: () => stop.abort() });
       console.log(JSON.stringify(await run.catch(({ code, hint }) => ({ code, hint }))));`,
    );
    expect(result).toEqual({ code: "CANCELLED", hint: "nothing loaded" });
  });

  test("fails with the run's error", async () => {
    const cwd = clone("http://127.0.0.1:1");
    const result = await script(
      cwd,
      `console.log(JSON.stringify(await load("api.duckdb", { signal: AbortSignal.timeout(60_000) })
         .catch(({ code, hint }) => ({ code, hint: typeof hint }))));`,
    );
    expect(result).toEqual({ code: "SOURCE_NETWORK", hint: "string" });
  });
});

describe("child-process", () => {
  type Load = (
    address: string,
    options?: object,
  ) => Promise<{ complete: boolean; tables: Record<string, object> }>;
  const loader = async (cwd: string) =>
    ((await import(pathToFileURL(join(cwd, "examples/child-process/main.mjs")).href)) as { load: Load }).load;

  test("gives what was loaded as plain data; killed, the next process finishes its package", async () => {
    const cwd = clone();
    const load = await loader(cwd);
    const database = join(cwd, "api.duckdb");
    const home = { ...env, RUNLET_HOME: join(cwd, ".runlet") };
    const killed = load(database, { env: { ...home, RUNLET_FAILPOINT: "destination.commit.before" } });
    await expect(killed).rejects.toMatchObject({ signal: "SIGKILL" });
    expect(await load(database, { env: home, seconds: 120 })).toMatchObject({
      complete: true,
      tables: { issues: { rows: 100 }, labels: { rows: 34 } },
    });
    expect(await rows(database)).toEqual([COUNTS]);
  });

  test("passes a signal on, and the exit code back", async () => {
    const cwd = clone();
    const load = await loader(cwd);
    const without = load(join(cwd, "api.duckdb"), {
      env: { API_TOKEN: "", RUNLET_HOME: join(cwd, ".runlet") },
    });
    await expect(without).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining("API_TOKEN"),
    });
    const stop = new AbortController();
    server.once("request", () => stop.abort());
    const cancelled = load(join(cwd, "api.duckdb"), {
      signal: stop.signal,
      env: { ...env, RUNLET_HOME: join(cwd, ".runlet") },
    });
    await expect(cancelled).rejects.toMatchObject({ exitCode: 7 });
  });
});

test("deno: the schedule loads, and requests are answered", async () => {
  const cwd = clone();
  const packages = realpathSync("node_modules");
  const app = start(
    denoBinary(),
    [
      "run",
      "--no-prompt",
      "--no-remote",
      "--unstable-cron",
      `--allow-net=127.0.0.1`,
      "--allow-env",
      `--allow-read=.,${packages}`,
      "--allow-write=.",
      `--allow-ffi=${packages}`,
      "examples/deno/main.ts",
    ],
    { cwd, env: { ...env, RUNLET_TOKEN: "me", PORT: "0", SCHEDULE: "* * * * *", NO_COLOR: "1" } },
  );
  try {
    const said = (what: RegExp) =>
      new Promise<RegExpExecArray>((found, fail) => {
        const look = setInterval(() => {
          const match = what.exec(app.said.out + app.said.err);
          if (match) found(match);
          else if (app.child.exitCode !== null) fail(new Error(app.said.err));
          if (match || app.child.exitCode !== null) clearInterval(look);
        }, 50);
      });
    const [, at] = await said(/Listening on (http:\/\/[^\s/]+)/);
    const ask = (path: string, init: RequestInit = {}) =>
      fetch(`${at}${path}`, { ...init, headers: { authorization: "Bearer me" } });
    expect((await fetch(`${at}/run`, { method: "POST" })).status).toBe(401);
    // At the beginning of the next minute.
    await said(/dataset api_dataset \(load [\d.]+\)\n {2}issues +100/);
    const status = (await (await ask("/status")).json()) as { tables: object };
    expect(Object.keys(status.tables)).toEqual(expect.arrayContaining(["issues", "labels"]));
    const run = await ask("/run?only=issues", { method: "POST" });
    expect(await run.json()).toMatchObject({ complete: true, tables: { issues: { rows: 100 } } });
  } finally {
    await stop(app.child, app.ended);
  }
  expect(await rows(join(cwd, "api.duckdb"))).toEqual([COUNTS]);
}, 120_000);
