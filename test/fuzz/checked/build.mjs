// node test/fuzz/checked/build.mjs: the engine as it is shipped, but for its allocator, with a check before each access to
// memory: whether it lies in a block that is out, or in static data. Prints where it is. What finds nothing there reads no
// byte behind a block, none before it, none of one that was given back, and does not hang on what a new one holds.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkedModule } from "./instrument.mjs";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const ARENA = "core/engine/memory/arena.ts";
const CHECKED_ARENA = "test/engine/assembly/checked-arena.ts";
/** Where chunks land is room for the longest: of it only what the chunk at hand needs may be accessed. */
const LANDING = {
  file: "core/engine/abi/memory.ts",
  is: "return landing + HEADROOM;",
  becomes: "return narrow(landing, HEADROOM + size + PADDING) + HEADROOM;",
  and: ["import { allocBlock, freeBlock }", "import { allocBlock, freeBlock, narrow }"],
};
/** The allocator's own accesses are to what it keeps from others. */
const TRUSTED = "core/engine/memory/arena/";
/** Pages of the arena and its shadow. */
const PAGES = ((0x10000000 / 8) * 9) / 65536;

/** Sources that are others in this build: file → text. */
function replaced() {
  const source = readFileSync(join(ROOT, LANDING.file), "utf8");
  for (const text of [LANDING.is, LANDING.and[0]])
    if (source.split(text).length !== 2) throw new Error(`${LANDING.file} no longer has: ${text}`);
  return {
    [ARENA]: readFileSync(join(ROOT, CHECKED_ARENA), "utf8"),
    [LANDING.file]: source.replace(LANDING.is, LANDING.becomes).replace(...LANDING.and),
  };
}

async function compiled(compileWith) {
  const { default: binaryen } = await import("binaryen");
  const builder = await import("../../../scripts/build-engine.mjs");
  // Names of functions: for the stack of a trap, and to know the allocator's.
  binaryen.setDebugInfo(true);
  try {
    const flags = [ARENA, "--debug", "--initialMemory", String(PAGES)];
    return checkedModule(await compileWith(builder, flags), TRUSTED);
  } finally {
    binaryen.setDebugInfo(false);
  }
}

const compileChecked = () => compiled(({ compileEngine }, flags) => compileEngine(flags, replaced()));

/** A module that accesses memory in all ways, as checked as the engine. */
export const compileAccesses = () =>
  compiled(({ compile }, flags) => compile("test/engine/assembly/accesses.ts", flags, replaced()));

/** A file with the checked engine; it is made when the sources are others than last time. */
export async function checkedEngine() {
  const hash = createHash("sha256");
  const here = ["build.mjs", "instrument.mjs"].map((name) => `test/fuzz/checked/${name}`);
  const compiler = ["build-engine.mjs", "canonical-exports.mjs"].map((name) => `scripts/${name}`);
  const engine = readdirSync(join(ROOT, "core/engine"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(ROOT.length));
  for (const file of [...engine.sort(), CHECKED_ARENA, ...here, ...compiler, "asconfig.json"])
    hash.update(`${file}\0`).update(readFileSync(join(ROOT, file)));
  const folder = join(ROOT, "build/checked");
  const path = join(folder, `${hash.digest("hex").slice(0, 16)}.wasm`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const made = `${path}.${process.pid}`;
  writeFileSync(made, await compileChecked());
  renameSync(made, path);
  return path;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await checkedEngine());
