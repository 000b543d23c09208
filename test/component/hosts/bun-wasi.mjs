// Runs the WASI command with Bun's own `node:wasi`, which knows the process's own stdin, stdout and stderr only:
// <command> <arguments>.
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";

const [command, ...args] = process.argv.slice(2);
const wasi = new WASI({ version: "preview1", args: ["runlet-engine", ...args] });
const module = await WebAssembly.compile(readFileSync(command));
// Bun has no getImportObject.
wasi.start(await WebAssembly.instantiate(module, { wasi_snapshot_preview1: wasi.wasiImport }));
