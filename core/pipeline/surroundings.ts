import { asRunletError, RunletError } from "../errors.ts";
import { host, type Host } from "../host.ts";
import { Recorder } from "../trace/recorder.ts";
import { Config } from "./config.ts";
import type { Cursors } from "./cursors.ts";
import { Contexts } from "./context.ts";
import { Redactor } from "./redact.ts";
import type { RunOptions } from "./run-options.ts";
import type { PipelineState } from "../schema/state.ts";

/** One run's surroundings. */
export interface Surroundings {
  readonly host: Host;
  readonly config: Config;
  readonly redactor: Redactor;
  readonly recorder: Recorder;
  /** Aborts when the caller's does, and when the run fails: nothing goes on behind a failed run. */
  readonly signal: AbortSignal;
  /** What was thrown as it is reported: without secrets, and as a cancellation where it follows from one. */
  reported(error: unknown): RunletError;
}

/** Runs `work` so that no error shows a secret, and nothing goes on after it. */
export async function guarded<T>(options: RunOptions, work: (run: Surroundings) => Promise<T>): Promise<T> {
  const redactor = new Redactor();
  const stop = new AbortController();
  const reported = (error: unknown) => {
    const cause = options.signal?.aborted && !(error instanceof RunletError);
    return redactor.error(asRunletError(error, cause ? "CANCELLED" : "DEFECT"));
  };
  const cancelled = () => stop.abort(options.signal?.reason);
  if (options.signal?.aborted) cancelled();
  options.signal?.addEventListener("abort", cancelled);
  try {
    const here = host();
    const config = new Config(here, options.env ?? {}, redactor);
    const recorder = new Recorder({
      redactor,
      now: () => here.now(),
      log: options.log?.bind(options),
      say: here.log?.bind(here),
    });
    return await work({ host: here, config, redactor, recorder, signal: stop.signal, reported });
  } catch (error) {
    throw reported(error);
  } finally {
    options.signal?.removeEventListener("abort", cancelled);
    stop.abort();
  }
}

/** What the resource functions of the run receive. */
export function contextsOf(
  options: RunOptions,
  run: Surroundings,
  state: PipelineState,
  cursors: Cursors,
): Contexts {
  const send = options.fetch ?? run.host.fetch ?? globalThis.fetch;
  return new Contexts(
    run.config,
    {
      fetch: (...request) => send(...request),
      signal: run.signal,
      now: () => run.host.now(),
      resolve: (value) => run.config.text(value),
      conceal: (value, name) => run.redactor.add(value, name),
      redact: (text) => run.redactor.text(text),
    },
    run.recorder,
    state,
    cursors,
  );
}
