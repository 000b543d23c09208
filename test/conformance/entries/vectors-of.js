// The engine's own modules of the installed package, and the vectors run with them.
import "runlet";
import { readJsonRows } from "./node_modules/runlet/dist/core/arrow/json-rows.js";
import { openEngine } from "./node_modules/runlet/dist/core/binding/engine.js";
import { host } from "./node_modules/runlet/dist/core/host.js";
import { runVectors } from "./suite.js";
import vectors from "./vectors.js";

export async function vectorOutcomes() {
  const module = await host().engineModule();
  return runVectors(vectors, { open: (config) => openEngine(module, config), rows: readJsonRows });
}

/** Milliseconds: to get the compiled module, to open the first engine, to open another. */
export async function engineTimes() {
  const config = { loadId: "1", seed: "1" };
  const started = performance.now();
  const module = await host().engineModule();
  const compiled = performance.now();
  openEngine(module, config).close();
  const opened = performance.now();
  openEngine(module, config).close();
  const again = performance.now();
  return { module: compiled - started, open: opened - compiled, openAgain: again - opened };
}
