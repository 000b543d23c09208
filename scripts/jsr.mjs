// node scripts/jsr.mjs [--publish]: the TypeScript sources as JSR takes them, in build/jsr, and a dry run of publishing them
// with Deno. jsr.json names the entries; the scope in it is a placeholder until there is one. On JSR there are no
// conditions: `.` is Deno's entry, `/node` that of Node and Bun; browsers and Workers take the package from npm.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const staged = join(root, "build/jsr");
const readJson = (path) => JSON.parse(readFileSync(join(root, path), "utf8"));

const SOURCES = ["core", "host-node", "host-deno"];
/** The engine's own sources and the command line stay where npm is. */
const LEFT_OUT = ["core/engine", "host-node/cli", "host-node/lambda"];

/** Copies what is published to build/jsr. */
export function stage() {
  const { version, dependencies, devDependencies, peerDependencies } = readJson("package.json");
  rmSync(staged, { recursive: true, force: true });
  for (const folder of SOURCES) {
    cpSync(join(root, folder), join(staged, folder), {
      recursive: true,
      filter: (path) => !LEFT_OUT.includes(path.slice(root.length)),
    });
  }
  const bytes = readFileSync(join(root, "dist/core/binding/core-bytes.js"), "utf8");
  writeFileSync(
    join(staged, "core/binding/core-bytes.js"),
    `/* @ts-self-types="./core-bytes.d.ts" */\n${bytes}`,
  );
  for (const file of ["LICENSE", "README.md", "CHANGELOG.md"]) cpSync(join(root, file), join(staged, file));
  const packages = importedPackages({ ...devDependencies, ...dependencies, ...peerDependencies });
  const imports = Object.fromEntries(
    packages.flatMap(([name, range]) => [
      [name, `npm:${name}@${range}`],
      [`${name}/`, `npm:/${name}@${range}/`],
    ]),
  );
  const manifest = { ...readJson("jsr.json"), version, imports };
  writeFileSync(join(staged, "jsr.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Those of the packages, with their ranges, that the sources name. */
function importedPackages(ranges) {
  const sources = readdirSync(staged, { recursive: true, encoding: "utf8" }).filter((path) =>
    path.endsWith(".ts"),
  );
  const text = sources.map((path) => readFileSync(join(staged, path), "utf8")).join("\n");
  const named = new Set(
    [...text.matchAll(/\b(?:from|import)\b\s*\(?\s*"([^"./][^"]*)"/g)].map(([, path]) => path),
  );
  return Object.entries(ranges).filter(([name]) =>
    [...named].some((path) => path === name || path.startsWith(`${name}/`)),
  );
}

/** Deno's program out of its npm package, whose install script may not have run. */
function deno() {
  const require = createRequire(import.meta.url);
  const home = createRequire(require.resolve("deno/package.json"));
  for (const name of Object.keys(home("./package.json").optionalDependencies)) {
    try {
      const program = process.platform === "win32" ? "deno.exe" : "deno";
      return join(dirname(home.resolve(`${name}/package.json`)), program);
    } catch {
      // For another platform.
    }
  }
  throw new Error("npm installed no Deno for this platform");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(join(root, "build"), { recursive: true });
  stage();
  const dryRun = process.argv.includes("--publish") ? [] : ["--dry-run", "--allow-dirty"];
  const { status } = spawnSync(deno(), ["publish", ...dryRun], { cwd: staged, stdio: "inherit" });
  process.exitCode = status ?? 1;
}
