import { beforeEach, describe, expect, test } from "vitest";
import {
  type Destination,
  installHost,
  memory,
  type MemoryStore,
  pipeline,
  resource,
  RunletError,
  secret,
} from "../../core/index.ts";
import { serve, type ServeOptions } from "../../core/entries/serve.ts";
import { nodeHost } from "../../host-node/host.ts";

const TOKEN = "t0ken-of-the-test";

let to: MemoryStore;
beforeEach(() => {
  installHost({ ...nodeHost, env: () => undefined, storage: undefined, log: () => undefined });
  to = memory();
});

const items = resource("items", {}, ({ state }) => {
  const run = Number(state["run"] ?? 0) + 1;
  state["run"] = run;
  return [
    { run, n: 1 },
    { run, n: 2 },
  ];
});
const others = resource("others", { write: "replace" }, [{ x: 1 }]);
const p = pipeline("p", [items, others]);

function ask(path: string, init: RequestInit = {}, options: ServeOptions = {}): Promise<Response> {
  const answer = serve(p, { to, env: { RUNLET_TOKEN: TOKEN }, ...options });
  const headers = { authorization: `Bearer ${TOKEN}`, ...init.headers };
  return answer(new Request(`https://loads.example${path}`, { ...init, headers }));
}

const post = (path: string, body?: unknown, options?: ServeOptions) =>
  ask(path, { method: "POST", ...(body === undefined ? {} : { body: JSON.stringify(body) }) }, options);
const rows = (table: string) => (to.tables()[table] ?? []).length;

describe("POST /run", () => {
  test("runs the pipeline and answers what it did", async () => {
    const response = await post("/run");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toMatchObject({
      pipeline: "p",
      datasetName: "p_dataset",
      destination: to.address,
      tables: { items: { rows: 2, isNew: true }, others: { rows: 1 } },
    });
    await post("/run");
    expect(to.tables()["items"]!.map(({ run, n }) => [Number(run), Number(n)])).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
    ]);
  });

  test("takes its options from the query, or from a JSON object", async () => {
    await post("/run?only=items&limit=1");
    expect([rows("items"), rows("others")]).toEqual([1, 0]);
    await post("/run", { only: ["items", "others"], refresh: true });
    expect(to.tables()["items"]!.map(({ run }) => Number(run))).toEqual([1, 1]);
    await post("/run?only=others", { only: ["items"], limit: 1 });
    expect([rows("items"), rows("others")]).toEqual([2, 1]);
  });

  test.each([
    ["/run?onyl=items", undefined, "onyl is no option of a run"],
    ["/run?limit=0", undefined, "limit is"],
    ["/run?refresh=maybe", undefined, "refresh is"],
    ["/run", { only: [] }, "only names no resource"],
    ["/run", [1], "the body is no JSON object"],
    ["/run?only=nothing", undefined, "pipeline p has no resource nothing"],
    ["/run", { limit: true }, "limit is true"],
    ["/run", { only: ["x".repeat(70_000)] }, "the body has more than 65536 bytes"],
    ["/run?wait=false", undefined, "a run cannot go on here after the answer"],
  ])("refuses %s %j", async (path, body, message) => {
    const response = await post(path, body);
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: Record<string, unknown> };
    expect(error).toMatchObject({ code: "USAGE", message: expect.stringContaining(message), retry: false });
    expect(error["hint"]).toBeTypeOf("string");
    expect(to.tables()).toEqual({});
  });

  test("wait=false answers at once, and the run goes on", async () => {
    const work: Promise<unknown>[] = [];
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const slow = pipeline(
      "slow",
      resource("rows", {}, async function* () {
        await gate;
        yield { n: 1 };
      }),
    );
    const answer = serve(slow, { to, authorize: () => true, waitUntil: (each) => void work.push(each) });
    const at = (path: string, method = "POST") => answer(new Request(`https://x${path}`, { method }));
    const first = await at("/run?wait=false");
    expect([first.status, await first.json()]).toEqual([
      202,
      { pipeline: "slow", dataset: "slow_dataset", state: "running", started: expect.any(String) },
    ]);
    const second = await at("/run");
    expect(second.status).toBe(409);
    expect(await second.json()).toMatchObject({ error: { code: "CONCURRENT_RUN", retry: true } });
    open();
    await Promise.all(work);
    expect(await (await at("/status", "GET")).json()).toMatchObject({
      lastRun: { state: "done", info: { tables: { rows: { rows: 1 } } } },
    });
  });

  test.each([
    ["SOURCE_HTTP", 502, true],
    ["SCHEMA_INVALID", 422, false],
    ["DESTINATION_FAILED", 502, true],
    ["CONCURRENT_RUN", 409, true],
    ["CONFIG_INVALID", 500, false],
    ["STORAGE_FAILED", 503, true],
    ["CANCELLED", 503, true],
  ] as const)("a run that fails with %s answers %i", async (code, status, retry) => {
    const broken: Destination = {
      ...to,
      open: () => Promise.reject(new RunletError(code, "it is so", { hint: "do that" })),
    };
    const response = await post("/run", undefined, { to: broken });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({
      error: { code, message: "it is so", where: {}, hint: "do that", retry },
    });
  });

  test("shows no secret, not even one that the source repeats", async () => {
    const leaky = pipeline(
      "leaky",
      resource("rows", { config: { key: secret("API_KEY") } }, ({ config }) => {
        throw new Error(`bad key ${config.key}`);
      }),
    );
    const answer = serve(leaky, { to, env: { RUNLET_TOKEN: TOKEN, API_KEY: "k-4711-secret" } });
    const headers = { authorization: `Bearer ${TOKEN}` };
    const failed = await answer(new Request("https://x/run", { method: "POST", headers }));
    const status = await answer(new Request("https://x/status", { headers }));
    const said = (await failed.text()) + (await status.text());
    expect(failed.status).toBe(502);
    expect(said).toContain("bad key [API_KEY]");
    expect(said).toContain('"state":"failed"');
    expect(said).not.toContain("4711");
    expect(said).not.toContain(TOKEN);
  });
});

describe("POST /load/<resource>", () => {
  test("loads the body as the resource's data, by the resource's rules", async () => {
    const body = new TextEncoder().encode('{"x":1,"tags":["a"]}\n{"x":2}\n');
    const response = await ask("/load/others", { method: "POST", body });
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { tables: { others: { rows: 2 } } },
    ]);
    const packed = new Blob([body]).stream().pipeThrough(new CompressionStream("gzip"));
    await ask("/load/others", { method: "POST", body: await new Response(packed).bytes() });
    // `others` is replaced by each load; `items` is not asked.
    expect([rows("others"), rows("others__tags"), rows("items")]).toEqual([2, 1, 0]);
  });

  test("names what is wrong with the body, and the resource that is not there", async () => {
    const broken = await ask("/load/others", { method: "POST", body: '{"x":tru}\n' });
    expect([broken.status, await broken.json()]).toMatchObject([
      502,
      { error: { code: "SOURCE_NOT_JSON", where: { resource: "others", record: 1 } } },
    ]);
    expect((await ask("/load/nothing", { method: "POST", body: "{}" })).status).toBe(400);
    expect((await ask("/load/others", { method: "POST" })).status).toBe(400);
  });
});

test("GET /status: what the destination has, and the last run here", async () => {
  const answer = serve(p, { to, env: { RUNLET_TOKEN: TOKEN } });
  const headers = { authorization: `bearer ${TOKEN}` };
  const status = async () => (await answer(new Request("https://x/status", { headers }))).json();
  expect(await status()).toMatchObject({ pipeline: "p", dataset: "p_dataset", tables: {}, lastRun: null });
  await answer(new Request("https://x/run", { method: "POST", headers }));
  expect(await status()).toMatchObject({
    destination: to.address,
    schema: { name: "p", version: 2 },
    tables: { items: { columns: ["run", "n", "_dlt_load_id", "_dlt_id"] }, others: {} },
    latest: expect.stringMatching(/^20.*Z$/),
    lastRun: { state: "done", info: { tables: { items: { rows: 2 } } } },
  });
});

describe("who may", () => {
  test.each(["/run", "/load/items"])("POST %s and GET /status need the token", async (path) => {
    for (const authorization of ["", "Bearer wrong", `Basic ${TOKEN}`, `Bearer ${TOKEN}x`, TOKEN]) {
      for (const [method, at] of [
        ["POST", path],
        ["GET", "/status"],
      ] as const) {
        const response = await ask(at, { method, headers: { authorization } });
        expect(response.status).toBe(401);
        expect(response.headers.get("www-authenticate")).toBe("Bearer");
        expect(await response.text()).not.toContain(TOKEN);
      }
    }
    expect(to.tables()).toEqual({});
  });

  test.each([undefined, ""])("nobody, where no token is set (%j)", async (token) => {
    const response = await post("/run", undefined, { env: { RUNLET_TOKEN: token } });
    expect([response.status, await response.json()]).toMatchObject([
      403,
      {
        error: { code: "CONFIG_MISSING", hint: expect.stringContaining("wrangler secret put RUNLET_TOKEN") },
      },
    ]);
    expect(to.tables()).toEqual({});
  });

  test("the token may come from the host's environment", async () => {
    installHost({
      ...nodeHost,
      env: (name) => (name === "RUNLET_TOKEN" ? TOKEN : undefined),
      storage: undefined,
    });
    expect((await post("/run", undefined, { env: {} })).status).toBe(200);
  });

  test("whom authorize lets", async () => {
    const authorize = (request: Request) => request.headers.get("x-user") === "ada";
    expect((await ask("/status", {}, { authorize })).status).toBe(401);
    expect((await ask("/status", { headers: { "x-user": "ada" } }, { authorize })).status).toBe(200);
    const truthy = (() => "yes") as unknown as () => boolean;
    expect((await ask("/status", {}, { authorize: truthy })).status).toBe(401);
  });

  test("what authorize throws is for the log, not for who asks", async () => {
    const lines: string[] = [];
    installHost({ ...nodeHost, env: () => undefined, log: (line) => void lines.push(line) });
    const authorize = () => Promise.reject(new Error("no user with key k-4711"));
    const response = await ask("/status", {}, { authorize });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("4711");
    expect(lines.join()).toContain("k-4711");
  });

  test("anybody may ask for the health, which says nothing else", async () => {
    const answer = serve(p, { to });
    const response = await answer(new Request("https://x/health"));
    expect([response.status, await response.json()]).toEqual([200, { status: "ok" }]);
    const head = await answer(new Request("https://x/health", { method: "HEAD" }));
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });
});

describe("routes", () => {
  test.each([
    ["GET", "/run", "POST"],
    ["GET", "/load/items", "POST"],
    ["POST", "/status", "GET, HEAD"],
    ["DELETE", "/health", "GET, HEAD"],
  ])("%s %s is answered 405", async (method, path, allow) => {
    const response = await ask(path, { method });
    expect([response.status, response.headers.get("allow")]).toEqual([405, allow]);
  });

  test.each(["/", "/runs", "/run/x", "/load/", "/load/a/b", "/load/%zz", "/load/%ff"])(
    "%s is answered 404",
    async (path) => {
      const response = await ask(path, { method: "POST" });
      expect([response.status, await response.json()]).toMatchObject([
        404,
        { error: { hint: "POST /run, POST /load/<resource>, GET /status, GET /health" } },
      ]);
    },
  );

  test("lie below a path", async () => {
    const options = { path: "/loads/github/" };
    expect((await post("/loads/github/run", undefined, options)).status).toBe(200);
    for (const path of ["/run", "/loads/githubrun", "/loads"])
      expect((await post(path, undefined, options)).status).toBe(404);
  });
});
