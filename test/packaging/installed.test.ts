import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import type { Readable } from "node:stream";
import { build as bundle, type BuildOptions } from "esbuild";
import { chromium } from "playwright-core";
import { build as viteBuild } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bunBinary, denoBinary, nodeBinary, workerdBinary } from "../runtimes/binaries.ts";
import { chromiumOptions } from "../runtimes/chromium-options.ts";
import { workerdPort } from "../runtimes/workerd-port.ts";
import { printed, start, stop } from "../runtimes/child.ts";
import { installProject, manifest, type InstalledProject } from "./installed-project.ts";

// The packed package, installed with npm into an empty project, in every runtime: all that it exports there can be
// imported, a small pipeline runs, and it is one runlet, whichever of its entries is used.

let project: InstalledProject;

beforeAll(() => {
  project = installProject();
}, 120_000);

afterAll(() => project.remove());

interface Found {
  entry: string;
  files: Record<string, number>;
  exported: Record<string, string[]>;
  rows: Record<string, number>;
  quantity: string;
  errors: string[];
  served?: number;
}

const MODULES = [
  "runlet",
  "runlet/duckdb",
  "runlet/parquet",
  "runlet/postgres",
  "runlet/serve",
  "runlet/workers",
];
const FILES = [
  "runlet/core.wasm",
  "runlet/engine.wit",
  "runlet/runlet-engine.component.wasm",
  "runlet/runlet-engine.wasm",
  "runlet/package.json",
];
const SMALL_PIPELINE = { rows: { orders: 2, orders__lines: 1 }, quantity: "9007199254740993" };

/** What each subpath is imported for. */
const EXPORTED: Record<string, string> = {
  runlet: "pipeline",
  "runlet/browser": "listDatabases",
  "runlet/duckdb": "duckdb",
  "runlet/lambda": "lambda",
  "runlet/parquet": "parquet",
  "runlet/postgres": "postgres",
  "runlet/serve": "serve",
  "runlet/workers": "worker",
};

function expectAll(found: Found, modules: readonly string[]): void {
  expect(Object.keys(found.exported).sort()).toEqual([...modules].sort());
  for (const name of modules) expect(found.exported[name]).toContain(EXPORTED[name]);
  expect(found).toMatchObject(SMALL_PIPELINE);
}

test("nothing is installed but dependencies, none runs a script, and no driver is among them", () => {
  const installed = (name: string) => manifest(join(project.folder, "node_modules", name));
  const { dependencies, peerDependencies } = installed("runlet");
  expect(project.packages).toEqual(expect.arrayContaining(["runlet", ...Object.keys(dependencies!)]));
  expect(project.packages.filter((name) => name in peerDependencies!)).toEqual([]);
  const run = ["preinstall", "install", "postinstall"];
  expect(project.packages.filter((name) => run.some((each) => installed(name).scripts?.[each]))).toEqual([]);
});

describe("without drivers", () => {
  const node = (major: number) => ({
    name: `Node ${major}`,
    program: nodeBinary(major),
    before: [] as string[],
  });
  const everywhere = [...MODULES, "runlet/lambda"];
  test.each([
    { ...node(20), modules: everywhere, entry: "index" },
    { ...node(22), modules: everywhere, entry: "index" },
    { ...node(24), modules: everywhere, entry: "index" },
    { ...node(26), modules: everywhere, entry: "index" },
    { name: "Bun", program: bunBinary(), before: [], modules: everywhere, entry: "index" },
    {
      ...{ name: "Deno", program: denoBinary(), modules: MODULES, entry: "deno" },
      before: [
        "run",
        "--no-prompt",
        "--no-remote",
        "--node-modules-dir=manual",
        "--allow-read=.",
        "--allow-net",
        "--allow-env",
        "--allow-write=.",
      ],
    },
  ])("$name", { timeout: 120_000 }, async ({ program, before, modules, entry }) => {
    const args = [...before, "command.js", ...modules, ...FILES];
    const found = await printed<Found>(program, args, { cwd: project.folder });
    expectAll(found, modules);
    expect(found.entry).toMatch(new RegExp(`/node_modules/runlet/dist/node/${entry}\\.js$`));
    expect(Object.keys(found.files)).toEqual(FILES);
    for (const bytes of Object.values(found.files)) expect(bytes).toBeGreaterThan(1000);
    expect(found.errors).toEqual(["DRIVER_MISSING", "DRIVER_MISSING"]);
    expect(found.served).toBe(200);
  });

  test.each([20, 22, 24, 26])("the command line on Node %i", { timeout: 60_000 }, async (major) => {
    const command = join(project.folder, "node_modules/.bin/runlet");
    writeFileSync(
      join(project.folder, "pipeline.ts"),
      `import { pipeline, resource } from "runlet";
import { parquet } from "runlet/parquet";
export const store: unknown = parquet;
export default pipeline("shop", resource("orders", {}, [{ id: 1 }]));`,
    );
    const run = [command, "run", "pipeline.ts", "--dry-run", "--json"];
    const found = await printed<{ tables: object }>(nodeBinary(major), run, { cwd: project.folder });
    expect(Object.keys(found.tables)).toEqual(["orders"]);
  });

  test("a page that loads nowhere is bundled by esbuild and by Vite", { timeout: 60_000 }, async () => {
    writeFileSync(
      join(project.folder, "preview.js"),
      `import { check } from "./check.js"; globalThis.result = check({ });`,
    );
    writeFileSync(join(project.folder, "index.html"), `<script type="module" src="/preview.js"></script>`);
    await bundled("preview.js", { outdir: "by-esbuild" });
    await vite("by-vite");
    for (const page of ["/by-esbuild/preview.html", "/by-vite/index.html"]) {
      expect(await inChromium(page)).toMatchObject(SMALL_PIPELINE);
    }
  });
});

describe("with drivers", () => {
  beforeAll(() => project.addDrivers());

  const modules = ["runlet", "runlet/browser", "runlet/duckdb", "runlet/parquet", "runlet/serve"];

  test("a page bundled by Vite", { timeout: 60_000 }, async () => {
    writeFileSync(join(project.folder, "index.html"), `<script type="module" src="/page.js"></script>`);
    await vite("page-by-vite");
    const found = await inChromium("/page-by-vite/index.html");
    expectAll(found, modules);
    expect(found.served).toBe(200);
  });

  test("a Worker bundled by esbuild", { timeout: 60_000 }, async () => {
    await bundled("worker.js", {
      conditions: ["workerd", "worker", "browser"],
      // What the Postgres driver needs, and Parquet's package beside it.
      external: ["node:*", "cloudflare:*"],
      loader: { ".wasm": "copy" },
      assetNames: "[name]",
      outdir: "worker",
      splitting: false,
    });
    const { check, health } = await inWorkerd("worker");
    expectAll(
      check,
      MODULES.filter((name) => name !== "runlet/duckdb"),
    );
    expect(check.served).toBe(200);
    expect(health).toBe(200);
  });
});

async function bundled(entry: string, options: BuildOptions): Promise<void> {
  await bundle({
    absWorkingDir: project.folder,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    logLevel: "error",
    ...options,
  });
}

async function vite(outDir: string): Promise<void> {
  await viteBuild({
    root: project.folder,
    base: "./",
    configFile: false,
    logLevel: "error",
    build: { outDir, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 10_000 },
  });
}

/** What a page leaves in `result`; the project's files are served, and a page for each module that has none. */
async function inChromium(path: string): Promise<Found> {
  const server = await serveProject();
  const browser = await chromium.launch(chromiumOptions());
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
    return await page.evaluate<Found>("globalThis.result").catch((error: Error) => {
      throw new Error([error.message, ...complaints].join("\n"), { cause: error });
    });
  } finally {
    await browser.close();
    server.close();
  }
}

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};

async function serveProject(): Promise<Server> {
  const server = createServer((request, response) => {
    const path = new URL(request.url!, "http://localhost").pathname;
    const file = join(project.folder, path);
    const type = TYPES[extname(path)];
    if (type && existsSync(file)) response.setHeader("content-type", type).end(readFileSync(file));
    else if (extname(path) === ".html") {
      const script = path.replace(/html$/, "js");
      response.setHeader("content-type", "text/html").end(`<script type="module" src="${script}"></script>`);
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** What the Worker in a folder of bundled files answers. */
async function inWorkerd(folder: string): Promise<{ check: Found; health: number }> {
  const configuration = join(project.folder, "workerd.capnp");
  writeFileSync(
    configuration,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "${folder}/worker.js"),
    (name = "core.wasm", wasm = embed "${folder}/core.wasm"),
    (name = "parquet_wasm_bg.wasm", wasm = embed "${folder}/parquet_wasm_bg.wasm"),
  ],
  compatibilityDate = "2026-01-01",
  compatibilityFlags = ["nodejs_compat"],
);
`,
  );
  const { child, said, ended } = start(workerdBinary(), ["serve", "--control-fd=3", configuration], {
    cwd: project.folder,
    control: true,
  });
  try {
    const failed = ended.then((code) => Promise.reject(new Error(`workerd ended with ${code}\n${said.err}`)));
    failed.catch(() => undefined);
    const port = (await workerdPort(child.stdio[3] as Readable)) ?? (await failed);
    const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
    const answer = await ask("/check");
    if (!answer.ok) throw new Error(`workerd answered ${answer.status}\n${said.err}`);
    return { check: (await answer.json()) as Found, health: (await ask("/health")).status };
  } finally {
    await stop(child, ended);
  }
}
