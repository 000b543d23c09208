// The engine as a program uses it: the binding bundled from its TypeScript, the wasm that the build made.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { build } from "esbuild";

const ROOT = new URL("../", import.meta.url);
/** Row ids come from these: the same in every run. */
export const LOAD = { loadId: "1732273200.1", seed: "11400714819323198485" };

async function binding() {
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
  try {
    return await import(outfile);
  } finally {
    rmSync(outfile);
  }
}

/** Returns a function that opens engines. */
export async function loadEngine(wasm = new URL("dist/core.wasm", ROOT)) {
  const { openEngine } = await binding();
  const module = new WebAssembly.Module(readFileSync(wasm));
  return (config = {}) => openEngine(module, { ...LOAD, ...config });
}

/** Returns a function that opens engines of any module and gives the instance's exports, which the binding keeps to itself. */
export async function loadWatchedEngine() {
  const { openEngine } = await binding();
  return (module, config = {}) => {
    const { Instance } = WebAssembly;
    let exports;
    WebAssembly.Instance = function (...args) {
      const instance = new Instance(...args);
      exports = instance.exports;
      return instance;
    };
    try {
      return { engine: openEngine(module, { ...LOAD, ...config }), exports };
    } finally {
      WebAssembly.Instance = Instance;
    }
  };
}
