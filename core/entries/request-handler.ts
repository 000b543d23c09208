import type { Destination } from "../destinations/contract.ts";
import { asRunletError, RunletError } from "../errors.ts";
import { host } from "../host.ts";
import type { LoadInfo } from "../pipeline/load-info.ts";
import type { Pipeline } from "../pipeline/pipeline.ts";
import type { Progress } from "../pipeline/progress.ts";
import type { RunOptions } from "../pipeline/run-options.ts";
import { errorData, failed, json } from "./answers.ts";
import { refused } from "./authorize.ts";
import { optionsText, readRunRequest } from "./run-request.ts";

/** Options of a run that are not asked for by requests. */
export type StandingOptions = Omit<RunOptions, "to" | "env" | "only" | "limit" | "refresh" | "data">;

/** What a request meets: the same for all, or, on Workers, what came with it. */
export interface RequestSurroundings {
  to(): Destination | undefined;
  env: Record<string, unknown>;
  run: StandingOptions;
  /** Keeps the process alive for work that goes on after the answer; absent where a platform cannot. */
  waitUntil?: ((work: Promise<unknown>) => void) | undefined;
  /** Milliseconds that such work has. */
  afterwards?: number;
}

export interface RequestOptions {
  /** Where the routes begin; default `/`. */
  path?: string;
  /** Who may run the pipeline and see what it did. Default: who sends the secret RUNLET_TOKEN as bearer token. */
  authorize?(request: Request): boolean | Promise<boolean>;
}

interface LastRun {
  state: "running" | "done" | "failed";
  /** ISO 8601. */
  started: string;
  ended?: string;
  info?: LoadInfo;
  error?: Record<string, unknown>;
}

/** Milliseconds after which a run that says nothing is taken to have been ended by its platform, which tells nobody. */
const SILENCE = 300_000;

type Route = { method: "GET" | "POST"; open?: true; answer(): Response | Promise<Response> };

/** Answers `POST /run`, `POST /load/<resource>`, `GET /status` and `GET /health`, and remembers this process's last run. */
export class RequestHandler {
  private readonly pipeline: Pipeline;
  private readonly options: RequestOptions;
  private last: LastRun | undefined;
  /** When the run under way gave its last sign of life. */
  private seen = 0;

  constructor(pipeline: Pipeline, options: RequestOptions) {
    this.pipeline = pipeline;
    this.options = options;
  }

  /** Never throws: every failure is an answer. */
  async answer(request: Request, around: RequestSurroundings): Promise<Response> {
    try {
      const url = new URL(request.url);
      const route = this.route(this.within(url.pathname), request, url.searchParams, around);
      if (!route)
        return failed(new RunletError("USAGE", "there is nothing here", { hint: this.routes() }), 404);
      const method = request.method === "HEAD" ? "GET" : request.method;
      if (method !== route.method) {
        const allow = route.method === "GET" ? "GET, HEAD" : route.method;
        return failed(new RunletError("USAGE", `this is asked with ${allow}`), 405, { allow });
      }
      const log = (event: string, text: string) => tell(around, event, text);
      const refusal = route.open
        ? undefined
        : await refused(request, around.env, this.options.authorize, log);
      const response = refusal ?? (await route.answer());
      return request.method === "HEAD" ? new Response(null, response) : response;
    } catch (error) {
      return failed(asRunletError(error));
    }
  }

  /** The path below {@link RequestOptions.path}, without slashes at its ends. */
  private within(pathname: string): string | undefined {
    const trimmed = (path: string) => path.replace(/^\/+|\/+$/g, "");
    const base = trimmed(this.options.path ?? "");
    const path = trimmed(pathname);
    if (base === "" || path === base) return path === base ? "" : path;
    return path.startsWith(`${base}/`) ? path.slice(base.length + 1) : undefined;
  }

  private routes(): string {
    const base = (this.options.path ?? "").replace(/\/+$/, "");
    return `POST ${base}/run, POST ${base}/load/<resource>, GET ${base}/status, GET ${base}/health`;
  }

  private route(
    path: string | undefined,
    request: Request,
    query: URLSearchParams,
    around: RequestSurroundings,
  ): Route | undefined {
    const [, name] = /^load\/([^/]+)$/.exec(path ?? "") ?? [];
    const resource = name === undefined ? undefined : decoded(name);
    if (resource !== undefined) return { method: "POST", answer: () => this.load(resource, request, around) };
    switch (path) {
      case "run":
        return { method: "POST", answer: () => this.run(request, query, around) };
      case "status":
        return { method: "GET", answer: () => this.status(around) };
      case "health":
        return { method: "GET", open: true, answer: () => json(200, { status: "ok" }) };
      default:
        return undefined;
    }
  }

  private async run(
    request: Request,
    query: URLSearchParams,
    around: RequestSurroundings,
  ): Promise<Response> {
    const { wait = true, ...asked } = readRunRequest(query, await optionsText(request.body));
    if (!wait && !around.waitUntil) {
      throw new RunletError("USAGE", "a run cannot go on here after the answer", {
        hint: "leave out wait=false",
      });
    }
    if (this.last?.state === "running" && host().now() - this.seen < SILENCE) {
      throw underWay(this.pipeline.name, this.last);
    }
    const { afterwards } = around;
    if (wait) return json(200, await this.start(around, asked));
    const work = this.start(around, { ...(afterwards ? { maxDuration: afterwards } : {}), ...asked });
    around.waitUntil!(work.catch(() => undefined));
    return json(202, { pipeline: this.pipeline.name, dataset: this.pipeline.dataset, ...this.last });
  }

  /** Loads the body as what the resource gives. */
  private async load(resource: string, request: Request, around: RequestSurroundings): Promise<Response> {
    if (!request.body) throw new RunletError("USAGE", `there is no body to load as ${resource}`);
    // The body comes once: nothing of it can be left to another run.
    const whole = { maxDuration: undefined, maxBytes: undefined };
    const data = { [resource]: request.body };
    return json(200, await this.start(around, { ...whole, only: [resource], data }));
  }

  private async start(around: RequestSurroundings, asked: Partial<RunOptions>): Promise<LoadInfo> {
    const { env, run } = around;
    const to = around.to();
    const at = () => new Date(host().now()).toISOString();
    const mine: LastRun = (this.last = { state: "running", started: at() });
    const onProgress = (progress: Progress) => {
      this.seen = host().now();
      run.onProgress?.(progress);
    };
    this.seen = host().now();
    try {
      mine.info = await this.pipeline.run({ ...run, ...(to ? { to } : {}), env, ...asked, onProgress });
      mine.state = "done";
      return mine.info;
    } catch (error) {
      mine.state = "failed";
      mine.error = errorData(asRunletError(error));
      throw error;
    } finally {
      mine.ended = at();
    }
  }

  private async status({ to: at, env }: RequestSurroundings): Promise<Response> {
    const to = at();
    const status = await this.pipeline.status({ ...(to ? { to } : {}), env });
    return json(200, { ...status, lastRun: this.last ?? null });
  }
}

/** Says an error to the log of the runs, or the host's. */
function tell({ run }: RequestSurroundings, event: string, text: string): void {
  const time = new Date(host().now()).toISOString();
  if (run.log) run.log({ time, level: "error", event, fields: { text } });
  else host().log?.(`${event}: ${text}`);
}

/** Part of a path as text; undefined where it is not encoded well. */
function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

function underWay(pipeline: string, { started }: LastRun): RunletError {
  return new RunletError("CONCURRENT_RUN", `pipeline ${pipeline} is being run here, since ${started}`, {
    hint: "nothing was changed · wait for that run: GET /status says when it has ended",
  });
}
