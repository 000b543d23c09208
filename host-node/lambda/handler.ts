import { asRunletError } from "../../core/errors.ts";
import type { Destination } from "../../core/destinations/contract.ts";
import {
  RequestHandler,
  type RequestOptions,
  type StandingOptions,
} from "../../core/entries/request-handler.ts";
import { checkRunRequest } from "../../core/entries/run-request.ts";
import type { LoadInfo } from "../../core/pipeline/load-info.ts";
import type { Pipeline } from "../../core/pipeline/pipeline.ts";
import { environment } from "../environment.ts";
import "../index.ts";
import { isHttpEvent, requestOf, resultOf, type HttpResult } from "./http-event.ts";

/** What of the context that AWS Lambda gives is used. */
export interface LambdaContext {
  /** Where an emulator gives none, runs have no limit. */
  getRemainingTimeInMillis?(): number;
}

export interface LambdaOptions extends RequestOptions {
  /** Where runs load to; default: as for `run()`. */
  to?: Destination;
  /** Values of secrets and settings, asked before the function's environment. */
  env?: Record<string, unknown>;
  /** Options of every run. */
  run?: StandingOptions;
  /** Milliseconds before the function's timeout at which a run that has not ended by itself is cancelled. Default: a
   *  tenth of the time, 1 s at least and 15 s at most. Runs are to be over at twice that, their commit included. */
  reserve?: number;
}

/** A handler for AWS Lambda: `export const handler = lambda(pipeline, { to })`.
 *
 *  - A direct invocation may say `only`, `limit` and `refresh`; a schedule, or another AWS event, just runs the pipeline.
 *    What it returns is the run's LoadInfo. A run that is about to be out of time commits what it has, says
 *    `complete: false`, and the next invocation goes on: let a schedule, or a Step Functions loop over `$.complete`,
 *    invoke it again. An event that is what it returned last just runs the pipeline, too.
 *  - Requests to the function's URL are answered as `serve()` does.
 *  - Environment variables, the event's options and the context's time are all it takes from Lambda. The function's
 *    folder cannot be written, so load packages are kept only where RUNLET_HOME names a folder, `/tmp/runlet`, say, which
 *    lasts as long as the instance; without them each run is one transaction of the destination all the same.
 *  - Errors have the code as their name (`SOURCE_HTTP`), for Step Functions' `ErrorEquals`. */
export function lambda(
  pipeline: Pipeline,
  options: LambdaOptions = {},
): (event: unknown, context: LambdaContext) => Promise<LoadInfo | HttpResult> {
  const { to, env = {} } = options;
  const requests = new RequestHandler(pipeline, options);
  return async (event, context) => {
    const { run, ended } = timed(options, remaining(context));
    try {
      if (isHttpEvent(event))
        return await resultOf(await requests.answer(requestOf(event), { to: () => to, env, run }));
      const asked = { ...run, env, ...askedBy(event), ...(to ? { to } : {}) };
      return await pipeline.run(asked);
    } catch (error) {
      throw named(error);
    } finally {
      ended();
    }
  };
}

/** Longer than any function of AWS may run, and what a timer can wait. */
const UNLIMITED = 2 ** 31 - 1;

function remaining(context: LambdaContext | undefined): number {
  const left = context?.getRemainingTimeInMillis?.();
  return Number.isFinite(left) ? Math.min(left!, UNLIMITED) : UNLIMITED;
}

/** The options of a run that ends before the function's time, milliseconds, does. */
function timed({ run = {}, reserve }: LambdaOptions, left: number): { run: StandingOptions; ended(): void } {
  const kept = Math.min(reserve ?? Math.min(Math.max(left / 10, 1000), 15_000), left / 2);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), left - kept);
  const signal = run.signal ? AbortSignal.any([run.signal, stop.signal]) : stop.signal;
  const maxDuration = Math.max(Math.min(left - 2 * kept, run.maxDuration ?? Infinity), 1);
  const somewhere = environment("RUNLET_HOME") ?? environment("RUNLET_PACKAGES");
  return {
    run: { ...(somewhere ? {} : { packages: "none" }), ...run, signal, maxDuration },
    ended: () => clearTimeout(timer),
  };
}

/** The options in an event that was made for this function; other events of AWS only say when. */
function askedBy(event: unknown): Record<string, unknown> {
  if (typeof event !== "object" || event === null) return {};
  if (["detail-type", "Records", "loadId"].some((name) => name in event)) return {};
  const { wait, ...asked } = checkRunRequest(event as Record<string, unknown>);
  void wait;
  return asked as Record<string, unknown>;
}

/** Lambda reports an error's name, message and stack. */
function named(error: unknown): Error {
  const { code, message, hint } = asRunletError(error);
  const told = new Error(hint ? `${message}\n  ${hint}` : message, { cause: error });
  told.name = code;
  return told;
}
