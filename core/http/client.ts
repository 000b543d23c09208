import { RunletError } from "../errors.ts";
import type { Path } from "../binding/contract.ts";
import type { Json } from "../json.ts";
import { parseLossless } from "../lossless-json.ts";
import { mark } from "../pipeline/origin.ts";
import { parsePath, recordsAt, valuesAt } from "../pipeline/path.ts";
import { stringifyRecord } from "../pipeline/stringify.ts";
import { unheld } from "./body.ts";
import type { Client, HttpConfig, Next, Pages, Query } from "./config.ts";
import { printable } from "./failure.ts";
import { nextRule, type NextRule } from "./next.ts";
import { rateOf } from "./rate.ts";
import type { HttpRuntime } from "./runtime.ts";
import { send, type Answer } from "./send.ts";

/** A client of one API within one run. `records` is the resource's own record path, which beats the API's. */
export function createClient(config: HttpConfig | undefined, runtime: HttpRuntime, records?: string): Client {
  const rate = rateOf(config, runtime.signal);
  return {
    pages(path, query, options = {}) {
      const where = options.records ?? records ?? config?.options.records;
      const next = options.next ?? config?.options.next ?? "auto";
      return pages(path, query, next, where === undefined ? undefined : parsePath(where));
    },
    async get(path, query) {
      const url = address(config, path, query);
      const answer = await send(url, `${url.host}${url.pathname}`, config, rate, runtime);
      const where = records ?? config?.options.records;
      return handed(
        answer,
        `${url.host}${url.pathname}`,
        where === undefined ? {} : { records: parsePath(where) },
        runtime,
      );
    },
    async json<T = Json>(path: string, query?: Query) {
      const url = address(config, path, query);
      const label = `${url.host}${url.pathname}`;
      const answer = await send(url, label, config, rate, runtime);
      return parsed(await new Response(unheld(answer.body)).text(), label) as T;
    },
  };

  function pages(path: string, query: Query | undefined, next: Next, records: Path | undefined): Pages {
    return {
      async *[Symbol.asyncIterator]() {
        const rule = nextRule(next);
        const seen = new Set<string>();
        let url: URL | undefined = rule.first(address(config, path, query));
        for (let number = 1; url; number++) {
          const label = `${url.host} page ${number}`;
          if (seen.has(url.href)) {
            throw new RunletError(
              "SOURCE_FAILED",
              `${label} leads back to an earlier page: ${printable(url, runtime)}`,
              {
                hint: "the API's paging differs from the rule: set next on http() or pages()",
              },
            );
          }
          seen.add(url.href);
          const answer = await send(url, label, config, rate, runtime);
          let told: { values: readonly (string | null)[]; records: number } | undefined;
          yield handed(
            answer,
            label,
            {
              ...(records ? { records } : {}),
              capture: rule.capture,
              told: (values, count) => (told = { values, records: count }),
            },
            runtime,
          );
          told ??= looked(answer, rule, records, label);
          url = rule.next({ url, headers: answer.headers, ...told });
        }
      },
    };
  }
}

/** The next-page values of a page that the function read itself instead of yielding it. */
function looked(answer: Answer, rule: NextRule, records: Path | undefined, label: string) {
  if (answer.body.rest) {
    throw new RunletError("SOURCE_FAILED", `${label} is larger than 16 MB and was not yielded`, {
      hint: "yield the Response, so that its next-page value is found while it is normalised",
    });
  }
  const text = new TextDecoder().decode(answer.body.bytes);
  if (text.trim() === "") return { values: rule.capture.map(() => null), records: 0 };
  const document = parsed(text, label);
  const values = rule.capture.map((path) => {
    const [value] = valuesAt(document, path);
    return value === undefined ? null : stringifyRecord(value);
  });
  return { values, records: recordsAt(document, records ?? []).length };
}

/** The answer as a `Response` for the function, with what the run knows of it kept beside. */
function handed(
  answer: Answer,
  label: string,
  more: {
    records?: Path;
    capture?: readonly Path[];
    told?: (values: readonly (string | null)[], records: number) => void;
  },
  runtime: HttpRuntime,
): Response {
  const { body, headers, status } = answer;
  const empty = status === 204 || status === 205 || status === 304;
  // A stream over the bytes that are there anyway: a Response of the bytes would copy them.
  const payload = empty ? null : unheld(body);
  // The bytes are decoded by now; these two would describe what was on the wire.
  const plain = new Headers(headers);
  plain.delete("content-encoding");
  plain.delete("content-length");
  const response = new Response(payload, { status, headers: plain });
  const url = printable(answer.url, runtime);
  Object.defineProperty(response, "url", { value: url });
  const contentType = headers.get("content-type");
  return mark(response, {
    label,
    url,
    ...(contentType ? { contentType } : {}),
    ...(body.rest ? {} : { bytes: body.bytes }),
    ...more,
  });
}

function address(config: HttpConfig | undefined, path: string, query: Query = {}): URL {
  let url: URL;
  if (/^https?:\/\//i.test(path)) url = new URL(path);
  else if (config) {
    const base = new URL(config.base);
    url = new URL(
      base.origin +
        base.pathname.replace(/\/+$/, "") +
        (path === "" || /^[/?]/.test(path) ? path : `/${path}`),
    );
    for (const [name, value] of base.searchParams)
      if (!url.searchParams.has(name)) url.searchParams.set(name, value);
  } else {
    throw new RunletError("PIPELINE_INVALID", `"${path}" has no base address`, {
      hint: 'give the source or the resource http: http("https://…"), or use a whole address',
    });
  }
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, String(value));
  return url;
}

function parsed(text: string, label: string): Json {
  try {
    return parseLossless(text);
  } catch (cause) {
    throw new RunletError(
      "SOURCE_NOT_JSON",
      `${label}: ${cause instanceof Error ? cause.message : "not JSON"}`,
      {
        where: { excerpt: text.slice(0, 80) },
        cause,
      },
    );
  }
}
