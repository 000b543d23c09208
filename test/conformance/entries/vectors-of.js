// The vectors, run with the engine's own modules of the installed package.
import "runlet";
import { runVectors } from "./suite.js";
import vectors from "./vectors.js";

export async function vectorOutcomes({ host, openEngine, readJsonRows }) {
  const module = await host().engineModule();
  return runVectors(vectors, { open: (config) => openEngine(module, config), rows: readJsonRows });
}

/** Milliseconds: to get the compiled module, to open the first engine, to open another. */
export async function engineTimes({ host, openEngine }) {
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
