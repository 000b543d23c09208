// As node-wasi.mjs, under the shim: <shim> <command> <jobs> <results>. For Node, Bun and Deno.
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { runUnderShim } from "./shim.mjs";

const [shim, command, jobs, results] = process.argv.slice(2);
const done = await runUnderShim(
  await import(shim),
  readFileSync(command),
  JSON.parse(readFileSync(jobs, "utf8")),
);
writeFileSync(results, JSON.stringify(done));
