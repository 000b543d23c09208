import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import {
  apiKey,
  files,
  http,
  memory,
  pipeline,
  resource,
  secret,
  source,
  transformer,
  type Host,
  type LoadInfo,
  type MemoryStore,
  type Pipeline,
  type RunOptions,
} from "../../core/index.ts";
import { pagePlace } from "../../core/http/place.ts";
import type { HttpRuntime } from "../../core/http/runtime.ts";
import { installTestHost } from "../pipeline/host.ts";
import { serve } from "../pipeline/server.ts";

const KEY = "k3y-that-nobody-may-see";
const PAGES = 100;
/** Milliseconds of the test's clock that an answer takes. */
const ANSWER = 10;
const folder = mkdtempSync(join(tmpdir(), "runlet-budget-"));
afterAll(() => rmSync(folder, { recursive: true }));

let clock = 0;
let host: Host;
beforeEach(() => {
  host = installTestHost({ KEY, OTHER: "another-secret" });
  clock = 1_700_000_000_000;
  host.now = () => clock;
});

const server = await serve(({ path, query }, response, { url }) => {
  clock += ANSWER;
  const page = Number(query["page"] ?? 1);
  const next = (of: string) => {
    if (page < PAGES) response.setHeader("link", `<${url}${of}page=${page + 1}>; rel="next"`);
  };
  switch (path) {
    case "/items":
      next("/items?");
      return [{ id: page * 2 - 1 }, { id: page * 2, tags: [page] }];
    case "/echo":
      // As some APIs do: the credentials that were sent stand in the next page's address.
      next(`/echo?key=${query["key"]}&`);
      return [{ id: page }];
    case "/signed":
      next(`/signed?sig=made-up-${page}&`);
      return [{ id: page }];
    case "/away":
      response.setHeader("link", `<${url.replace("127.0.0.1", "localhost")}/items?page=2>; rel="next"`);
      return [{ id: page }];
    default:
      return [
        { of: path, n: 1 },
        { of: path, n: 2 },
      ];
  }
});

const API = http(server.url);
const items = resource("items", {}, ({ http }) => http.pages("/items"));
const itemsOnly = pipeline("shop", source("shop", { http: API }, [items]));
const ids = (store: MemoryStore, table = "items") =>
  (store.tables()[table] ?? []).map(({ id }) => Number(id));
const numbers = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

/** Runs until all is read. */
async function round(of: Pipeline, store: MemoryStore, options: RunOptions, most = 500): Promise<LoadInfo[]> {
  const infos: LoadInfo[] = [];
  do {
    infos.push(await of.run({ to: store, ...options }));
    if (infos.length > most) throw new Error("the round does not end");
  } while (!infos.at(-1)!.complete);
  return infos;
}

/** Tables without what differs from load to load. */
function content(store: MemoryStore) {
  return Object.fromEntries(
    Object.entries(store.tables())
      .filter(([name]) => !name.startsWith("_dlt"))
      .map(([name, rows]) => [
        name,
        rows.map((row) =>
          Object.fromEntries(Object.entries(row).filter(([column]) => !column.startsWith("_dlt"))),
        ),
      ]),
  );
}

describe("a run that is about to hit its limit commits what it has, and the next goes on", () => {
  test("100 slow pages in ten runs: the rows of one, in order, none twice", async () => {
    const store = memory();
    // Ten pages, and the tenth of the time that is kept for the commit.
    const infos = await round(itemsOnly, store, { maxDuration: ANSWER * 11.2 });
    expect(infos).toHaveLength(10);
    expect(infos.map(({ pages }) => pages)).toEqual(Array(10).fill(10));
    expect(infos[0]).toMatchObject({
      complete: false,
      stoppedBy: "maxDuration",
      remaining: [{ resource: "items", from: "page 11" }],
    });
    expect(infos.at(-1)).toMatchObject({ complete: true, remaining: [] });
    expect(infos.at(-1)!.stoppedBy).toBeUndefined();
    expect(ids(store)).toEqual(numbers(200));
    expect(store.tables()["items__tags"]).toHaveLength(100);
    const whole = memory();
    await itemsOnly.run({ to: whole });
    expect(content(store)).toEqual(content(whole));
  });

  test("and says so", async () => {
    const info = await itemsOnly.run({ to: memory(), maxBytes: 200 });
    expect(String(info)).toMatch(/\n {2}stopped by maxBytes, run again to continue: items from page \d+$/);
    expect(JSON.parse(JSON.stringify(info))).toMatchObject({ complete: false, stoppedBy: "maxBytes" });
  });

  test("the round over, the next begins at the start", async () => {
    const store = memory();
    await round(itemsOnly, store, { maxBytes: 1500 });
    await round(itemsOnly, store, { maxBytes: 1500 });
    expect(ids(store)).toEqual([...numbers(200), ...numbers(200)]);
    const after = await state(store, "shop");
    expect(after["_state_version"]).toBeGreaterThan(2);
    expect(after["x-runlet"]).toBeUndefined();
  });

  test("a run without limits reads the rest", async () => {
    const store = memory();
    await itemsOnly.run({ to: store, maxBytes: 500 });
    const rest = await itemsOnly.run({ to: store });
    expect(rest.complete).toBe(true);
    expect(ids(store)).toEqual(numbers(200));
  });

  test("each run reads a page, however little it may", async () => {
    const store = memory();
    const infos = await round(itemsOnly, store, { maxBytes: 1 });
    expect(infos).toHaveLength(PAGES);
    expect(ids(store)).toEqual(numbers(200));
  });

  test("a failing run leaves the round where it was", async () => {
    const store = memory();
    await itemsOnly.run({ to: store, maxBytes: 500 });
    const before = ids(store).length;
    let left = 3;
    const failing = ((url: string, init: RequestInit) =>
      left-- > 0 ? fetch(url, init) : Promise.resolve(new Response("no", { status: 404 }))) as typeof fetch;
    await expect(itemsOnly.run({ to: store, fetch: failing })).rejects.toMatchObject({ code: "SOURCE_HTTP" });
    expect(ids(store)).toHaveLength(before);
    await itemsOnly.run({ to: store });
    expect(ids(store)).toEqual(numbers(200));
  });

  test("any budgets give the rows of one run", async () => {
    const repos = resource("repos", {}, ({ http }) => http.pages("/items", { page: 95 }));
    const perRepo = transformer(
      "stars",
      { from: repos, pick: { id: "bigint" }, parallel: 3 },
      ({ id }, { http }) => http.pages(`/stars/${id}`),
    );
    const snapshot = resource("snapshot", { write: "replace" }, ({ http }) =>
      http.pages("/items", { page: 98 }),
    );
    const counter = resource("counter", { resumable: true }, function* ({ state }) {
      for (let n = Number(state["n"] ?? 0); n < 2000; n++) {
        state["n"] = n + 1;
        yield { n };
      }
    });
    const shop = pipeline("shop", source("shop", { http: API }, [repos, perRepo, snapshot, counter]));
    const whole = memory();
    await shop.run({ to: whole });
    const budget = fc.record(
      { maxDuration: fc.integer({ min: 1, max: 200 }), maxBytes: fc.integer({ min: 1, max: 20_000 }) },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(budget), async (budgets) => {
        const store = memory();
        for (const [run, options] of [...budgets.take(60)].entries()) {
          const info = await shop.run({ to: store, ...(run === 59 ? {} : options) });
          if (info.complete) break;
        }
        expect(content(store)).toEqual(content(whole));
      }),
      { numRuns: 25 },
    );
  });
});

describe("what is left, and where", () => {
  test("resources that were not begun come first in the next run; those that are done wait for the next round", async () => {
    const list = (name: string) => resource(name, {}, ({ http }) => http.get(`/${name}`));
    const three = pipeline("shop", source("shop", { http: API }, ["a", "b", "c"].map(list)));
    const store = memory();
    const first = await three.run({ to: store, maxBytes: 1 });
    expect(first.remaining).toEqual([{ resource: "b" }, { resource: "c" }]);
    const second = await three.run({ to: store, maxBytes: 1 });
    expect(Object.keys(second.tables)).toEqual(["b"]);
    const third = await three.run({ to: store, maxBytes: 1 });
    expect(third.complete).toBe(true);
    expect(Object.keys((await three.run({ to: store })).tables)).toEqual(["a", "b", "c"]);
  });

  test("a table that is replaced is never shown half, nor emptied by a run that does not come to it", async () => {
    const big = resource("big", { write: "replace" }, ({ http }) => http.pages("/items"));
    const other = resource("other", { write: "replace" }, ({ http }) => http.pages("/items", { page: 99 }));
    const both = pipeline("shop", source("shop", { http: API }, [big, other]));
    const store = memory();
    await both.run({ to: store });
    const first = await both.run({ to: store, maxDuration: ANSWER * 3 });
    expect(first.remaining).toEqual([{ resource: "other" }]);
    expect([ids(store, "big").length, ids(store, "other").length]).toEqual([200, 4]);
    await both.run({ to: store });
    expect([ids(store, "big").length, ids(store, "other").length]).toEqual([200, 4]);
  });

  test("refresh holds for what the first run does not come to", async () => {
    const one = resource("one", {}, ({ http }) => http.get("/one"));
    const two = resource("two", {}, ({ http }) => http.get("/two"));
    const both = pipeline("shop", source("shop", { http: API }, [one, two]));
    const store = memory();
    await both.run({ to: store });
    await both.run({ to: store, refresh: true, maxBytes: 1 });
    expect(store.tables()["two"]).toHaveLength(2);
    await both.run({ to: store });
    expect([store.tables()["one"]!.length, store.tables()["two"]!.length]).toEqual([2, 2]);
  });

  test("refresh begins the round anew", async () => {
    const store = memory();
    await itemsOnly.run({ to: store, maxBytes: 500 });
    await itemsOnly.run({ to: store, refresh: true });
    expect(ids(store)).toEqual(numbers(200));
  });

  test("a look with limit leaves the round alone", async () => {
    const store = memory();
    await itemsOnly.run({ to: store, maxBytes: 500 });
    const before = ids(store).length;
    await itemsOnly.run({ to: store, limit: 3, maxBytes: 1 });
    await itemsOnly.run({ to: store });
    expect(ids(store)).toEqual([...numbers(before), 1, 2, 3, ...numbers(200).slice(before)]);
    await expect(itemsOnly.run({ to: store, maxDuration: 0 })).rejects.toThrow("maxDuration is 0");
  });

  test("a look that refreshes ends the round: what had been read is gone", async () => {
    const store = memory();
    await itemsOnly.run({ to: store, maxBytes: 500 });
    await itemsOnly.run({ to: store, limit: 3, refresh: true });
    expect(ids(store)).toEqual([1, 2, 3]);
    await itemsOnly.run({ to: store });
    expect(ids(store)).toEqual([1, 2, 3, ...numbers(200)]);
  });

  test("a look with limit keeps nothing of what functions set in state", async () => {
    const rows = resource("rows", { resumable: true }, function* ({ state }) {
      for (let id = Number(state["id"] ?? 1); id <= 1000; id++) {
        state["id"] = id + 1;
        yield { id };
      }
    });
    const store = memory();
    await pipeline("p", rows).run({ to: store, limit: 3 });
    await pipeline("p", rows).run({ to: store });
    expect(ids(store, "rows")).toEqual([1, 2, 3, ...numbers(1000)]);
  });

  test("what a function of pages sets in state is what its first call of the round did, once all are read", async () => {
    const seen: unknown[] = [];
    let calls = 0;
    const since = resource("items", {}, ({ http, state }) => {
      seen.push(state["since"]);
      state["since"] = ++calls;
      return http.pages("/items");
    });
    const shop = pipeline("p", source("s", { http: API }, [since]));
    const store = memory();
    const own = async () => {
      const { sources } = (await state(store)) as { sources?: { s: { resources: object } } };
      return sources?.s.resources;
    };
    await shop.run({ to: store });
    expect(await own()).toEqual({ items: { since: 1 } });
    for (let run = 0; run < 3; run++) {
      expect((await shop.run({ to: store, maxBytes: 1 })).complete).toBe(false);
      expect(await own()).toEqual({ items: { since: 1 } });
    }
    await shop.run({ to: store });
    expect(seen).toEqual([undefined, 1, 1, 1, 1]);
    // 3 to 5 were the calls that went on.
    expect(await own()).toEqual({ items: { since: 2 } });
    expect((await state(store))["x-runlet"]).toBeUndefined();
  });

  describe("in a pipeline that has changed since", () => {
    async function readOver(before: Pipeline, after: Pipeline) {
      const store = memory();
      const notices: string[] = [];
      await before.run({ to: store, maxBytes: 500 });
      const log = ({ fields }: { fields: object }) => void notices.push(JSON.stringify(fields));
      expect((await after.run({ to: store, log })).complete).toBe(true);
      expect(notices.join()).toContain("resource items was read from its start");
      return store;
    }
    const inShop = (...resources: Parameters<typeof source>[2]) =>
      pipeline("shop", source("shop", { http: API }, resources));

    test("what is to be replaced now is read whole", async () => {
      const replaced = resource("items", { write: "replace" }, ({ http }) => http.pages("/items"));
      expect(ids(await readOver(itemsOnly, inShop(replaced)))).toEqual(numbers(200));
    });

    test("a new transformer has all records to work on", async () => {
      const stars = transformer("stars", { from: items, pick: { id: "bigint" } }, ({ id }) => [{ id }]);
      expect(ids(await readOver(itemsOnly, inShop(items, stars)), "stars")).toEqual(numbers(200));
    });
  });

  test("only narrows a run, not the round", async () => {
    const list = (name: string) => resource(name, {}, ({ http }) => http.get(`/${name}`));
    const both = pipeline("shop", source("shop", { http: API }, [items, list("b")]));
    const store = memory();
    await both.run({ to: store, maxBytes: 500 });
    const narrowed = await both.run({ to: store, only: ["items"] });
    expect(narrowed).toMatchObject({ complete: true, remaining: [] });
    expect(store.tables()["b"]).toBeUndefined();
    const rest = await both.run({ to: store });
    expect(Object.keys(rest.tables)).toEqual(["b"]);
    expect(ids(store)).toEqual(numbers(200));
  });

  test("a function without places is read to its end", async () => {
    const rows = resource("rows", {}, function* () {
      for (let id = 1; id <= 3000; id++) yield { id };
    });
    const store = memory();
    const info = await pipeline("p", rows).run({ to: store, maxBytes: 1 });
    expect(info.complete).toBe(true);
    expect(ids(store, "rows")).toEqual(numbers(3000));
  });

  test("a resumable function loses nothing of what it yields in one go", async () => {
    const rows = resource("rows", { resumable: true }, function* ({ state }) {
      for (let at = Number(state["at"] ?? 0); at < 10; at++) {
        state["at"] = at + 1;
        // More than fits a piece, and single records between.
        if (at % 2 === 0) yield { id: at };
        else yield Array.from({ length: 1300 }, (_, n) => ({ id: at * 10_000 + n }));
      }
    });
    const store = memory();
    const infos = await round(pipeline("p", rows), store, { maxBytes: 1 });
    // The last finds the function at its end.
    expect(infos.length).toBe(6);
    expect(ids(store, "rows")).toHaveLength(5 * 1301);
    expect(new Set(ids(store, "rows")).size).toBe(5 * 1301);
  });
});

describe("files", () => {
  function written(name: string, rows: number[]) {
    const path = join(folder, name);
    writeFileSync(path, rows.map((id) => `{"id":${id}}\n`).join(""));
    utimesSync(path, 1_700_000_000, 1_700_000_000);
  }
  beforeEach(() => {
    host.files = installTestHost().files;
    host = installTestHost();
    const { files: list } = host;
    host.now = () => clock;
    host.files = async (pattern) =>
      (await list!(pattern)).map((file) => ({ ...file, modified: modified.get(file.path) ?? 1 }));
  });
  const modified = new Map<string, number>();

  test("are left at a file's end, and a file that has changed since is read again", async () => {
    for (const n of [1, 2, 3, 4]) written(`f${n}.ndjson`, [n * 10, n * 10 + 1]);
    const all = pipeline("p", files("rows", { from: join(folder, "f*.ndjson") }));
    const store = memory();
    const first = await all.run({ to: store, maxBytes: 48 });
    expect(first.remaining).toEqual([{ resource: "rows", from: join(folder, "f3.ndjson") }]);
    modified.set(join(folder, "f1.ndjson"), 2);
    written("f25.ndjson", [25]);
    await all.run({ to: store });
    expect(ids(store, "rows")).toEqual([10, 11, 20, 21, 10, 11, 25, 30, 31, 40, 41]);
  });

  test("given as blobs, too", async () => {
    const from = [1, 2, 3].map((id) => new Blob([`{"id":${id}}`]));
    const store = memory();
    const infos = await round(pipeline("p", files("rows", { from })), store, { maxBytes: 1 });
    expect(infos).toHaveLength(3);
    expect(ids(store, "rows")).toEqual([1, 2, 3]);
  });
});

describe("what is remembered holds no secret", () => {
  const walk = (path: string, options = {}) =>
    pipeline(
      "p",
      source("s", { http: http(server.url, options) }, [
        resource("rows", {}, ({ http }) => http.pages(path)),
      ]),
    );
  const withKey = { auth: apiKey("key", secret("KEY"), "query") };

  test("a secret in a next page's address is taken out and put back", async () => {
    const store = memory();
    const api = walk("/echo", withKey);
    await api.run({ to: store, maxBytes: 30 });
    const kept = JSON.stringify(await state(store));
    expect(kept).toContain("/echo?key=&page=");
    expect(kept).not.toContain(KEY);
    server.seen.length = 0;
    await api.run({ to: store });
    expect(server.seen.every(({ query }) => query["key"] === KEY)).toBe(true);
    expect(ids(store, "rows")).toEqual(numbers(100));
  });

  test("an address that is signed is not remembered: the run goes on", async () => {
    const info = await walk("/signed").run({ to: memory(), maxBytes: 30 });
    expect(info).toMatchObject({ complete: true, pages: 100 });
  });

  const none = { redact: (text: string) => text } as HttpRuntime;
  const placeWith = (name: string) =>
    pagePlace(new URL("http://a/b"), new URL(`http://a/b?page=2&${name}=made-up`), 2, none);

  test.each([
    "X-Amz-Signature",
    "X-Goog-Signature",
    "sig",
    "private_token",
    "refresh-token",
    "subscription-key",
  ])("nor is one with %s", async (name) => expect(await placeWith(name)).toBeUndefined());

  // These are places in a list as often.
  test.each(["token", "key", "pageToken", "next_token", "cursor"])("one with %s is", async (name) =>
    expect(await placeWith(name)).toMatchObject({ label: "page 2" }),
  );

  test("nor is one on another origin", async () => {
    const info = await walk("/away").run({ to: memory(), maxBytes: 1 });
    expect(info.pages).toBeGreaterThan(1);
  });

  test("a place is of its request: another begins at the start, and says so", async () => {
    const store = memory();
    await walk("/items").run({ to: store, maxBytes: 100 });
    const notices: string[] = [];
    await walk("/echo", withKey).run({
      to: store,
      log: ({ fields }) => notices.push(JSON.stringify(fields)),
    });
    expect(notices.join()).toContain("read from its start");
    expect(ids(store, "rows").slice(-100)).toEqual(numbers(100));
  });
});

/** The pipeline's state document. */
async function state(store: MemoryStore, name = "p"): Promise<Record<string, unknown>> {
  const session = await store.open({ dataset: `${name}_dataset` });
  const { state: found } = await session.restore(name, "s");
  await session.close();
  return found as unknown as Record<string, unknown>;
}
