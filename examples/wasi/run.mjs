// The WASI command under Node: node examples/wasi/run.mjs --help
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";

const file = new URL("../../dist/runlet-engine.wasm", import.meta.url);
const wasi = new WASI({ version: "preview1", args: ["runlet-engine", ...process.argv.slice(2)] });
const command = await WebAssembly.instantiate(
  await WebAssembly.compile(readFileSync(file)),
  wasi.getImportObject(),
);
process.exitCode = wasi.start(command);
