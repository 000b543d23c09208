// Milliseconds to compile the engine and to open it, the first time.
import { readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";

const bytes = readFileSync(fileURLToPath(import.meta.resolve("runlet/core.wasm")));
process.stdout.write(JSON.stringify(await (await import("./engine-times.js")).engineTimes(bytes)));
