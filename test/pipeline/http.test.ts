import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  apiKey,
  basic,
  bearer,
  http,
  memory,
  oauth2,
  pipeline,
  resource,
  RunletError,
  secret,
  source,
  type HttpOptions,
} from "../../core/index.ts";
import { rateOf } from "../../core/http/rate.ts";
import { installTestHost } from "./host.ts";
import { serve, type TestServer } from "./server.ts";

const env = { TOKEN: "tok-4711", USER: "ada", PASS: "pä:ss", KEY: "k&y=1", ID: "app-17", SECRET: "s3cr3t!" };
const quick = { baseDelayMs: 1, maxDelayMs: 2 };

let server: TestServer;
let elsewhere: TestServer;
let times = 0;
let issued = 0;

beforeAll(async () => {
  installTestHost();
  elsewhere = await serve(({ headers }) => [{ authorised: headers.authorization !== undefined }]);
  server = await serve(({ path, headers, query, body }, response) => {
    const refuse = (status: number, said: unknown = { message: "refused" }) => {
      response.statusCode = status;
      return said;
    };
    switch (path) {
      case "/bearer":
        return headers.authorization === `Bearer ${env.TOKEN}` ? [{ id: 1 }] : refuse(401);
      case "/basic": {
        const pair = Buffer.from(headers.authorization?.replace("Basic ", "") ?? "", "base64").toString();
        return pair === `${env.USER}:${env.PASS}` ? [{ id: 1 }] : refuse(401);
      }
      case "/key":
        return headers["x-key"] === env.KEY ? [{ id: 1 }] : refuse(403);
      case "/query-key":
        return query["api"] === env.KEY ? [{ id: 1 }] : refuse(403);
      case "/token":
        issued++;
        return body.includes("grant_type=client_credentials") &&
          headers.authorization ===
            `Basic ${Buffer.from(`${env.ID}:${encodeURIComponent(env.SECRET)}`).toString("base64")}`
          ? { access_token: `issued-${issued}`, expires_in: 3600 }
          : refuse(401, { error: "invalid_client" });
      case "/oauth":
        return headers.authorization === `Bearer issued-${issued}` ? [{ id: 1 }] : refuse(401);
      case "/oauth-revoked":
        // The first token is refused once.
        return headers.authorization === "Bearer issued-1" ? refuse(401) : [{ id: 1 }];
      case "/header":
        return headers["x-version"] === "2" && headers["x-secret"] === env.TOKEN ? [{ id: 1 }] : refuse(400);
      case "/away":
        response.setHeader("link", `<${elsewhere.url}/next>; rel="next"`);
        return [{ authorised: headers.authorization !== undefined }];
      case "/flaky":
        return ++times < 3 ? refuse(503) : [{ id: 1 }];
      case "/limited":
        if (++times > 1) return [{ id: 1 }];
        response.setHeader("retry-after", "1");
        return refuse(429);
      case "/limited-date":
        if (++times > 1) return [{ id: 1 }];
        response.setHeader("retry-after", new Date(Date.now() - 1000).toUTCString());
        return refuse(429);
      case "/limited-long":
        times++;
        response.setHeader("retry-after", "3600");
        return refuse(429, { message: "slow down" });
      case "/broken":
        times++;
        return refuse(500, { error: { message: "out of order" } });
      case "/truncated":
        if (++times > 2) return [{ id: 1 }];
        response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
        response.write('[{"id":');
        setTimeout(() => response.destroy(), 5);
        return undefined;
      case "/cut-off":
        times++;
        response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
        response.write('[{"id":1},{"id":');
        setTimeout(() => response.destroy(), 5);
        return undefined;
      case "/html":
        response.setHeader("content-type", "text/html; charset=utf-8");
        return "<!doctype html><html><title>Log in</title></html>";
      case "/exhausted":
        response.setHeader("x-ratelimit-remaining", "0");
        response.setHeader("x-ratelimit-reset", String(Math.floor(Date.now() / 1000) + 600));
        return refuse(403, { message: "API rate limit exceeded" });
      case "/forbidden":
        return refuse(403, "<html><title>No entry</title></html>");
      case "/slow":
        setTimeout(() => response.end("[]"), 10_000).unref();
        return undefined;
      case "/two":
        return [{ id: query["n"] }];
      default:
        return refuse(404, { message: "Not Found" });
    }
  });
});

beforeEach(() => {
  times = issued = 0;
  server.seen.length = elsewhere.seen.length = 0;
});

async function load(path: string, options: HttpOptions = {}, signal?: AbortSignal) {
  const store = memory();
  const rows = resource("rows", {}, ({ http }) => http.pages(path));
  const api = source("api", { http: http(server.url, { retry: quick, ...options }) }, [rows]);
  await pipeline("p", api).run({ to: store, env, ...(signal ? { signal } : {}) });
  return store.tables()["rows"] ?? [];
}

async function failure(path: string, options: HttpOptions = {}): Promise<RunletError> {
  const error: unknown = await load(path, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RunletError);
  return error as RunletError;
}

describe("credentials reach the server as it wants them", () => {
  test.each<[string, HttpOptions]>([
    ["/bearer", { auth: bearer(secret("TOKEN")) }],
    ["/basic", { auth: basic(secret("USER"), secret("PASS")) }],
    ["/key", { auth: apiKey("x-key", secret("KEY")) }],
    ["/query-key", { auth: apiKey("api", secret("KEY"), "query") }],
    ["/header", { headers: { "x-version": "2", "x-secret": secret("TOKEN") } }],
  ])("%s", async (path, options) => {
    expect(await load(path, options)).toMatchObject([{ id: 1 }]);
  });

  const auth = (tokenUrl = `${server.url}/token`) =>
    oauth2({ tokenUrl, clientId: secret("ID"), clientSecret: secret("SECRET") });

  test("oauth2 fetches one token for a run", async () => {
    const rows = ["a", "b"].map((name) => resource(name, {}, ({ http }) => http.pages("/oauth")));
    await pipeline("p", source("s", { http: http(server.url, { auth: auth() }) }, rows)).run({
      to: memory(),
      env,
    });
    expect(issued).toBe(1);
    expect(server.seen.filter(({ path }) => path === "/oauth")).toHaveLength(2);
  });

  test("oauth2 asks for another token when the first is refused", async () => {
    expect(await load("/oauth-revoked", { auth: auth() })).toHaveLength(1);
    expect(issued).toBe(2);
  });

  test("oauth2 with a wrong secret says so", async () => {
    const wrong = oauth2({
      tokenUrl: `${server.url}/token`,
      clientId: secret("ID"),
      clientSecret: secret("KEY"),
    });
    expect(await failure("/oauth", { auth: wrong })).toMatchObject({
      code: "SOURCE_HTTP",
      message: expect.stringContaining('401 "invalid_client"'),
    });
  });

  test("a next page on another host gets no credentials", async () => {
    const rows = await load("/away", { auth: bearer(secret("TOKEN")) });
    expect(rows.map(({ authorised }) => authorised)).toEqual([true, false]);
    expect(elsewhere.seen).toHaveLength(1);
  });
});

describe("what may pass is tried again", () => {
  test("503 twice, then an answer", async () => {
    expect(await load("/flaky")).toHaveLength(1);
    expect(times).toBe(3);
  });

  test("429 waits as long as Retry-After says, in seconds or as a date", async () => {
    const before = performance.now();
    expect(await load("/limited")).toHaveLength(1);
    expect(performance.now() - before).toBeGreaterThan(950);
    times = 0;
    expect(await load("/limited-date")).toHaveLength(1);
  });

  test("a Retry-After beyond the limit fails at once and says when", async () => {
    const error = await failure("/limited-long");
    expect(times).toBe(1);
    expect(error).toMatchObject({ code: "SOURCE_HTTP", where: { status: 429 } });
    expect(error.message).toMatch(/page 1: 429 "slow down"/);
    expect(error.hint).toMatch(/resets \d\d:\d\d UTC/);
  });

  test("a body that breaks off is asked for again", async () => {
    expect(await load("/truncated")).toHaveLength(1);
    expect(times).toBe(3);
  });

  test("that do not answer are given up after a minute and sent again", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      let asked = 0;
      const hanging = (async (_: unknown, init: RequestInit) => {
        if (++asked > 1) return Response.json([{ id: 1 }]);
        return new Promise((_, reject) =>
          init.signal!.addEventListener("abort", () => reject(new Error("gone"))),
        );
      }) as typeof fetch;
      const rows = resource("rows", {}, (context) => context.http.pages("/"));
      const api = source("api", { http: http("https://api.example.com", { retry: quick }) }, [rows]);
      const store = memory();
      const run = pipeline("p", api).run({ to: store, fetch: hanging });
      while (asked === 0) await vi.advanceTimersByTimeAsync(1);
      await vi.advanceTimersByTimeAsync(59_000);
      expect(asked).toBe(1);
      await vi.advanceTimersByTimeAsync(2000);
      await run;
      expect(asked).toBe(2);
      expect(store.tables()["rows"]).toMatchObject([{ id: 1 }]);
    } finally {
      vi.useRealTimers();
    }
  });

  test("after the last attempt the error says what happened; nothing is loaded", async () => {
    const error = await failure("/broken", { retry: { ...quick, limit: 2 } });
    expect(times).toBe(3);
    expect(error).toMatchObject({
      code: "SOURCE_HTTP",
      where: { status: 500, source: "api", resource: "rows" },
    });
    expect(error.message).toContain('500 "out of order"');
    const cut = await failure("/cut-off", { retry: { ...quick, limit: 1 } });
    expect(times).toBe(3 + 2);
    expect(cut).toMatchObject({ code: "SOURCE_NETWORK", message: expect.stringMatching(/broke off/) });
  });

  test("a server that is not there is SOURCE_NETWORK with the system's reason", async () => {
    const rows = resource("rows", {}, ({ http }) => http.pages("/x"));
    const api = source("api", { http: http("http://127.0.0.1:9", { retry: { ...quick, limit: 1 } }) }, [
      rows,
    ]);
    await expect(pipeline("p", api).run({ to: memory() })).rejects.toMatchObject({
      code: "SOURCE_NETWORK",
      where: { source: "api", resource: "rows" },
    });
  });
});

describe("an answer that is no data says what to do", () => {
  test("401 with and without credentials", async () => {
    expect((await failure("/bearer")).hint).toContain("no credentials were sent");
    expect((await failure("/bearer", { auth: bearer(secret("KEY")) })).hint).toContain(
      "credentials were refused",
    );
  });

  test("403 of a used-up rate limit names the time", async () => {
    const error = await failure("/exhausted");
    expect(error.message).toMatch(/403 "API rate limit exceeded"/);
    expect(error.hint).toMatch(/nothing loaded.*resets \d\d:\d\d UTC · give credentials/);
  });

  test("403 in HTML is excerpted", async () => {
    expect((await failure("/forbidden")).message).toContain('403 "No entry"');
  });

  test("404", async () => {
    expect(await failure("/nowhere")).toMatchObject({
      code: "SOURCE_HTTP",
      where: { status: 404, url: `${server.url}/nowhere` },
      hint: expect.stringContaining("check the path"),
    });
  });

  test("HTML with status 200 is SOURCE_NOT_JSON with the page and the type", async () => {
    expect(await failure("/html")).toMatchObject({
      code: "SOURCE_NOT_JSON",
      message: expect.stringMatching(/^127\.0\.0\.1:\d+ page 1: /),
      hint: expect.stringContaining("text/html"),
    });
  });
});

test("an aborted run is CANCELLED, also in the middle of a request", async () => {
  const controller = new AbortController();
  const running = load("/slow", {}, controller.signal);
  while (!server.seen.length) await new Promise((resolve) => setTimeout(resolve, 5));
  controller.abort();
  await expect(running).rejects.toMatchObject({ code: "CANCELLED", exitCode: 7 });
});

test("a rate spaces the requests of all resources of an API", async () => {
  const { signal } = new AbortController();
  const api = http(server.url, { rate: 4 });
  expect(rateOf(api, signal)).toBe(rateOf(api, signal));
  expect(rateOf(api, new AbortController().signal)).not.toBe(rateOf(api, signal));
  vi.useFakeTimers();
  try {
    const passed: number[] = [];
    const rate = rateOf(api, signal);
    for (let n = 0; n < 4; n++) void rate.pass(Date.now, signal).then(() => passed.push(Date.now()));
    const start = Date.now();
    await vi.advanceTimersByTimeAsync(2000);
    expect(passed.map((at) => at - start)).toEqual([0, 250, 500, 750]);
  } finally {
    vi.useRealTimers();
  }
});

test("a Response of the function's own that breaks off is SOURCE_NETWORK", async () => {
  const rows = resource("rows", {}, () => fetch(`${server.url}/cut-off`));
  await expect(pipeline("p", rows).run({ to: memory() })).rejects.toMatchObject({
    code: "SOURCE_NETWORK",
    where: { resource: "rows", url: `${server.url}/cut-off` },
  });
});

test("get() and json() give the body; parameters that are undefined are left out", async () => {
  const store = memory();
  const rows = resource("rows", {}, async function* ({ http }) {
    yield http.get("/two", { n: 1, none: undefined });
    yield await http.json("/two", { n: 9007199254740993n });
  });
  await pipeline("p", source("s", { http: http(server.url) }, [rows])).run({ to: store });
  expect(store.tables()["rows"]!.map(({ id }) => id)).toEqual(["1", "9007199254740993"]);
  expect(server.seen.map(({ query }) => Object.keys(query))).toEqual([["n"], ["n"]]);
});

test("a path without a base address is PIPELINE_INVALID", async () => {
  const rows = resource("rows", {}, ({ http }) => http.pages("/x"));
  await expect(pipeline("p", rows).run({ to: memory() })).rejects.toMatchObject({
    code: "PIPELINE_INVALID",
    hint: expect.stringContaining("http("),
  });
});
