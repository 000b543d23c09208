import ky, { HTTPError, TimeoutError } from "ky";
import { RunletError } from "../errors.ts";
import { asSigner } from "./auth.ts";
import { hold, type Held } from "./body.ts";
import type { HttpConfig, Retry } from "./config.ts";
import { httpFailure, printable } from "./failure.ts";
import { linkedStop } from "./linked-stop.ts";
import { pause } from "./pause.ts";
import type { Rate } from "./rate.ts";
import { followOwnOrigin } from "./redirect.ts";
import { CREDENTIAL_PARAMETER, type CredentialInit } from "./replay.ts";
import type { HttpRuntime } from "./runtime.ts";

/** An answer with its body read as far as {@link hold} reads. */
export interface Answer {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly body: Held;
}

const DEFAULT_RETRY = { limit: 4, baseDelayMs: 300, maxDelayMs: 30_000, maxRetryAfterMs: 120_000 };
/** Until the answer begins. */
const TIMEOUT_MS = 60_000;
const RETRIED = [403, 408, 429, 500, 502, 503, 504];

/** Sends a GET: credentials, rate, retries with back-off on 408, 429, 5xx, broken connections and broken bodies.
 *  @throws RunletError SOURCE_HTTP, SOURCE_NETWORK, CANCELLED */
export async function send(
  url: URL,
  label: string,
  config: HttpConfig | undefined,
  rate: Rate,
  runtime: HttpRuntime,
): Promise<Answer> {
  const retry = { ...DEFAULT_RETRY, ...config?.options.retry };
  // Credentials go to the configured origin only: a next-page address may lead anywhere.
  const trusted = config !== undefined && originOfApi(config) === url.origin;
  const auth = trusted && config.options.auth ? asSigner(config.options.auth) : undefined;
  const request = { label, url, authorised: auth !== undefined };

  for (let attempt = 1, renew = false; ; attempt++) {
    const target = auth ? new URL(url) : url;
    const headers = new Headers({ accept: "application/json" });
    if (trusted) {
      for (const [name, value] of Object.entries(config.options.headers ?? {})) {
        headers.set(name, await runtime.resolve(value));
      }
    }
    await auth?.sign({ url: target, headers }, runtime, renew);
    const { stop, release } = linkedStop(runtime.signal);
    let isOver = true;
    try {
      const response = await ask(
        target,
        label,
        headers,
        { retry, trusted, parameter: auth?.parameter, stop },
        rate,
        runtime,
      );
      const body = response.body ? await hold(response.body) : { bytes: new Uint8Array(), rest: undefined };
      // What is still coming goes on until the run ends.
      isOver = body.rest === undefined;
      return {
        url: response.url ? cleaned(response.url, target, url) : url,
        status: response.status,
        headers: response.headers,
        body,
      };
    } catch (cause) {
      if (cause instanceof RunletError) throw cause;
      if (runtime.signal.aborted) throw new RunletError("CANCELLED", "the run was cancelled", { cause });
      if (cause instanceof HTTPError) {
        if (cause.response.status === 401 && auth?.renewable && !renew) {
          renew = true;
          continue;
        }
        throw await httpFailure(cause.response, request, runtime);
      }
      // ky repeats requests that get no answer; a body that breaks off after the headers is repeated here.
      const broken = !(cause instanceof NoAnswer);
      if (broken && attempt <= retry.limit) {
        const most = Math.min(retry.baseDelayMs * 2 ** (attempt - 1), retry.maxDelayMs);
        runtime.retried?.({ request: label, retry: attempt });
        await pause(Math.random() * most, runtime.signal);
        continue;
      }
      throw networkFailure(broken ? cause : (cause as NoAnswer).cause, request, broken, runtime);
    } finally {
      if (isOver) release();
    }
  }
}

/** The request never got an answer, after all retries. */
class NoAnswer extends Error {}

interface Sending {
  readonly retry: Required<Retry>;
  readonly trusted: boolean;
  /** The query parameter that carries credentials. */
  readonly parameter: string | undefined;
  /** Stops the first try. */
  readonly stop: AbortController;
}

async function ask(
  url: URL,
  label: string,
  headers: Headers,
  { retry, trusted, parameter, stop }: Sending,
  rate: Rate,
  runtime: HttpRuntime,
): Promise<Response> {
  // A plain address and options, not a Request: what people's own fetch functions expect.
  const asking = async (sent: { url: string; method: string; headers: Headers; signal: AbortSignal }) => {
    await rate.pass(() => runtime.now(), runtime.signal);
    const init: CredentialInit & { headers: Headers } = {
      method: sent.method,
      headers: sent.headers,
      signal: sent.signal,
      ...(parameter === undefined ? {} : { [CREDENTIAL_PARAMETER]: parameter }),
    };
    return trusted ? followOwnOrigin(runtime.fetch, sent.url, init) : runtime.fetch(sent.url, init);
  };
  // Nearly all requests are answered well at once, and ky costs more than a request in memory does.
  const answered = inTime(url, stop, (signal) => asking({ url: url.href, method: "GET", headers, signal }));
  let first: Promise<Response> | undefined = answered;
  const response = await answered.catch(() => undefined);
  if (response?.ok) return response;
  try {
    return await ky(url, {
      headers,
      signal: runtime.signal,
      timeout: TIMEOUT_MS,
      fetch: (input) => {
        const given = first;
        first = undefined;
        return given ?? asking(input as Request);
      },
      hooks: {
        beforeRetry: [
          ({ error, retryCount }) => {
            const status = error instanceof HTTPError ? { status: error.response.status } : {};
            runtime.retried?.({ request: label, retry: retryCount, ...status });
          },
        ],
      },
      retry: {
        limit: retry.limit,
        methods: ["get"],
        statusCodes: RETRIED,
        afterStatusCodes: [403, 429, 503],
        delay: (attempt) => retry.baseDelayMs * 2 ** (attempt - 1),
        jitter: true,
        backoffLimit: retry.maxDelayMs,
        maxRetryAfter: retry.maxRetryAfterMs,
        retryOnTimeout: true,
        shouldRetry: ({ error }) => (hopeless(error, retry.maxRetryAfterMs) ? false : undefined),
      },
    });
  } catch (cause) {
    if (cause instanceof HTTPError || cause instanceof RunletError) throw cause;
    throw new NoAnswer("no answer", { cause });
  }
}

const origins = new WeakMap<HttpConfig, string>();

function originOfApi(config: HttpConfig): string {
  let origin = origins.get(config);
  if (origin === undefined) origins.set(config, (origin = new URL(config.base).origin));
  return origin;
}

/** A request that fails when no answer comes in time, as ky's do. */
async function inTime(
  url: URL,
  stop: AbortController,
  asking: (signal: AbortSignal) => Promise<Response>,
): Promise<Response> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      stop.abort();
      reject(new TimeoutError(new Request(url)));
    }, TIMEOUT_MS);
  });
  try {
    return await Promise.race([asking(stop.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** How long the server asks to wait, in milliseconds; 0 when it does not say. */
function waitMs({ headers, status }: Response): number {
  // A 403 carries the limit's facts on every answer; only Retry-After means that waiting helps.
  const reset = status === 403 ? null : (headers.get("ratelimit-reset") ?? headers.get("x-ratelimit-reset"));
  const said = headers.get("retry-after") ?? reset;
  if (said === null) return 0;
  const seconds = Number(said);
  // A number that large is a time, not a duration.
  const wait = Number.isNaN(seconds)
    ? Date.parse(said) - Date.now()
    : seconds > 1e9
      ? seconds * 1000 - Date.now()
      : seconds * 1000;
  return Number.isFinite(wait) ? wait : 0;
}

/** GitHub's secondary limits answer 403 with Retry-After; any other 403 stays one. */
function hopeless(error: Error, maxRetryAfterMs: number): boolean {
  // Its own errors (a recording that is missing) say all there is to say.
  if (error instanceof RunletError) return true;
  if (!(error instanceof HTTPError)) return false;
  const { response } = error;
  return (
    (response.status === 403 && !response.headers.has("retry-after")) || waitMs(response) > maxRetryAfterMs
  );
}

function networkFailure(
  cause: unknown,
  { label, url }: { label: string; url: URL },
  broken: boolean,
  runtime: HttpRuntime,
): RunletError {
  const what =
    cause instanceof TimeoutError
      ? "gave no answer within 60 s"
      : broken
        ? "broke off in the middle of its answer"
        : "cannot be reached";
  return new RunletError("SOURCE_NETWORK", runtime.redact(`${label} ${what}${reason(cause)}`), {
    where: { url: printable(url, runtime) },
    hint: "nothing loaded (a load is whole or absent) · check the address and the network, then rerun",
    cause,
  });
}

function reason(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const code = (inner as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? ` (${code})` : "";
}

/** The address after redirects, without credentials that were put into the query. */
function cleaned(final: string, sent: URL, asked: URL): URL {
  return final === sent.href ? asked : new URL(final);
}
