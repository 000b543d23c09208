import type { Destination } from "../destinations/contract.ts";
import type { Pipeline } from "../pipeline/pipeline.ts";
import { RequestHandler, type RequestOptions, type StandingOptions } from "./request-handler.ts";

export type { RequestOptions, StandingOptions } from "./request-handler.ts";

export interface ServeOptions extends RequestOptions {
  /** Where runs load to; default: as for `run()`. */
  to?: Destination;
  /** Values of secrets and settings, RUNLET_TOKEN among them, asked before the host's environment. */
  env?: Record<string, unknown>;
  /** Options of every run. */
  run?: StandingOptions;
  /** Takes the work that goes on after the answer to `?wait=false`; a server that lives on gives `() => {}`. */
  waitUntil?(work: Promise<unknown>): void;
}

/** A fetch handler: for servers, workers and functions that give a Request and take a Response.
 *
 *  - `POST /run` runs the pipeline and answers its LoadInfo as JSON. Query, or a JSON body: `only`, `limit`, `refresh`;
 *    `wait=false` answers 202 at once.
 *  - `POST /load/<resource>` loads the body, JSON or what else a resource may give as bytes, as that resource's data.
 *  - `GET /status` says what the destination has, and how this process's last run went.
 *  - `GET /health` answers 200 to everyone; all else needs the bearer token RUNLET_TOKEN, or what `authorize` says.
 *
 *  Errors are `{"error": {"code", "message", "where", "hint", "retry"}}`: 400 wrong request, 401 and 403 not allowed,
 *  404, 405, 409 another run is under way, 422 schema, 502 source or destination, 503 storage or cancelled, 500 rest. */
export function serve(
  pipeline: Pipeline,
  options: ServeOptions = {},
): (request: Request) => Promise<Response> {
  const handler = new RequestHandler(pipeline, options);
  const { to, env = {}, run = {} } = options;
  const waitUntil = options.waitUntil?.bind(options);
  return (request) => handler.answer(request, { to: () => to, env, run, waitUntil });
}
