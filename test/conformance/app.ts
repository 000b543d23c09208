import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, transformSync, type BuildOptions } from "esbuild";
import { packPackage, repository, type Tarball } from "../packaging/tarball.ts";
import { readVectors } from "./read-vectors.ts";

const here = fileURLToPath(new URL(".", import.meta.url));

export interface App {
  readonly folder: string;
  /** Bundles one of its modules into `bundled/`, as an app does for its users. */
  bundle(entry: string, options?: BuildOptions): Promise<void>;
  remove(): void;
}

/** Names of the pipeline cases: `http/link-pages`. */
export function caseNames(): string[] {
  return readdirSync(join(here, "cases"), { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts"))
    .map((path) => path.slice(0, -".ts".length))
    .sort();
}

/** A project that has installed the packed package: `runlet` is found by its exports and the runtime's own conditions.
 *  The cases are copied byte for byte. */
export function makeApp(): App {
  const folder = mkdtempSync(join(tmpdir(), "runlet-conformance-"));
  const tarball = packPackage();
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  install(tarball, folder);
  tarball.remove();
  writeModules(folder);
  writeData(folder);
  return {
    folder,
    bundle: (entry, options) => bundle(folder, entry, options),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** In the long run of the tests npm installs the tarball and the drivers from the registry; else the tarball is unpacked
 *  where npm would, and its dependencies are those of this repository. */
function install(tarball: Tarball, folder: string): void {
  const { dependencies, peerDependencies } = manifestIn(tarball.folder);
  if (process.env["RUNLET_FULL"]) {
    writeFileSync(join(folder, "runlet.tgz"), tarball.bytes);
    const drivers = Object.keys(peerDependencies).map((name) => `${name}@${installed(name)}`);
    const options = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
    execFileSync("npm", ["install", ...options, "./runlet.tgz", ...drivers], { cwd: folder });
    return;
  }
  const modules = join(folder, "node_modules");
  cpSync(tarball.folder, join(modules, "runlet"), { recursive: true });
  for (const name of Object.keys({ ...dependencies, ...peerDependencies })) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(repository, "node_modules", name), join(modules, name), "dir");
  }
}

interface Manifest {
  version: string;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
}

const manifestIn = (folder: string) =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;

const installed = (name: string) => manifestIn(join(repository, "node_modules", name)).version;

function writeModules(folder: string): void {
  for (const name of ["case", "dataset", "outcome", "parquet-datasets", "run-case", "run-vector", "suite"]) {
    const { code } = transformSync(readFileSync(join(here, `${name}.ts`), "utf8"), { loader: "ts" });
    writeFileSync(join(folder, `${name}.js`), code.replace(/(from "\.\/[\w-]+)\.ts"/g, '$1.js"'));
  }
  for (const file of readdirSync(join(here, "entries")))
    cpSync(join(here, "entries", file), join(folder, file));
  const names = caseNames();
  for (const name of names) cpSync(join(here, `cases/${name}.ts`), join(folder, `cases/${name}.js`));
  const imports = names.map((name, at) => `import case${at} from "./cases/${name}.js";`);
  const list = names.map((name, at) => `${JSON.stringify(name)}: case${at}`);
  writeFileSync(
    join(folder, "all-cases.js"),
    `${imports.join("\n")}\nexport default { ${list.join(", ")} };\n`,
  );
  writeFileSync(join(folder, "vectors.js"), `export default ${JSON.stringify(readVectors())};\n`);
}

/** Files that cases read, where there are files. */
function writeData(folder: string): void {
  mkdirSync(join(folder, "data"));
  writeFileSync(join(folder, "data/events-a.ndjson"), '{"id":1,"tags":["x"]}\n{"id":2}\n');
  writeFileSync(join(folder, "data/events-b.json"), '[{"id":3},\n {"id":4}]');
  writeFileSync(join(folder, "data/events-c.ndjson.gz"), gzipSync('{"id":5}\n'));
}

async function bundle(folder: string, entry: string, options: BuildOptions = {}): Promise<void> {
  await build({
    absWorkingDir: folder,
    entryPoints: [entry],
    outdir: "bundled",
    bundle: true,
    minify: true,
    format: "esm",
    logLevel: "error",
    ...options,
  });
}
