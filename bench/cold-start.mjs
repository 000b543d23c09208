// node bench/cold-start.mjs [--runs 9] [--write]: from the start of a process, or a request to a cold isolate, or the
// navigation of a page, to the first batch of a small load; of the package as it is installed. Rounds go through all
// runtimes, so that whatever else the machine does meets all alike. `--write` puts the table into docs/sizes.md.
import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { createJiti } from "jiti";
import { chromium } from "playwright-core";
import { intoDocument, markdownTable } from "./tables.mjs";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "9" }, write: { type: "boolean", default: false } },
});
const jiti = createJiti(import.meta.url);
const binaries = await jiti.import("../test/runtimes/binaries.ts");
const { workerdPort } = await jiti.import("../test/runtimes/workerd-port.ts");
const { installProject } = await jiti.import("../test/packaging/installed-project.ts");

const project = installProject();
const { folder } = project;
cpSync(fileURLToPath(new URL("cold", import.meta.url)), folder, { recursive: true });
project.addDrivers();
const deno = [
  "run",
  "--no-prompt",
  "--no-remote",
  "--node-modules-dir=manual",
  `--allow-read=${folder}`,
  "--allow-env",
];

const PROCESSES = [
  ...[20, 22, 24, 26].map((major) => ({
    name: `Node ${major}`,
    program: binaries.nodeBinary(major),
    before: [],
  })),
  { name: "Bun", program: binaries.bunBinary(), before: [] },
  { name: "Deno", program: binaries.denoBinary(), before: deno },
];

/** Samples by row and measure. */
const samples = new Map();
function note(row, measure, value) {
  const key = `${row}\n${measure}`;
  samples.set(key, [...(samples.get(key) ?? []), value]);
}
function median(row, measure) {
  const all = (samples.get(`${row}\n${measure}`) ?? []).sort((a, b) => a - b);
  return all.length ? all[all.length >> 1] : undefined;
}

/** Runs a program that prints JSON. `at` in it becomes the milliseconds since the program was started. */
function timed(program, args) {
  const started = performance.timeOrigin + performance.now();
  const said = JSON.parse(
    execFileSync(program, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }),
  );
  return "at" in said ? { ...said, at: said.at - started } : said;
}

function processRound({ name, program, before }) {
  const bare = timed(program, [...before, "bare.js"]);
  const batch = timed(program, [...before, "batch.js"]);
  const engine = timed(program, [...before, "engine.js"]);
  note(name, "bare", bare.at);
  note(name, "batch", batch.at);
  note(name, "bareCpu", bare.cpu);
  note(name, "batchCpu", batch.cpu);
  note(name, "compile", engine.compile);
  note(name, "instantiate", engine.instantiate);
}

const bundle = (entry, options) =>
  build({
    ...{
      absWorkingDir: folder,
      entryPoints: [entry],
      bundle: true,
      minify: true,
      format: "esm",
      logLevel: "error",
    },
    ...{ outdir: "bundled", splitting: true, ...options },
  });

/** First answer of a Worker in a workerd that listens: with runlet, and with nothing. */
async function workerdRound() {
  for (const [measure, worker] of [
    ["bare", "bare-worker"],
    ["batch", "worker"],
  ]) {
    const child = spawn(binaries.workerdBinary(), ["serve", "--control-fd=3", `${worker}.capnp`], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit", "pipe"],
    });
    const ended = new Promise((resolve) => child.on("close", resolve));
    try {
      const port = await workerdPort(child.stdio[3]);
      if (!port) throw new Error("workerd does not listen");
      const begin = performance.now();
      const answer = await fetch(`http://127.0.0.1:${port}/`);
      await answer.text();
      note("workerd", measure, performance.now() - begin);
      if (!answer.ok) throw new Error(`workerd answered ${answer.status}`);
    } finally {
      child.kill("SIGKILL");
      await ended;
    }
  }
}

function workerdFile(name, wasm) {
  const core = wasm ? `(name = "core.wasm", wasm = embed "bundled/core.wasm"),` : "";
  writeFileSync(
    join(folder, `${name}.capnp`),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "bundled/${name}.js"), ${core}],
  compatibilityDate = "2026-01-01",
);
`,
  );
}

/** A page in a new browser context, nothing of it cached: from navigation to the first batch. */
async function pageRound(browser, origin) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`${origin}/bare.html`);
    note("Chromium, a page", "bare", await page.evaluate("globalThis.result"));
    await page.goto(`${origin}/page.html`);
    const { batch, compile, instantiate } = await page.evaluate("globalThis.result");
    note("Chromium, a page", "batch", batch);
    note("Chromium, a page", "compile", compile);
    note("Chromium, a page", "instantiate", instantiate);
  } finally {
    await context.close();
  }
}

const FILES = {
  "/bare.html": ["text/html", () => `<script type="module">globalThis.result = performance.now();</script>`],
  "/page.html": ["text/html", () => `<script type="module" src="/bundled/page.js"></script>`],
};

async function serveProject() {
  const server = createServer((request, response) => {
    const known = FILES[request.url];
    const path = request.url.endsWith("/core.wasm") ? "node_modules/runlet/dist/core.wasm" : request.url;
    if (!known && !existsSync(join(folder, path))) return response.writeHead(404).end();
    const type = known?.[0] ?? (path.endsWith(".wasm") ? "application/wasm" : "text/javascript");
    response.setHeader("content-type", type).end(known ? known[1]() : readFileSync(join(folder, path)));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const command = join(folder, "node_modules/.bin/runlet");
const rows = Array.from({ length: 12 }, (_, id) => ({
  id,
  name: "a name",
  tags: ["x", "y"],
  at: "2024-01-01T00:00:00Z",
}));
writeFileSync(join(folder, "small.ndjson"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));

/** The command line from start to end, under two Nodes: the older has no compile cache. */
function commandRound(round) {
  for (const major of [20, 24]) {
    const ran = (measure, ...args) => {
      const begin = performance.now();
      execFileSync(binaries.nodeBinary(major), args, { cwd: folder, stdio: "pipe" });
      note(`Node ${major}, command line`, measure, performance.now() - begin);
    };
    ran("empty", "-e", "0");
    ran("version", command, "--version");
    ran("load", command, "load", "small.ndjson", "--to", `duckdb:${major}-${round}.duckdb`);
  }
}

const ms = (value) => (value === undefined ? "–" : value.toFixed(value < 10 ? 1 : 0));
const ratio = (a, b) => (a === undefined || !b ? "–" : (a / b).toFixed(1));

function tables() {
  const batches = [...PROCESSES.map(({ name }) => name), "workerd", "Chromium, a page"].map((name) => {
    const of = (measure) => median(name, measure);
    return [
      name,
      ms(of("bare")),
      ms(of("batch")),
      ratio(of("batch"), of("bare")),
      ms(of("bareCpu")),
      ms(of("batchCpu")),
      ms(of("compile")),
      ms(of("instantiate")),
    ];
  });
  const commands = [20, 24].map((major) => {
    const of = (measure) => median(`Node ${major}, command line`, measure);
    return [
      `Node ${major}`,
      ms(of("empty")),
      ms(of("version")),
      ms(of("load")),
      ratio(of("load"), of("empty")),
    ];
  });
  const header = [
    "ms",
    "bare",
    "first batch",
    "ratio",
    "bare, CPU",
    "first batch, CPU",
    "engine compiled",
    "engine instantiated",
  ];
  const about = `Medians of ${values.runs} rounds on ${cpus().length} × ${cpus()[0].model}, load average ${loadavg()[0].toFixed(1)}.`;
  return `${about}\n\n${markdownTable(header, batches)}\n\n${markdownTable(
    ["ms, start to end", "`node -e 0`", "`runlet --version`", "`runlet load` of 1 KB", "ratio"],
    commands,
  )}`;
}

await bundle("page.js", {});
await bundle("bare-worker.js", { splitting: false });
await bundle("worker.js", {
  conditions: ["workerd", "worker", "browser"],
  splitting: false,
  external: ["node:*"],
  loader: { ".wasm": "copy" },
  assetNames: "[name]",
});
workerdFile("bare-worker", false);
workerdFile("worker", true);
const server = await serveProject();
const browser = await chromium.launch({
  executablePath: binaries.chromiumBinary(),
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  for (let round = 0; round <= Number(values.runs); round++) {
    // The first round warms the disk's cache up.
    if (round === 1) samples.clear();
    for (const each of PROCESSES) processRound(each);
    await workerdRound();
    await pageRound(browser, `http://127.0.0.1:${server.address().port}`);
    commandRound(round);
  }
  const text = tables();
  console.log(text);
  if (values.write) {
    const document = new URL("../docs/sizes.md", import.meta.url);
    writeFileSync(document, intoDocument(readFileSync(document, "utf8"), "cold-starts", text));
  }
} finally {
  await browser.close();
  server.close();
  project.remove();
}
