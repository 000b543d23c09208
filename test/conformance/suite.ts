// The suite inside a runtime: all vectors, all cases that it offers, and how long the engine took to start.
import { runCase, load, type CaseOutcome } from "./run-case.ts";
import { datasetOutcome, type DatasetOutcome } from "./dataset.ts";
import { runVector, type VectorTools } from "./run-vector.ts";
import type { Destination } from "runlet";
import type { Feature, PipelineCase, World } from "./case.ts";
import type { Vector, VectorOutcome } from "./vector.ts";

/** What a runtime gives back. What throws is an error text in the place of its outcome. */
export interface SuiteOutcome {
  vectors: Record<string, VectorOutcome | string>;
  cases: Record<string, CaseOutcome | string>;
  /** Per destination that keeps datasets. */
  datasets: Record<string, Record<string, DatasetOutcome | string>>;
}

export async function runVectors(vectors: Vector[], tools: VectorTools): Promise<SuiteOutcome["vectors"]> {
  const outcome: SuiteOutcome["vectors"] = {};
  for (const vector of vectors) {
    outcome[vector.name] = await runVector(vector, tools).catch(thrown);
  }
  return outcome;
}

export async function runCases(
  cases: Record<string, PipelineCase>,
  offers: readonly Feature[],
  world: Omit<World, "nonce">,
): Promise<SuiteOutcome["cases"]> {
  const outcome: SuiteOutcome["cases"] = {};
  for (const [name, each] of Object.entries(cases)) {
    if (!(each.needs ?? []).every((feature) => offers.includes(feature))) continue;
    outcome[name] = await runCase(each, { ...world, nonce: crypto.randomUUID() }).catch(thrown);
  }
  return outcome;
}

/** The cases that are datasets, all into one database. */
export async function runDatasets(
  cases: Record<string, PipelineCase>,
  world: Omit<World, "nonce">,
  to: Destination,
): Promise<Record<string, DatasetOutcome | string>> {
  const outcome: Record<string, DatasetOutcome | string> = {};
  // Sessions of one process share an open database: it is started once.
  const session = await to.open({ dataset: "kept_open" });
  for (const [name, each] of Object.entries(cases)) {
    if (!each.dataset) continue;
    outcome[name] = await datasetOf(each, world, to).catch(thrown);
  }
  await session.close();
  return outcome;
}

async function datasetOf(of: PipelineCase, world: Omit<World, "nonce">, to: Destination) {
  const { info, error } = await load(of, { ...world, nonce: crypto.randomUUID() }, to);
  return info ? datasetOutcome(info) : thrown(error);
}

/** What a case that throws has in the place of its outcome. */
export const thrown = (error: unknown): string => `${String(error)}\n${(error as Error).stack ?? ""}`;
