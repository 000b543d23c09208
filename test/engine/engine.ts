import { readFileSync } from "node:fs";
import { openEngine } from "../../core/binding/engine.ts";
import type { Engine, EngineConfig, InputOptions } from "../../core/binding/contract.ts";
import type { RunletError } from "../../core/errors.ts";
import { Collector } from "./collect.ts";
import type { EngineOutput } from "./collect.ts";

let compiled: WebAssembly.Module | undefined;

/** The built engine; `npm run build` makes it. */
export function engineModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(process.env.RUNLET_CORE_WASM ?? "dist/core.wasm"));
  return compiled;
}

export const SEED = "11400714819323198485";

/** An engine with a fixed load id and seed. */
export function open(config: Partial<EngineConfig> = {}): Engine {
  return openEngine(engineModule(), { loadId: "1732273200.1", seed: SEED, ...config });
}

/** One input: its bytes in the chunks they are pushed in. */
export interface TestInput {
  table?: string;
  ordinal?: number;
  options?: InputOptions;
  chunks: readonly Uint8Array[];
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Runs inputs one after the other through a fresh engine and reads everything it gives. */
export function normalise(inputs: readonly TestInput[], config: Partial<EngineConfig> = {}): EngineOutput {
  const engine = open(config);
  try {
    const collected = new Collector(engine);
    const summaries = inputs.map((input, i) => {
      const id = engine.input(input.table ?? "t", input.ordinal ?? i, input.options);
      for (const chunk of input.chunks) {
        engine.push(id, chunk);
        collected.take(false);
      }
      return engine.end(id);
    });
    return collected.finish(summaries);
  } finally {
    engine.close();
  }
}

/** One text in one chunk. */
export function normaliseText(
  text: string,
  options?: InputOptions,
  config?: Partial<EngineConfig>,
): EngineOutput {
  return normalise([{ chunks: [bytes(text)], ...(options ? { options } : {}) }], config);
}

/** The error with which something is refused. */
export function refusal(run: () => unknown): RunletError {
  try {
    run();
  } catch (error) {
    return error as RunletError;
  }
  throw new Error("nothing was refused");
}
