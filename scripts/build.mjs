// Everything into dist/: the engine (when its sources changed) and the TypeScript of core and hosts.
import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const ENGINE_SOURCES = [
  "core/engine",
  "scripts/build-engine.mjs",
  "scripts/canonical-exports.mjs",
  "asconfig.json",
];
const ENGINE_OUTPUTS = ["core.wasm", "core/binding/core-bytes.js", "core/binding/core-bytes.d.ts"];

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** Digest of the engine's sources, and of what was made of them. */
function engineHash() {
  const hash = createHash("sha256");
  const sources = ENGINE_SOURCES.flatMap((path) =>
    path.includes(".") ? [join(root, path)] : filesIn(join(root, path)),
  );
  for (const file of [...sources.sort(), ...ENGINE_OUTPUTS.map((path) => join(dist, path))]) {
    hash.update(`${file}\0`).update(existsSync(file) ? readFileSync(file) : "");
  }
  return hash.digest("hex");
}

async function buildEngine() {
  const stamp = join(dist, ".engine-hash");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === engineHash()) return;
  console.log("building the engine (about half a minute, only when its sources changed)…");
  const build = spawnSync(process.execPath, [join(root, "scripts/build-engine.mjs")], {
    cwd: root,
    stdio: "inherit",
  });
  if (build.status !== 0) process.exit(build.status ?? 1);
  writeFileSync(stamp, engineHash());
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
  for (const file of filesIn(dist)) {
    const path = file.slice(dist.length + 1);
    const module = /^((?:core|host-[a-z]+)[\\/].*?)(?:\.d\.ts|\.js)$/.exec(path);
    if (!module || ENGINE_OUTPUTS.includes(path.replaceAll("\\", "/"))) continue;
    const source = join(root, module[1]);
    if (!existsSync(`${source}.ts`) && !existsSync(`${source}.js`)) rmSync(file);
  }
}

mkdirSync(dist, { recursive: true });
await buildEngine();
buildTypeScript();
removeOrphans();
// What a published package links as `runlet` must be executable in a clone, too.
chmodSync(join(dist, "host-node/cli/main.js"), 0o755);
