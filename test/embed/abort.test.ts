import { beforeAll, describe, expect, test } from "vitest";
import {
  http,
  memory,
  pipeline,
  resource,
  source,
  type Pipeline,
  type RunOptions,
} from "../../core/index.ts";
import { installTestHost } from "../pipeline/host.ts";
import { serve } from "../pipeline/server.ts";

let asked = () => {};
const server = await serve(({ path, query }, response) => {
  asked();
  if (path === "/never") return undefined;
  if (path === "/later") {
    response.statusCode = 503;
    response.setHeader("retry-after", "60");
    return {};
  }
  if (path === "/half") {
    response.setHeader("content-type", "application/json");
    response.write('[{"id":1},');
    return undefined;
  }
  const page = Number(query["page"] ?? 1);
  if (page < 5) response.setHeader("link", `<${server.url}/pages?page=${page + 1}>; rel="next"`);
  return [{ id: page }];
});

beforeAll(() => void installTestHost());

const of = (body: Parameters<typeof resource>[2]) =>
  pipeline("p", source("p", { http: http(server.url) }, [resource("rows", {}, body)]));

/** Runs until `cancel` is called, and on to what becomes of it. */
async function cancelled(p: Pipeline, when: (cancel: () => void) => RunOptions | void) {
  const store = memory();
  const stop = new AbortController();
  const options = when(() => stop.abort()) ?? {};
  await expect(p.run({ to: store, signal: stop.signal, ...options })).rejects.toMatchObject({
    code: "CANCELLED",
  });
  expect(store.tables()["rows"] ?? []).toEqual([]);
  expect(store.tables()["_dlt_loads"] ?? []).toEqual([]);
  asked = () => {};
}

describe("AbortSignal ends a run with nothing loaded", () => {
  test("before it begins", () => cancelled(of([{ id: 1 }]), (cancel) => cancel()));

  test.each(["/never", "/half"])("while the server is silent: %s", (path) =>
    cancelled(
      of(({ http }) => http.get(path)),
      (cancel) => void (asked = () => setTimeout(cancel, 20)),
    ),
  );

  test("in the pause before a retry", () =>
    cancelled(
      of(({ http }) => http.get("/later")),
      (cancel) => void (asked = () => setTimeout(cancel, 20)),
    ));

  test("between pages, also under a budget", () =>
    cancelled(
      of(({ http }) => http.pages("/pages")),
      (cancel) => {
        let pages = 0;
        asked = () => void (++pages === 3 && cancel());
        return { maxDuration: 60_000 };
      },
    ));

  test("while a function hangs", () =>
    cancelled(
      of(() => new Promise<never>(() => undefined)),
      (cancel) => void setTimeout(cancel, 20),
    ));

  test("while data without end is normalised", () =>
    cancelled(
      of(function* () {
        for (let id = 0; ; id++) yield { id, text: "x".repeat(100) };
      }),
      (cancel) => void setTimeout(cancel, 100),
    ));

  test.each(["load", "commit"])("in the stage %s", (stage) =>
    cancelled(of([{ id: 1, list: [1, 2] }]), (cancel) => ({
      onProgress: (now) => void (now.stage === stage && cancel()),
    })),
  );

  test("the next run reads all", async () => {
    const store = memory();
    await of(({ http }) => http.pages("/pages")).run({ to: store });
    expect(store.tables()["rows"]).toHaveLength(5);
  });
});
