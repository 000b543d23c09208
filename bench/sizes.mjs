// node bench/sizes.mjs: what a user downloads, raw and compressed.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const ROOT = new URL("../", import.meta.url).pathname;
const DRIVERS = ["@duckdb/duckdb-wasm", "@duckdb/node-api", "postgres"];

function row(name, bytes) {
  const kb = (n) => `${(n / 1024).toFixed(1)} KB`.padStart(12);
  console.log(name.padEnd(44) + kb(bytes.length) + kb(gzipSync(bytes, { level: 9 }).length));
}

console.log("".padEnd(44) + "raw".padStart(12) + "gzip".padStart(12));
const wasm = join(ROOT, "dist/core.wasm");
if (existsSync(wasm)) row("core.wasm", readFileSync(wasm));
else console.log("core.wasm is missing: npm run build");
for (const host of readdirSync(join(ROOT, "dist")).filter((name) => name.startsWith("host-"))) {
  const entryPoint = join(ROOT, "dist", host, "index.js");
  const bundle = await build({
    entryPoints: [entryPoint],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: host === "host-node" ? "node" : "neutral",
    mainFields: ["module", "main"],
    external: [...DRIVERS, "node:*", "*.wasm", "*/core-bytes.js"],
    logLevel: "silent",
  }).catch((error) => error);
  if (bundle instanceof Error) console.log(`${host}: ${bundle.errors?.[0]?.text ?? bundle.message}`);
  else row(`${host}, bundled and minified, without drivers`, bundle.outputFiles[0].contents);
}
