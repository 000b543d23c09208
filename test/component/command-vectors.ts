import { readFileSync } from "node:fs";
import { readJsonRows } from "../../core/arrow/json-rows.ts";
import { openEngine } from "../../core/binding/engine.ts";
import { ERROR_CODES, type ErrorCode } from "../../core/errors.ts";
import { expectedOf, readVectors } from "../conformance/read-vectors.ts";
import { runVector } from "../conformance/run-vector.ts";
import type { ErrorOutcome, LoadOutcome, Vector, VectorOutcome } from "../conformance/vector.ts";
import { runCommand, type Done } from "./command.ts";
import { jobOf, logOf, replayed } from "./replayed-engine.ts";
import type { RuntimeName } from "./runtimes.ts";

/** A vector for the command, which has one input, its stdin. */
export interface CommandVector {
  vector: Vector;
  /** Name of the vector that it is, or is a part of. */
  from: string;
  expected: VectorOutcome;
}

/** All vectors. Those with several inputs in a load become one for each input, whose outcome the binding gives (which
 *  has given the frozen one for all of them); an input that is forgotten half-way has no place in a command. */
export async function commandVectors(): Promise<CommandVector[]> {
  const module = new WebAssembly.Module(readFileSync("dist/core.wasm"));
  const tools = { open: openEngine.bind(undefined, module), rows: readJsonRows };
  const all: CommandVector[] = [];
  for (const vector of readVectors()) {
    if (vector.loads.every((inputs) => inputs.length === 1)) {
      all.push({ vector, from: vector.name, expected: expectedOf(vector.name) });
      continue;
    }
    for (const [index, input] of vector.loads.flat().entries()) {
      if (input.abort) continue;
      const single = { ...vector, name: `${vector.name}, input ${index}`, loads: [[input]] };
      all.push({ vector: single, from: vector.name, expected: await runVector(single, tools) });
    }
  }
  return all;
}

/** What the command gives for the vectors, by name: outcomes as the runner of the vectors makes them. */
export async function outcomesUnder(
  runtime: RuntimeName,
  vectors: readonly CommandVector[],
): Promise<Map<string, VectorOutcome>> {
  const ended = new Map(vectors.map(({ vector }) => [vector.name, [] as Done[]]));
  // Load by load, all vectors at once: the second continues from the tables of the first.
  for (let load = 0; ; load++) {
    const left = vectors.map(({ vector }) => vector).filter(({ loads }) => loads.length > load);
    if (left.length === 0) break;
    const jobs = left.map(({ name, config, loads }) => {
      const before = ended.get(name)!.at(-1);
      const tables = before ? replayed(before).schema().tables : config.tables;
      return jobOf(loads[load]![0]!, { ...config, ...(tables ? { tables } : {}) });
    });
    const done = await runCommand(runtime, jobs);
    left.forEach(({ name }, index) => ended.get(name)!.push(done[index]!));
  }
  const outcomes = new Map<string, VectorOutcome>();
  for (const { vector } of vectors)
    outcomes.set(vector.name, await outcomeOf(vector, ended.get(vector.name)!));
  return outcomes;
}

async function outcomeOf(vector: Vector, ended: readonly Done[]): Promise<VectorOutcome> {
  const last = ended.at(-1)!;
  if (last.code !== 0) return [failureOf(last)];
  const engines = ended.map(replayed);
  return runVector(vector, { open: () => engines.shift()!, rows: readJsonRows });
}

/** A failing command leaves nothing but its error, and the exit code that the error has. */
function failureOf(done: Done): LoadOutcome {
  const { level, code, message, where, exit } = logOf(done);
  const facts = ERROR_CODES[code as ErrorCode];
  if (level !== "error" || exit !== done.code || facts.exit !== exit)
    throw new Error(`exit ${done.code} with ${done.stderr}`);
  return { inputs: [{ pushed: 0, error: { code, message, where } }], tables: {}, changes: [], schema: "" };
}

/** The part of an outcome that a command has. */
export function asCommand({ vector, expected: outcome }: CommandVector): VectorOutcome {
  const failed = outcome.find(({ refused, inputs }) => refused ?? inputs[0]?.error);
  const error = failed?.refused ?? failed?.inputs[0]!.error ?? missedRecords(vector, outcome);
  if (error) return [{ inputs: [{ pushed: 0, error }], tables: {}, changes: [], schema: "" }];
  return outcome.map((load) => ({ ...load, inputs: load.inputs.map((input) => ({ ...input, pushed: 0 })) }));
}

/** A path to the records that leads nowhere is an error of whoever runs the engine: a pipeline, the command. */
function missedRecords({ loads }: Vector, outcome: VectorOutcome): ErrorOutcome | undefined {
  const missed = loads.some(([input], load) => {
    const { matched, bytes } = outcome[load]!.inputs[0]!.summary!;
    return input!.options.records?.length && !matched && bytes > 0;
  });
  if (!missed) return undefined;
  return {
    code: "SOURCE_SELECTOR",
    message: "nothing in the input is where the records are looked for",
    where: {},
  };
}
