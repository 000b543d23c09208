// wasi/ and core/engine (AssemblyScript) → dist/runlet-engine.wasm: the engine as a WASI command.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile } from "./build-engine.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Compiles the command; returns the bytes. `flags` are further asc flags. */
export const compileCommand = (flags = []) =>
  compile("wasi/main.ts", ["--transform", `${root}scripts/wasi-command.mjs`, ...flags]);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const bytes = await compileCommand(process.argv.slice(2));
  mkdirSync(`${root}dist`, { recursive: true });
  writeFileSync(`${root}dist/runlet-engine.wasm`, bytes);
  console.log(`runlet-engine.wasm  ${(bytes.length / 1024).toFixed(1)} KB`);
}
