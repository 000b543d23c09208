// What a user downloads: each entry of the package as an app's bundler makes it, the engine, the examples, the tarball.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { build as buildWithVite } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
/** The engine in base64 for places without files; it is loaded where core.wasm cannot be had, and only then. */
const ENGINE_BYTES = "*/core-bytes.js";

/** Sizes in bytes, each file compressed by itself, as servers do. */
function sizes(contents) {
  const brotli = (bytes) =>
    brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
  const sum = (size) => contents.reduce((all, bytes) => all + size(bytes), 0);
  return {
    raw: sum((b) => b.length),
    gzip: sum((b) => gzipSync(b, { level: 9 }).length),
    brotli: sum(brotli),
  };
}

/** Bundles and minifies a module that says so much of the package; what it loads at once, and what it may load later. */
async function bundled(text, conditions, external = []) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    stdin: { contents: text, resolveDir: root, sourcefile: "app.js" },
    outdir: "out",
    bundle: true,
    minify: true,
    splitting: true,
    write: false,
    metafile: true,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    mainFields: ["browser", "module", "main"],
    conditions,
    external: ["node:*", "cloudflare:*", ENGINE_BYTES, ...external],
    loader: { ".wasm": "copy" },
    logLevel: "error",
  });
  const byName = new Map(outputFiles.map((file) => [file.path.slice(root.length), file.contents]));
  const names = Object.keys(metafile.outputs).filter((name) => name.endsWith(".js"));
  const atOnce = new Set();
  const take = (name) => {
    if (atOnce.has(name)) return;
    atOnce.add(name);
    for (const { path, kind, external: outside } of metafile.outputs[name].imports)
      if (kind === "import-statement" && !outside && path.endsWith(".js")) take(path);
  };
  take(names.find((name) => metafile.outputs[name].entryPoint));
  const contents = (list) => list.map((name) => byName.get(name));
  return { atOnce: contents([...atOnce]), later: contents(names.filter((name) => !atOnce.has(name))) };
}

const BROWSER = ["browser", "module"];
const WORKER = ["workerd", "worker", "browser"];
const DRIVERS = ["@duckdb/*", "parquet-wasm", "parquet-wasm/*"];

/** Rows of the table: name, sizes of what is loaded at once, gzipped bytes of what may come later. */
export async function measureSizes() {
  const wasm = readFileSync(join(dist, "core.wasm"));
  const rows = [];
  const row = (name, contents, later = []) =>
    rows.push({ name, ...sizes(contents), later: later.length ? sizes(later).gzip : 0 });
  const entry = async (name, text, conditions, external = DRIVERS) => {
    const { atOnce, later } = await bundled(text, conditions, external);
    row(name, atOnce, later);
    return atOnce;
  };
  const all = (path) => `export * from "${path}";`;

  row("engine: `core.wasm`", [wasm]);
  const binding = await bundled(`export * from "./dist/core/binding/engine.js";`, BROWSER);
  row("engine and binding", [wasm, ...binding.atOnce]);
  const core = await entry("`runlet` in browsers, without the engine", all("runlet"), BROWSER);
  row("`runlet` in browsers, with the engine", [...core, wasm]);
  const onWorkers = await entry("`runlet` on Workers, without the engine", all("runlet"), WORKER);
  row("`runlet` on Workers, with the engine", [...onWorkers, wasm]);
  row("the engine in base64, where core.wasm cannot be had", [
    readFileSync(join(dist, "core/binding/core-bytes.js")),
  ]);
  for (const name of ["duckdb", "postgres", "parquet", "serve", "workers", "browser"]) {
    const conditions = ["postgres", "workers"].includes(name) ? WORKER : BROWSER;
    const external = [...DRIVERS, "postgres"];
    await entry(
      `\`runlet\` and \`runlet/${name}\`, without drivers`,
      all("runlet") + all(`runlet/${name}`),
      conditions,
      external,
    );
  }
  const worker = await bundled(WORKER_WITH_POSTGRES, WORKER, DRIVERS);
  row("a Worker with Postgres, driver and engine included", [...worker.atOnce, ...worker.later, wasm]);
  for (const { name, contents, later } of await firstLoadOfThePage()) row(name, contents, later);
  row("`runlet` on Node, Bun: files of `dist/node` that it reads", filesAtStart("index.js"));
  row("`runlet-engine.component.wasm`", [readFileSync(join(dist, "runlet-engine.component.wasm"))]);
  row("`runlet-engine.wasm`, the WASI command", [readFileSync(join(dist, "runlet-engine.wasm"))]);
  return { rows, tarball: tarball() };
}

const WORKER_WITH_POSTGRES = `
import { pipeline, resource } from "runlet";
import { postgres } from "runlet/postgres";
import { worker } from "runlet/workers";
const issues = resource("issues", { write: "append" }, ({ http }) => http.pages("https://api.github.com/issues"));
export default worker(pipeline("github", issues), { to: (env) => postgres(env.HYPERDRIVE.connectionString) });`;

/** The file and what it imports at once, not minified, as it lies in the package. */
function filesAtStart(name, found = new Map()) {
  if (found.has(name)) return [];
  const text = readFileSync(join(dist, "node", name), "utf8");
  found.set(name, Buffer.from(text));
  for (const [, next] of text.matchAll(/^(?:import|export)\b[^;]*?"\.\/([\w-]+\.js)";$/gm))
    filesAtStart(next, found);
  return [...found.values()];
}

/** The page of examples/browser: what it asks for before the first rows are shown, without data and DuckDB. */
async function firstLoadOfThePage() {
  mkdirSync(join(root, "build"), { recursive: true });
  const out = mkdtempSync(join(root, "build/sizes-"));
  try {
    await buildWithVite({
      configFile: join(root, "examples/browser/vite.config.ts"),
      logLevel: "error",
      build: { outDir: out },
    });
    const page = readFileSync(join(out, "index.html"), "utf8");
    const assets = readdirSync(join(out, "assets"));
    const named = [...page.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, path]) => path);
    const engine = assets.filter(
      (name) => /^(core|engine-worker)-[\w-]+\.(wasm|js)$/.test(name) && !/^core-bytes/.test(name),
    );
    if (engine.length !== 2)
      throw new Error(`the page's engine is ${engine.join(", ") || "not among its assets"}`);
    const atOnce = ["index.html", ...named, ...engine.map((name) => `assets/${name}`)];
    const read = (path) => readFileSync(join(out, path));
    return [{ name: "the page of `examples/browser`, before DuckDB", contents: atOnce.map(read), later: [] }];
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** The tarball that npm would publish: bytes packed and unpacked, number of files. */
function tarball() {
  const options = ["--dry-run", "--json", "--ignore-scripts", "--loglevel=error"];
  const said = execFileSync("npm", ["pack", ...options], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [{ size, unpackedSize, entryCount }] = JSON.parse(said);
  return { packed: size, unpacked: unpackedSize, files: entryCount };
}
