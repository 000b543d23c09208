// dist/core.wasm + core/engine/engine.wit → dist/runlet-engine.component.wasm: the shipped core, byte for byte, as a
// WebAssembly component. Its exports have the canonical ABI's names already, so nothing is compiled here.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { componentEmbed, componentNew } from "@bytecodealliance/jco-transpile/wasm-tools";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The component of a core module. */
export async function buildComponent(core) {
  const witSource = readFileSync(`${root}core/engine/engine.wit`, "utf8");
  return await componentNew(await componentEmbed({ binary: core, witSource, world: "engine" }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const component = await buildComponent(readFileSync(`${root}dist/core.wasm`));
  writeFileSync(`${root}dist/runlet-engine.component.wasm`, component);
  console.log(`runlet-engine.component.wasm  ${(component.length / 1024).toFixed(1)} KB`);
}
