import { beforeAll, describe, expect, test } from "vitest";
import { http, memory, pipeline, resource, source, type Next } from "../../core/index.ts";
import { installTestHost } from "./host.ts";
import { serve, type TestServer } from "./server.ts";

const ALL = Array.from({ length: 7 }, (_, at) => ({ id: at + 1 }));
const page = (at: number) => ALL.slice(at * 3, at * 3 + 3);

let server: TestServer;

beforeAll(async () => {
  installTestHost();
  server = await serve(({ path, query }, response, { url }) => {
    const at = Number(query["p"] ?? 0);
    const more = at < 2;
    switch (path) {
      case "/link":
        if (more)
          response.setHeader("link", `<${url}/link?p=${at + 1}>; rel="next", <${url}/link?p=2>; rel="last"`);
        return page(at);
      case "/relative-link":
        if (more) response.setHeader("link", `</relative-link?p=${at + 1}>; title="a, b"; rel=next`);
        return page(at);
      case "/url":
        return { paging: { following: more ? `${url}/url?p=${at + 1}` : null }, items: page(at) };
      case "/odata":
        return { value: page(at), ...(more ? { "@odata.nextLink": `/odata?p=${at + 1}` } : {}) };
      case "/auto":
        return { count: 7, next: more ? `${url}/auto?p=${at + 1}` : null, results: page(at) };
      case "/slack":
        return {
          items: page(Number(query["cursor"] ?? 0)),
          response_metadata: {
            next_cursor: query["cursor"] === "2" ? "" : String(Number(query["cursor"] ?? 0) + 1),
          },
        };
      case "/cursor": {
        const cursor = Number(query["after"] ?? 0);
        return { items: page(cursor), meta: cursor < 2 ? { end: cursor + 1 } : {} };
      }
      case "/page":
        return page(Number(query["page"] ?? 1) - 1);
      case "/offset":
        return { items: ALL.slice(Number(query["off"]), Number(query["off"]) + Number(query["limit"])) };
      case "/wide-cursor":
        // A cursor beyond 2^53 must come back digit by digit.
        return { items: page(query["after"] ? 1 : 0), next: query["after"] ? null : 9007199254740993 };
      case "/raw-wide-cursor":
        return query["after"]
          ? '{"items":[{"id":2}],"end":null}'
          : '{"items":[{"id":1}],"end":9007199254740993}';
      case "/loop":
        return { items: page(0), next: `${url}/loop` };
      case "/single":
        return ALL;
      default:
        response.statusCode = 404;
        return {};
    }
  });
});

async function ids(path: string, options: { next?: Next; records?: string }): Promise<unknown[]> {
  const store = memory();
  const items = resource("items", {}, ({ http }) => http.pages(path, {}, options));
  await pipeline("p", source("s", { http: http(server.url) }, [items])).run({ to: store });
  return store.tables()["items"]!.map(({ id }) => id);
}

const one_to_seven = [1, 2, 3, 4, 5, 6, 7];

describe("every next-page rule reads every page, in order", () => {
  test.each<[string, { next?: Next; records?: string }]>([
    ["/link", {}],
    ["/link", { next: "link" }],
    ["/relative-link", {}],
    ["/auto", { records: "results" }],
    ["/odata", { records: "value" }],
    ["/slack", { records: "items" }],
    ["/url", { records: "items", next: { url: "paging.following" } }],
    ["/cursor", { records: "items", next: { cursor: "meta.end", param: "after" } }],
    ["/page", { next: { page: "page" } }],
    ["/offset", { records: "items", next: { offset: "off", limit: 3 } }],
    ["/single", {}],
  ])("%s %o", async (path, options) => {
    expect(await ids(path, options)).toEqual(one_to_seven);
  });
});

test("a page rule stops at the page without records, an offset rule at the short page", async () => {
  server.seen.length = 0;
  await ids("/page", { next: { page: "page" } });
  expect(server.seen.map(({ query }) => query["page"])).toEqual([undefined, "2", "3", "4"]);
  server.seen.length = 0;
  await ids("/offset", { records: "items", next: { offset: "off", limit: 3 } });
  expect(server.seen.map(({ query }) => `${query["off"]}/${query["limit"]}`)).toEqual(["0/3", "3/3", "6/3"]);
});

test("a cursor beyond 2^53 keeps every digit", async () => {
  server.seen.length = 0;
  expect(
    await ids("/raw-wide-cursor", { records: "items", next: { cursor: "end", param: "after" } }),
  ).toEqual([1, 2]);
  expect(server.seen.map(({ query }) => query["after"])).toEqual([undefined, "9007199254740993"]);
});

test("an API whose next page is the same page is an error, not a loop", async () => {
  await expect(ids("/loop", { records: "items" })).rejects.toMatchObject({
    code: "SOURCE_FAILED",
    message: /leads back/,
  });
});

test("a function that reads the pages itself still gets all of them", async () => {
  const store = memory();
  const items = resource("items", {}, async function* ({ http }) {
    for await (const response of http.pages("/auto", {}, { records: "results" })) {
      const { results } = (await response.json()) as { results: { id: number }[] };
      yield results.map(({ id }) => ({ id: id * 10 }));
    }
  });
  const paged = resource("paged", {}, async function* ({ http }) {
    for await (const response of http.pages("/page", {}, { next: { page: "page" } })) {
      yield { count: ((await response.json()) as unknown[]).length };
    }
  });
  await pipeline("p", source("s", { http: http(server.url) }, [items, paged])).run({ to: store });
  expect(store.tables()["items"]!.map(({ id }) => id)).toEqual(one_to_seven.map((id) => id * 10));
  expect(store.tables()["paged"]!.map(({ count }) => count)).toEqual([3, 3, 1, 0]);
});

test("paging goes on also where no record path is given and the page itself is the record", async () => {
  const store = memory();
  const whole = resource("whole", {}, ({ http }) => http.pages("/auto"));
  await pipeline("p", source("s", { http: http(server.url) }, [whole])).run({ to: store });
  expect(store.tables()["whole"]).toHaveLength(3);
  expect(store.tables()["whole__results"]).toHaveLength(7);
});

test("the record path of the API holds for all its resources, and a resource may have its own", async () => {
  const store = memory();
  const a = resource("a", {}, ({ http }) => http.pages("/auto"));
  const b = resource("b", { records: "value" }, ({ http }) => http.pages("/odata"));
  await pipeline("p", source("s", { http: http(server.url, { records: "results" }) }, [a, b])).run({
    to: store,
  });
  expect(store.tables()["a"]).toHaveLength(7);
  expect(store.tables()["b"]).toHaveLength(7);
});
