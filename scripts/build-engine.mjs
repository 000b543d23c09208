// core/engine (AssemblyScript) → dist/core.wasm, and the same bytes as a module for hosts that cannot import wasm.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import binaryen from "binaryen";
import asc from "assemblyscript/asc";
import { KEEP } from "./canonical-exports.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Compiles the engine; returns the bytes. `flags` are further asc flags, `instead` takes the place of files: path → text. */
export const compileEngine = (flags = [], instead = {}) =>
  compile("core/engine/index.ts", ["--transform", `${root}scripts/canonical-exports.mjs`, ...flags], instead);

/** Compiles an entry with the options of asconfig.json; returns the bytes. */
export async function compile(entry, flags, instead = {}) {
  const built = {};
  const { error, stderr } = await asc.main(
    [entry, "--config", "asconfig.json", "--outFile", "core.wasm", ...flags],
    {
      baseDir: root,
      readFile: (name, folder) => {
        const path = isAbsolute(name) ? name : join(folder, name);
        return instead[name] ?? (existsSync(path) ? readFileSync(path, "utf8") : null);
      },
      writeFile: (name, contents) => {
        built[name] = contents;
      },
    },
  );
  if (error) throw new Error(stderr.toString() || String(error));
  return withoutKeptExports(built["core.wasm"]);
}

const { BulkMemory, BulkMemoryOpt, MutableGlobals, NontrappingFPToInt, SIMD128, SignExt } = binaryen.Features;
/** What every runtime has. */
const FEATURES = BulkMemory | BulkMemoryOpt | MutableGlobals | NontrappingFPToInt | SIMD128 | SignExt;

/** Takes out the exports that only kept functions out of line while Binaryen optimised for speed; then a round for
 *  size. */
function withoutKeptExports(bytes) {
  const module = binaryen.readBinary(bytes);
  module.setFeatures(FEATURES);
  const names = [];
  for (let i = 0; i < module.getNumExports(); i++) {
    const name = binaryen.getExportInfo(module.getExportByIndex(i)).name;
    if (name.startsWith(KEEP)) names.push(name);
  }
  for (const name of names) module.removeExport(name);
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(2);
  module.optimize();
  const out = module.emitBinary();
  module.dispose();
  return out;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const bytes = await compileEngine(process.argv.slice(2));
  mkdirSync(`${root}dist`, { recursive: true });
  writeFileSync(`${root}dist/core.wasm`, bytes);
  const base64 = Buffer.from(bytes).toString("base64");
  mkdirSync(`${root}dist/core/binding`, { recursive: true });
  writeFileSync(`${root}dist/core/binding/core-bytes.js`, `export const coreBase64 = "${base64}";\n`);
  writeFileSync(`${root}dist/core/binding/core-bytes.d.ts`, "export declare const coreBase64: string;\n");
  console.log(`core.wasm  ${(bytes.length / 1024).toFixed(1)} KB`);
}
