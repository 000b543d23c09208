// dist/ as tsc wrote it → dist/node: the same modules in a few files, for runtimes that read a package from disk (Node, Bun,
// Deno). A process that starts spends its time finding modules, so their number counts more than their size. Entries share
// their chunks: whatever is imported, there is one core and one host.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build as metadata } from "esbuild";
import { build } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const out = join(dist, "node");
const STAMP = join(dist, ".build-node-hash");

/** File in dist/node → the module it is the front of. */
const ENTRIES = {
  index: "host-node/index",
  deno: "host-deno/index",
  cli: "host-node/cli/main",
  duckdb: "core/destinations/duckdb/index",
  postgres: "core/destinations/postgres/index",
  parquet: "core/destinations/parquet/index",
  serve: "core/entries/serve",
  workers: "host-workers/entry",
  lambda: "host-node/lambda/index",
  // Not exported: the conformance suite runs the engine of what is packed.
  "internal-engine": "core/binding/engine",
  "internal-host": "core/host",
  "internal-json-rows": "core/arrow/json-rows",
};

/** Packages of a few small modules each, which every process would have to find: they become part of the chunks. */
const INLINED = ["@noble/hashes", "commander", "dotenv", "ky", "picocolors", "smol-toml"];

/** Bundles what tsc wrote, unless nothing of it has changed. */
export async function buildNode() {
  const digest = digestOf([
    fileURLToPath(import.meta.url),
    join(root, "package-lock.json"),
    ...modulesIn(dist),
  ]);
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === digest) return;
  const { output } = await build({
    root: dist,
    configFile: false,
    envDir: false,
    publicDir: false,
    logLevel: "warn",
    ssr: { noExternal: INLINED },
    build: {
      ssr: true,
      write: false,
      target: "node20",
      minify: false,
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(ENTRIES).map(([name, path]) => [name, module(path)])),
        checks: { ineffectiveDynamicImport: false },
        preserveEntrySignatures: "strict",
        output: {
          format: "esm",
          entryFileNames: "[name].js",
          chunkFileNames: "[name]-[hash].js",
          codeSplitting: { groups: await chunks() },
        },
      },
    },
    plugins: [engineBytesOutside],
  });
  write(output);
  writeFileSync(STAMP, digest);
}

/** Who cannot read core.wasm takes the engine from the module that every host shares. */
const engineBytesOutside = {
  name: "engine-bytes-outside",
  enforce: "pre",
  resolveId: (id) =>
    id.endsWith("/core-bytes.js") ? { id: "../core/binding/core-bytes.js", external: true } : null,
};

const module = (path) => join(dist, `${path}.js`);

/** The chunks, the first that takes a module has it and what it imports. What a process always needs is one file: of the
 *  command line until it knows the command, of a program from `runlet` on. What is imported later stays apart. */
async function chunks() {
  const [commandLine, program] = await Promise.all([
    atStart(module("host-node/cli/program")),
    atStart(module(ENTRIES.index)),
  ]);
  const of = (folder) => (path) => path.startsWith(folder);
  const host = `${ENTRIES.index}.js`;
  const takers = [
    ["basics", (path) => commandLine.has(path) && !path.startsWith("host-node/cli/")],
    ["commands", (path) => commandLine.has(path)],
    ["core", (path) => program.has(path) && path !== host],
    // Who loads it has the host installed; Deno has another.
    ["host", (path) => path === host],
    ["duckdb-destination", of("core/destinations/duckdb/")],
    ["postgres-destination", of("core/destinations/postgres/")],
    ["parquet-destination", (path) => /^core\/(destinations\/parquet|folders)\//.test(path)],
    ["entries", of("core/entries/")],
    ["duckdb-drivers", of("host-node/duckdb/")],
    // Each of these brings a package that few commands need.
    ...["pipeline-file", "progress", "schema-hints"].map((name) => [name, of(`host-node/cli/${name}.`)]),
    ["results", (path) => path.startsWith("host-node/cli/") && path !== `${ENTRIES.cli}.js`],
    ["later", of("core/")],
  ];
  return takers.map(([name, takes], at) => ({
    name,
    test: (id) => takes(relative(dist, id).replaceAll("\\", "/")),
    priority: takers.length - at,
  }));
}

/** Modules that are loaded when this one is, by their path in dist. */
async function atStart(entry) {
  const { metafile } = await metadata({
    absWorkingDir: dist,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    packages: "external",
    external: ["*/core-bytes.js"],
    outdir: out,
    ignoreAnnotations: true,
  });
  const found = new Set();
  const take = (path) => {
    if (found.has(path)) return;
    found.add(path);
    for (const { kind, path: next, external } of metafile.inputs[path].imports) {
      if (kind === "import-statement" && !external) take(next);
    }
  };
  take(relative(dist, entry).replaceAll("\\", "/"));
  return found;
}

/** New files first: whoever runs runlet meanwhile finds either those or the old ones. */
function write(chunks) {
  const files = new Map(chunks.map(({ fileName, code }) => [fileName, code]));
  files.set("LICENSES.md", licences());
  mkdirSync(out, { recursive: true });
  for (const [name, text] of files) {
    const path = join(out, name);
    if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
  }
  for (const name of readdirSync(out)) if (!files.has(name)) rmSync(join(out, name));
}

/** The licences of what became part of the chunks. */
function licences() {
  const texts = INLINED.map((name) => {
    const folder = join(root, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    return `## ${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
  });
  return `# Packages that are part of these files\n\n${texts.join("\n")}`;
}

function modulesIn(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".js"))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => !path.startsWith(out));
}

function digestOf(files) {
  const hash = createHash("sha256");
  for (const file of files.sort()) hash.update(`${file}\0`).update(readFileSync(file));
  return hash.digest("hex");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildNode();
