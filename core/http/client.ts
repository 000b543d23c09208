import { RunletError } from "../errors.ts";
import type { Json } from "../json.ts";
import { parsePath } from "../pipeline/path.ts";
import { handed, parsed } from "./answer.ts";
import { unheld } from "./body.ts";
import type { Client, HttpConfig, Query } from "./config.ts";
import { pagesOf } from "./pages.ts";
import { rateOf } from "./rate.ts";
import type { HttpRuntime } from "./runtime.ts";
import { sender } from "./sender.ts";

/** A client of one API within one run. `records` is the resource's own record path, which beats the API's. */
export function createClient(config: HttpConfig | undefined, runtime: HttpRuntime, records?: string): Client {
  const rate = rateOf(config, runtime.signal);
  return {
    pages(path, query, options = {}) {
      const where = options.records ?? records ?? config?.options.records;
      const next = options.next ?? config?.options.next ?? "auto";
      return pagesOf({
        first: () => address(config, path, query),
        next,
        records: where === undefined ? undefined : parsePath(where),
        config,
        rate,
        runtime,
      });
    },
    async get(path, query) {
      const url = address(config, path, query);
      const { send } = await sender();
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
      const { send } = await sender();
      const answer = await send(url, label, config, rate, runtime);
      return parsed(await new Response(unheld(answer.body)).text(), label) as T;
    },
  };
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
