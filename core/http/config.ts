import { RunletError } from "../errors.ts";
import type { Json } from "../json.ts";
import type { Value } from "../pipeline/value.ts";
import type { Auth } from "./auth.ts";

/** Query parameters; undefined ones are left out. */
export type Query = Record<string, string | number | bigint | boolean | undefined>;

/** Where the next page is.
 *  `"auto"` (default): the Link header, else the well-known places of `AUTO_NEXT`.
 *  `"link"`: the Link header's `rel="next"` (RFC 8288) only.
 *  `{url}`: the address (absolute or relative) at a path of the document.
 *  `{cursor, param}`: the value at a path, sent back as a query parameter.
 *  `{page}`: a query parameter that counts up from its first value (default 1), until a page has no records.
 *  `{offset, limit}`: a query parameter that grows by `limit` (sent as `limit`), until a page has fewer records. */
export type Next =
  | "auto"
  | "link"
  | { url: string }
  | { cursor: string; param: string }
  | { page: string }
  | { offset: string; limit: number };

/** Attempts after the first, and how long to wait between: base × 2^n with full jitter, at most `maxDelayMs`.
 *  A `Retry-After` (seconds or a date) is obeyed when it is not beyond `maxRetryAfterMs`; else the request fails. */
export interface Retry {
  limit?: number;
  baseDelayMs?: number;
  maxDelayMs?: number;
  maxRetryAfterMs?: number;
}

export interface HttpOptions {
  auth?: Auth;
  headers?: Record<string, string | Value<string>>;
  /** Where the records are in each document: `results`, `data.items`. */
  records?: string;
  next?: Next;
  /** Requests per second, at most. */
  rate?: number;
  retry?: Retry;
}

/** An API: configured once, on a source or a resource. Nothing is sent before a run. */
export interface HttpConfig {
  readonly kind: "http";
  readonly base: string;
  readonly options: HttpOptions;
}

/** A resource's way to its API. Paths are relative to the base; absolute addresses are taken as they are, and get
 *  the credentials only on the base's own origin. */
export interface Client {
  /** Each page as a `Response`; yield or return it to have its bytes normalised untouched. */
  pages(path: string, query?: Query, options?: { records?: string; next?: Next }): Pages;
  get(path: string, query?: Query): Promise<Response>;
  /** The parsed body; integers beyond 2^53 are bigint. */
  json<T = Json>(path: string, query?: Query): Promise<T>;
}

export interface Pages extends AsyncIterable<Response> {}

/** Configures an API. @throws RunletError PIPELINE_INVALID when `base` is no http(s) address */
export function http(base: string, options: HttpOptions = {}): HttpConfig {
  const url = URL.canParse(base) ? new URL(base) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new RunletError("PIPELINE_INVALID", `http("${base}") is no address`, {
      hint: "give it with https://",
    });
  }
  if (url.username || url.password) {
    throw new RunletError("PIPELINE_INVALID", `http() of ${url.host} has credentials in its address`, {
      hint: "use auth: basic(secret(…), secret(…))",
    });
  }
  return Object.freeze({ kind: "http", base, options: Object.freeze({ ...options }) });
}
