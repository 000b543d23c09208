// The same out of what `runlet` is on Node, Bun and Deno.
export { readJsonRows } from "./node_modules/runlet/dist/node/internal-json-rows.js";
export { openEngine } from "./node_modules/runlet/dist/node/internal-engine.js";
export { host } from "./node_modules/runlet/dist/node/internal-host.js";
