// The engine as a program uses it: the binding bundled from its TypeScript, the wasm that the build made.
import { mkdirSync, readFileSync } from "node:fs";
import { build } from "esbuild";

const ROOT = new URL("../", import.meta.url);

/** Returns a function that opens engines. */
export async function loadEngine(wasm = new URL("dist/core.wasm", ROOT)) {
  mkdirSync(new URL("bench/data/", ROOT), { recursive: true });
  const outfile = new URL(`bench/data/binding-${process.pid}.mjs`, ROOT).pathname;
  await build({
    entryPoints: [new URL("core/binding/engine.ts", ROOT).pathname],
    bundle: true,
    format: "esm",
    platform: "neutral",
    outfile,
    logLevel: "error",
  });
  const { openEngine } = await import(outfile);
  const { rmSync } = await import("node:fs");
  rmSync(outfile);
  const module = new WebAssembly.Module(readFileSync(wasm));
  return (config = {}) =>
    openEngine(module, { loadId: "1732273200.1", seed: "11400714819323198485", ...config });
}
