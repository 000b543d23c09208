import { readFile } from "node:fs/promises";

/** Where `core.wasm` is, seen from this module: compiled (in `dist/host-node`), and as a source. */
const PLACES = ["../core.wasm", "../dist/core.wasm"];

let compiled: Promise<WebAssembly.Module> | undefined;

/** The engine's module, compiled once per process. */
export function engineModule(): Promise<WebAssembly.Module> {
  return (compiled ??= bytes().then((found) => WebAssembly.compile(found)));
}

async function bytes(): Promise<Uint8Array<ArrayBuffer>> {
  for (const place of PLACES) {
    try {
      return (await readFile(new URL(place, import.meta.url))) as Uint8Array<ArrayBuffer>;
    } catch {
      // Not here: bundled into another file, perhaps.
    }
  }
  const { coreBase64 } = await import("../core/binding/core-bytes.js");
  return new Uint8Array(Buffer.from(coreBase64, "base64"));
}
