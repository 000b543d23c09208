// Everything into dist/: the engine in its three forms (when its sources changed), the TypeScript of core and hosts, and
// that once more as a few files for Node, Bun and Deno.
import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildNode } from "./build-node.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const COMPILER = ["scripts/build-engine.mjs", "scripts/canonical-exports.mjs", "asconfig.json"];

/** What is made of other sources than TypeScript; each only when its sources (or what was made of them) changed. */
const ARTEFACTS = [
  {
    what: "the engine",
    script: "build-engine",
    sources: ["core/engine", ...COMPILER],
    outputs: ["core.wasm", "core/binding/core-bytes.js", "core/binding/core-bytes.d.ts"],
  },
  {
    what: "the engine as a component",
    script: "build-component",
    sources: ["dist/core.wasm", "core/engine/engine.wit", "scripts/build-component.mjs"],
    outputs: ["runlet-engine.component.wasm"],
  },
  {
    what: "the engine as a WASI command",
    script: "build-wasi",
    sources: ["wasi", "core/engine", "scripts/build-wasi.mjs", "scripts/wasi-command.mjs", ...COMPILER],
    outputs: ["runlet-engine.wasm"],
  },
];

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** Digest of an artefact's sources, and of what was made of them. */
function digestOf({ sources, outputs }) {
  const hash = createHash("sha256");
  const files = sources.flatMap((path) =>
    path.includes(".") ? [join(root, path)] : filesIn(join(root, path)),
  );
  for (const file of [...files.sort(), ...outputs.map((path) => join(dist, path))]) {
    hash.update(`${file}\0`).update(existsSync(file) ? readFileSync(file) : "");
  }
  return hash.digest("hex");
}

function buildArtefact(artefact) {
  const stamp = join(dist, `.${artefact.script}-hash`);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digestOf(artefact)) return;
  console.log(`building ${artefact.what} (some seconds, only when its sources changed)…`);
  const build = spawnSync(process.execPath, [join(root, `scripts/${artefact.script}.mjs`)], {
    cwd: root,
    stdio: "inherit",
  });
  if (build.status !== 0) process.exit(build.status ?? 1);
  writeFileSync(stamp, digestOf(artefact));
}

function buildTypeScript() {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const build = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], {
    cwd: root,
    stdio: "inherit",
  });
  if (build.status !== 0) process.exit(build.status ?? 1);
}

/** Modules whose source is gone would be packed for ever. */
function removeOrphans() {
  const outputs = ARTEFACTS.flatMap((artefact) => artefact.outputs);
  for (const file of filesIn(dist)) {
    const path = file.slice(dist.length + 1);
    const module = /^((?:core|host-[a-z]+)[\\/].*?)(?:\.d\.ts|\.js)$/.exec(path);
    if (!module || outputs.includes(path.replaceAll("\\", "/"))) continue;
    const source = join(root, module[1]);
    if (!existsSync(`${source}.ts`) && !existsSync(`${source}.js`)) rmSync(file);
  }
}

mkdirSync(dist, { recursive: true });
for (const artefact of ARTEFACTS) buildArtefact(artefact);
buildTypeScript();
removeOrphans();
await buildNode();
// What a published package links as `runlet` must be executable in a clone, too.
for (const main of ["node/cli.js", "host-node/cli/main.js"]) chmodSync(join(dist, main), 0o755);
