import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { bunBinary, denoBinary, nodeBinary } from "../runtimes/binaries.ts";
import { chromiumOptions } from "../runtimes/chromium-options.ts";
import { start } from "../runtimes/child.ts";
import { readResults, type PlainDone, type PlainJob } from "./command.ts";
import { pythonOfWasmtime } from "./wasmtime.ts";

export interface Paths {
  command: string;
  folder: string;
  /** The jobs as JSON. */
  jobs: string;
  results: string;
}

interface CommandRuntime {
  title: string;
  run(jobs: readonly PlainJob[], paths: Paths): Promise<PlainDone[]>;
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const SHIM = fileURLToPath(import.meta.resolve("@bjorn3/browser_wasi_shim"));
const SHIM_FOLDER = fileURLToPath(new URL(".", import.meta.resolve("@bjorn3/browser_wasi_shim")));

/** A program that reads the jobs from a file and writes the results to one. */
const program =
  (file: () => string, args: (paths: Paths) => string[]) =>
  async (_: readonly PlainJob[], paths: Paths): Promise<PlainDone[]> => {
    const binary = file();
    const { said, ended } = start(binary, args(paths), { cwd: paths.folder });
    const code = await ended;
    if (code !== 0) throw new Error(`${binary} ended with ${code}\n${said.err}${said.out}`);
    return readResults(paths.results);
  };

const nodeWasi = (major: number): CommandRuntime => ({
  title: `node:wasi of Node ${major}`,
  run: program(
    () => nodeBinary(major),
    ({ command, jobs, results, folder }) => [
      "--no-warnings",
      // Node's fast calls into WASI crash when a garbage collection comes in between: nodejs/node#46777.
      "--no-turbo-fast-api-calls",
      here("hosts/node-wasi.mjs"),
      command,
      jobs,
      results,
      folder,
    ],
  ),
});

const shimUnder = (title: string, file: () => string, ...flags: string[]): CommandRuntime => ({
  title: `@bjorn3/browser_wasi_shim in ${title}`,
  run: program(file, ({ command, jobs, results }) => [
    ...flags,
    here("hosts/shim-files.mjs"),
    SHIM,
    command,
    jobs,
    results,
  ]),
});

const RUNTIMES = {
  node20: nodeWasi(20),
  node22: nodeWasi(22),
  node24: nodeWasi(24),
  node26: nodeWasi(26),
  bun: { title: "node:wasi of Bun", run: inBun },
  shimNode: shimUnder("Node", () => process.execPath),
  shimBun: shimUnder("Bun", bunBinary),
  shimDeno: shimUnder("Deno", denoBinary, "run", "--no-config", "--allow-read", "--allow-write"),
  shimChromium: { title: "@bjorn3/browser_wasi_shim in Chromium", run: inChromium },
  wasmtime: {
    title: "Wasmtime",
    run: program(pythonOfWasmtime, ({ command, jobs, results, folder }) => [
      here("hosts/wasmtime_command.py"),
      command,
      jobs,
      results,
      folder,
    ]),
  },
} satisfies Record<string, CommandRuntime>;

export type RuntimeName = keyof typeof RUNTIMES;

export const runtimeOf = (name: RuntimeName): CommandRuntime => RUNTIMES[name];

export const ALL_RUNTIMES = Object.keys(RUNTIMES) as RuntimeName[];

/** A process for each job. */
async function inBun(jobs: readonly PlainJob[], { command }: Paths): Promise<PlainDone[]> {
  return jobs.map(({ args, stdin }) => {
    const { status, stdout, stderr } = spawnSync(
      bunBinary(),
      [here("hosts/bun-wasi.mjs"), command, ...args],
      {
        input: Buffer.from(stdin, "base64"),
        maxBuffer: 2 ** 30,
      },
    );
    return { code: status ?? -1, stdout: stdout.toString("base64"), stderr: stderr.toString() };
  });
}

/** In a page whose files come from this repository, by routing: no server, no network. */
async function inChromium(_: readonly PlainJob[], { command, jobs }: Paths): Promise<PlainDone[]> {
  const browser = await chromium.launch(chromiumOptions());
  try {
    const page = await browser.newPage();
    await page.route("http://wasi.test/**", async (route) => {
      const path = new URL(route.request().url()).pathname.slice(1);
      const fulfil = (contentType: string, body: Buffer) => route.fulfill({ contentType, body });
      if (path === "") await fulfil("text/html", Buffer.from("<!doctype html><title>WASI</title>"));
      else if (path === "command.wasm") await fulfil("application/wasm", readFileSync(command));
      else if (path === "jobs.json") await fulfil("application/json", readFileSync(jobs));
      else if (path === "shim.mjs") await fulfil("text/javascript", readFileSync(here("hosts/shim.mjs")));
      else await fulfil("text/javascript", readFileSync(join(SHIM_FOLDER, path.replace(/^dist\//, ""))));
    });
    await page.goto("http://wasi.test/");
    // As text: what compiles the tests would rewrite the imports of a function.
    return await page.evaluate<PlainDone[]>(`(async () => {
      const [{ runUnderShim }, shim] = await Promise.all([import("/shim.mjs"), import("/dist/index.js")]);
      const [bytes, jobs] = await Promise.all([fetch("/command.wasm"), fetch("/jobs.json")]);
      return runUnderShim(shim, await bytes.arrayBuffer(), await jobs.json());
    })()`);
  } finally {
    await browser.close();
  }
}
