// node command.js <subpath>…: imports each, and prints what the check found, and where the package's files are.
import { readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { check } from "./check.js";

const modules = {};
const files = {};
for (const name of process.argv.slice(2)) {
  if (/\.(wasm|wit|json)$/.test(name))
    files[name] = readFileSync(fileURLToPath(import.meta.resolve(name))).length;
  else modules[name] = await import(name);
}
const found = await check(modules);
process.stdout.write(JSON.stringify({ entry: import.meta.resolve("runlet"), files, ...found }));
