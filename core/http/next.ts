import type { Path } from "../binding/contract.ts";
import { RunletError } from "../errors.ts";
import type { Json } from "../json.ts";
import { parseLossless } from "../lossless-json.ts";
import { parsePath } from "../pipeline/path.ts";
import type { Next } from "./config.ts";
import { nextLink } from "./link.ts";

/** A page that has been read. */
export interface ReadPage {
  readonly url: URL;
  readonly headers: Headers;
  /** JSON text of the values at the rule's paths, null where missing. */
  readonly values: readonly (string | null)[];
  /** Records in the page. */
  readonly records: number;
}

/** A rule in use: what it wants from the document, and how it goes on. */
export interface NextRule {
  /** The first request, where the rule sends parameters of its own. */
  first(url: URL): URL;
  readonly capture: readonly Path[];
  /** The next page's address, or undefined after the last. */
  next(page: ReadPage): URL | undefined;
}

/** Where `next: "auto"` looks when there is no Link header: addresses, in this order. A value counts when it is
 *  text that starts with `http://`, `https://`, `/` or `?`. */
export const AUTO_NEXT: readonly Path[] = [
  ["next"],
  ["links", "next"],
  ["links", "next", "href"],
  ["_links", "next"],
  ["_links", "next", "href"],
  ["next_page_url"],
  ["next_url"],
  ["nextLink"],
  ["@odata.nextLink"],
  ["next_page"],
  ["next_page", "uri"],
  ["meta", "next"],
  ["meta", "next_url"],
  ["meta", "links", "next"],
  ["pagination", "next"],
  ["pagination", "next_url"],
  ["paging", "next"],
  ["info", "next"],
];

/** Then cursors, with the query parameter each is sent back in (Slack, Google). */
export const AUTO_CURSORS: readonly (readonly [path: Path, param: string])[] = [
  [["response_metadata", "next_cursor"], "cursor"],
  [["nextPageToken"], "pageToken"],
];

const asIs = (url: URL) => url;

export function nextRule(next: Next): NextRule {
  if (next === "link") return { first: asIs, capture: [], next: byLink };
  if (next === "auto") {
    return {
      first: asIs,
      capture: [...AUTO_NEXT, ...AUTO_CURSORS.map(([path]) => path)],
      next(page) {
        const linked = byLink(page);
        if (linked) return linked;
        for (const text of page.values.slice(0, AUTO_NEXT.length)) {
          const value = read(text);
          if (typeof value === "string" && /^(https?:\/\/|\/|\?)/.test(value))
            return resolved(value, page.url);
        }
        for (const [at, [, param]] of AUTO_CURSORS.entries()) {
          const value = read(page.values[AUTO_NEXT.length + at] ?? null);
          if (typeof value === "string" && value !== "") return withParam(page.url, param, value);
        }
        return undefined;
      },
    };
  }
  if ("url" in next) {
    return {
      first: asIs,
      capture: [parsePath(next.url)],
      next(page) {
        const value = read(page.values[0] ?? null);
        return typeof value === "string" && value !== "" ? resolved(value, page.url) : undefined;
      },
    };
  }
  if ("cursor" in next) {
    return {
      first: asIs,
      capture: [parsePath(next.cursor)],
      next(page) {
        const value = read(page.values[0] ?? null);
        const over = value === null || value === "" || value === false || typeof value === "object";
        return over ? undefined : withParam(page.url, next.param, String(value));
      },
    };
  }
  if ("page" in next) {
    return {
      first: asIs,
      capture: [],
      next({ url, records }) {
        if (records === 0) return undefined;
        const number = Number(url.searchParams.get(next.page) ?? 1);
        return withParam(url, next.page, String(number + 1));
      },
    };
  }
  if (!(next.limit > 0))
    throw new RunletError("PIPELINE_INVALID", "next: {offset, limit} needs a limit above 0");
  return {
    first(url) {
      const sized = url.searchParams.has("limit") ? url : withParam(url, "limit", String(next.limit));
      return sized.searchParams.has(next.offset) ? sized : withParam(sized, next.offset, "0");
    },
    capture: [],
    next({ url, records }) {
      if (records < next.limit) return undefined;
      return withParam(url, next.offset, String(Number(url.searchParams.get(next.offset) ?? 0) + next.limit));
    },
  };
}

function byLink({ headers, url }: ReadPage): URL | undefined {
  const target = nextLink(headers.get("link"));
  return target === undefined ? undefined : resolved(target, url);
}

function resolved(target: string, base: URL): URL {
  if (URL.canParse(target, base)) return new URL(target, base);
  throw new RunletError("SOURCE_FAILED", `the next page's address is no address: ${target.slice(0, 100)}`);
}

function withParam(url: URL, name: string, value: string): URL {
  const copy = new URL(url);
  copy.searchParams.set(name, value);
  return copy;
}

function read(text: string | null): Json {
  return text === null ? null : parseLossless(text);
}
