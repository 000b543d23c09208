// The engine's own modules of the installed package, one by one.
export { readJsonRows } from "./node_modules/runlet/dist/core/arrow/json-rows.js";
export { openEngine } from "./node_modules/runlet/dist/core/binding/engine.js";
export { host } from "./node_modules/runlet/dist/core/host.js";
