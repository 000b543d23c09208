// What a Worker exports, made of a pipeline: runlet/workers.
import {
  type RequestOptions,
  RequestHandler,
  type StandingOptions,
} from "../core/entries/request-handler.ts";
import type { Destination } from "../core/destinations/contract.ts";
import type { Folder } from "../core/folders/folder.ts";
import type { Pipeline } from "../core/pipeline/pipeline.ts";
import { checkTaker, loadMessages, type MessageBatch, type QueueOptions } from "./queue.ts";
import { logLine } from "./log.ts";

export type { MessageBatch, QueueOptions } from "./queue.ts";

/** Milliseconds of a run by the clock or for a queue, which Cloudflare ends after 15 minutes, and of one that goes on after
 *  the answer to a request, which has 30 seconds (https://developers.cloudflare.com/workers/platform/limits). What is not
 *  read by then is left to the next run. */
const EVENT_MS = 13 * 60_000;
const AFTER_ANSWER_MS = 25_000;

/** Bindings, variables and secrets of a Worker. */
export type Env = Record<string, unknown>;

export interface WorkerOptions extends RequestOptions {
  /** Where to load to, or a function of the bindings: `(env) => postgres(env.HYPERDRIVE.connectionString)`. */
  to: Destination | ((env: any) => Destination);
  /** A bucket for load packages, from which a run that was cut off is finished by the next: `r2("PACKAGES")`. Without,
   *  a load streams into the destination's transaction only, and one that is cut off is read again. */
  storage?: Folder;
  /** How messages of queues are loaded; the name of a resource: messages that name none are its records. */
  queue?: string | QueueOptions;
  /** Options of every run. Default log: JSON lines on the console, which Workers Logs takes apart. */
  run?: StandingOptions;
}

/** What comes with each event. */
export interface WorkerContext {
  waitUntil(work: Promise<unknown>): void;
}

/** A Worker's handlers. */
export interface WorkerHandlers {
  /** A cron trigger: runs the pipeline. What goes wrong is the invocation's error. */
  scheduled(event: unknown, env: Env, context: WorkerContext): Promise<void>;
  /** Routes of `serve()`, with RUNLET_TOKEN a secret of the Worker. */
  fetch(request: Request, env: Env, context: WorkerContext): Promise<Response>;
  /** A batch of a queue: records to load, or requests to run. */
  queue(batch: MessageBatch, env: Env, context: WorkerContext): Promise<void>;
}

/** `export default worker(pipeline, { to })`: a pipeline as a Cloudflare Worker. Bindings give settings and secrets. */
export function worker(pipeline: Pipeline, options: WorkerOptions): WorkerHandlers {
  const handler = new RequestHandler(pipeline, options);
  const queue = typeof options.queue === "string" ? { resource: options.queue } : (options.queue ?? {});
  if (queue.resource !== undefined) checkTaker(pipeline, queue.resource);
  const run: StandingOptions = {
    log: logLine,
    ...options.run,
    ...(options.storage ? { packages: { folder: options.storage, ...packageOptions(options.run) } } : {}),
  };
  const destination = (env: Env) => (typeof options.to === "function" ? options.to(env) : options.to);
  return {
    async scheduled(_event, env) {
      await pipeline.run({ maxDuration: EVENT_MS, ...run, to: destination(env), env });
    },
    async fetch(request, env, context) {
      const waitUntil = (work: Promise<unknown>) => context.waitUntil(work);
      return handler.answer(request, {
        to: () => destination(env),
        env,
        run,
        waitUntil,
        afterwards: AFTER_ANSWER_MS,
      });
    },
    async queue(batch, env) {
      await loadMessages(
        pipeline,
        batch,
        { maxDuration: EVENT_MS, ...run, to: destination(env), env },
        queue,
      );
    },
  };
}

function packageOptions({ packages }: StandingOptions = {}): object {
  return typeof packages === "string" ? { mode: packages } : (packages ?? {});
}
