import { createHmac } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  http,
  memory,
  nullDestination,
  pipeline,
  resource,
  secret,
  setting,
  source,
  transformer,
  type Data,
  type Destination,
  type Progress,
} from "../../core/index.ts";
import { installTestHost } from "./host.ts";
import { serve, type TestServer } from "./server.ts";

let server: TestServer;
let busy = 0;
let mostBusy = 0;

beforeAll(async () => {
  installTestHost({ ORG: "duckdb", N: "12" });
  server = await serve(({ path, query }, response, { url }) => {
    if (path === "/repos") {
      const at = Number(query["p"] ?? 0);
      if (at < 1) response.setHeader("link", `<${url}/repos?p=${at + 1}>; rel="next"`);
      return Array.from({ length: 4 }, (_, n) => ({
        id: at * 4 + n,
        full_name: `o/r${at * 4 + n}`,
        topics: ["x"],
      }));
    }
    const found = /^\/repos\/o\/r(\d)\/issues$/.exec(path);
    if (!found) {
      response.statusCode = 404;
      return {};
    }
    const repo = Number(found[1]);
    busy++;
    mostBusy = Math.max(mostBusy, busy);
    // Later ones answer sooner, so that order is not the network's.
    setTimeout(
      () => {
        busy--;
        const second = query["p"] === "2";
        if (repo === 1 && !second) response.setHeader("link", `<${url}${path}?p=2>; rel="next"`);
        response.end(
          JSON.stringify([{ number: repo * 10 + (second ? 2 : 1), labels: [{ name: `l${repo}` }] }]),
        );
      },
      120 - repo * 15,
    );
    return undefined;
  });
});

beforeEach(() => {
  server.seen.length = busy = mostBusy = 0;
});

function github(parallel: number) {
  const repos = resource("repos", { write: "replace" }, ({ http }) => http.pages("/repos"));
  const issues = transformer(
    "issues",
    { from: repos, pick: { full_name: "text", id: "bigint" }, include: ["full_name"], parallel },
    (repo, { http }) => {
      if (typeof repo.id !== "bigint") throw new Error("a picked bigint is a bigint");
      return http.pages(`/repos/${repo.full_name}/issues`);
    },
  );
  return pipeline("github", source("github", { http: http(server.url) }, [repos, issues]));
}

const NUMBERS = [1, 11, 12, 21, 31, 41, 51, 61, 71];

describe("a transformer runs per record of its parent", () => {
  test.each([1, 3, 8])("and delivers in the parent's order with parallel: %d", async (parallel) => {
    const store = memory();
    await github(parallel).run({ to: store });
    const { repos, issues, issues__labels, repos__topics } = store.tables();
    expect(issues!.map(({ number }) => number)).toEqual(NUMBERS);
    expect(issues!.map(({ _repos_full_name }) => _repos_full_name)).toEqual(
      NUMBERS.map((number) => `o/r${Math.floor(number / 10)}`),
    );
    expect([repos, issues__labels, repos__topics].map((rows) => rows!.length)).toEqual([8, 9, 8]);
    expect(mostBusy).toBeLessThanOrEqual(parallel);
    if (parallel > 1) expect(mostBusy).toBeGreaterThan(1);
  });

  test("and gives the same bytes whatever parallel is", async () => {
    const reproduce = { loadId: "1732273200.1", seed: "7" };
    const digests = [];
    for (const parallel of [1, 8]) {
      const to = nullDestination();
      await github(parallel).run({ to, reproduce });
      digests.push(to.digests());
    }
    expect(Object.keys(digests[0]!)).toEqual(["issues", "issues__labels", "repos", "repos__topics"]);
    expect(digests[0]!["issues"]!.bytes).toBeGreaterThan(0);
    expect(digests[0]).toEqual(digests[1]);
    const to = nullDestination();
    await github(8).run({ to, reproduce: { ...reproduce, seed: "8" } });
    expect(to.digests()["issues"]!.sha256).not.toBe(digests[0]!["issues"]!.sha256);
  });

  test("whose parent is read but not loaded when only the transformer is wanted", async () => {
    const store = memory();
    const info = await github(2).run({ to: store, only: ["issues"] });
    expect(Object.keys(store.tables()).sort()).toEqual(["issues", "issues__labels"]);
    expect(Object.keys(info.tables).sort()).toEqual(["issues", "issues__labels"]);
    expect(info.schemaChanges.every(({ table }) => table.startsWith("issues"))).toBe(true);
  });

  test("and a record without a picked field stops the load, named", async () => {
    const parents = resource("parents", {}, [{ id: 1 }, { name: "x" }]);
    const children = transformer("children", { from: parents, pick: { id: "bigint" } }, ({ id }) => [{ id }]);
    const store = memory();
    await expect(pipeline("p", [parents, children]).run({ to: store })).rejects.toMatchObject({
      code: "SOURCE_FAILED",
      message: expect.stringContaining("record 2 of parents has no id"),
    });
    expect(store.tables()).toEqual({});
  });

  test("of any data, also of another transformer and of mapped rows", async () => {
    const a = resource("a", { map: (row: any) => ({ id: row.id, at: { deep: row.id * 2 } }) }, [
      { id: 1 },
      { id: 2 },
    ]);
    const b = transformer("b", { from: a, pick: { "at.deep": "bigint" } }, (item) => [
      { n: item["at.deep"] },
    ]);
    const c = transformer("c", { from: b, pick: { n: "text" }, include: ["n"] }, ({ n }) => [{ from_b: n }]);
    const store = memory();
    await pipeline("p", [c, b, a]).run({ to: store });
    expect(store.tables()["c"]).toMatchObject([
      { from_b: "2", _b_n: 2 },
      { from_b: "4", _b_n: 4 },
    ]);
  });
});

describe("write dispositions", () => {
  const load = (store: Destination, write: "append" | "replace" | "skip", data: object[]) =>
    pipeline("p", resource("t", { write }, data)).run({ to: store });

  test("append keeps, replace empties, also nested tables and also when nothing comes", async () => {
    const store = memory();
    const sizes = () => ["t", "t__list"].map((name) => store.tables()[name]!.length);
    await load(store, "append", [{ id: 1, list: [1, 2] }]);
    await load(store, "append", [{ id: 2, list: [3] }]);
    expect(sizes()).toEqual([2, 3]);
    await load(store, "replace", [{ id: 3 }]);
    expect(sizes()).toEqual([1, 0]);
    expect(store.tables()["t"]).toMatchObject([{ id: 3 }]);
    await load(store, "replace", []);
    expect(sizes()).toEqual([0, 0]);
  });

  test("skip loads nothing", async () => {
    const store = memory();
    expect((await load(store, "skip", [{ id: 1 }])).tables).toEqual({});
    expect(store.tables()).toEqual({});
  });

  test("refresh replaces what is loaded and forgets the state", async () => {
    const store = memory();
    const counted = pipeline(
      "p",
      resource("t", {}, ({ state }) => [{ runs: (state["runs"] = Number(state["runs"] ?? 0) + 1) }]),
    );
    await counted.run({ to: store });
    await counted.run({ to: store });
    expect(store.tables()["t"]!.map(({ runs }) => runs)).toEqual([1, 2]);
    await counted.run({ to: store, refresh: true });
    expect(store.tables()["t"]!.map(({ runs }) => runs)).toEqual([1]);
  });

  test("a disposition that the destination lacks is refused before anything is read", async () => {
    let called = false;
    const merging = resource("t", { write: "merge", primaryKey: "id" }, () => ((called = true), []));
    const to: Destination = {
      ...memory(),
      capabilities: { ...memory().capabilities, dispositions: ["append"] },
    };
    await expect(pipeline("p", merging).run({ to })).rejects.toMatchObject({
      code: "PIPELINE_INVALID",
      message: expect.stringContaining("merge"),
    });
    expect(called).toBe(false);
    expect((await pipeline("p", merging).preview()).tables).toEqual({});
  });
});

describe("a load is whole or absent", () => {
  test.each<[string, () => Data, object?]>([
    ["a promise that never comes", () => new Promise<never>(() => undefined)],
    [
      "a generator that hangs",
      async function* () {
        yield { id: 1 };
        await new Promise(() => undefined);
      },
    ],
    ["a stream that hangs", () => new ReadableStream({ pull: () => new Promise(() => undefined) })],
    [
      "a stream that hangs and is mapped",
      () => new ReadableStream({ pull: () => new Promise(() => undefined) }),
      { map: (row: object) => row },
    ],
  ])("%s does not hold a cancelled run", async (_, body, options = {}) => {
    const store = memory();
    const stop = new AbortController();
    const running = pipeline("p", [resource("first", {}, [{ id: 1 }]), resource("t", options, body)]).run({
      to: store,
      signal: stop.signal,
    });
    setTimeout(() => stop.abort(), 20);
    await expect(running).rejects.toMatchObject({ code: "CANCELLED" });
    expect(store.tables()).toEqual({});
  });

  test("a run that is cancelled before it starts asks nothing", async () => {
    let called = false;
    const t = resource("t", {}, () => ((called = true), []));
    await expect(pipeline("p", t).run({ to: memory(), signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "CANCELLED",
    });
    expect(called).toBe(false);
  });

  test("a failure in the last resource leaves nothing of the first, nor its state", async () => {
    const store = memory();
    const first = resource("first", {}, ({ state }) => ((state["seen"] = true), [{ id: 1 }]));
    const last = resource("last", {}, function* () {
      yield { id: 1 };
      throw new Error("halfway");
    });
    await expect(pipeline("p", [first, last]).run({ to: store })).rejects.toMatchObject({
      code: "SOURCE_FAILED",
      message: "resource last: halfway",
      where: { source: "p", resource: "last" },
    });
    expect(store.tables()).toEqual({});
    const again = resource("first", {}, ({ state }) => [{ seen: state["seen"] ?? false }]);
    await pipeline("p", again).run({ to: store });
    expect(store.tables()["first"]).toMatchObject([{ seen: false }]);
  });

  test("two runs at once into one dataset: one wins, the other is told", async () => {
    const store = memory();
    const slow = (id: number) =>
      pipeline(
        "p",
        resource("t", {}, async () => (await new Promise((go) => setTimeout(go, 5)), [{ id }])),
      );
    const ends = await Promise.allSettled([slow(1).run({ to: store }), slow(2).run({ to: store })]);
    expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(ends.find(({ status }) => status === "rejected")).toMatchObject({
      reason: { code: "CONCURRENT_RUN" },
    });
    expect(store.tables()["t"]).toHaveLength(1);
  });
});

describe("columns", () => {
  test("are dropped, renamed, typed and masked before anything is stored", async () => {
    const store = memory();
    const users = resource(
      "users",
      {
        columns: {
          ssn: "drop",
          fName: { as: "first_name" },
          "address.zip": "text",
          phone: { mask: "redact" },
        },
      },
      () => new Response('{"id":1,"ssn":"078-05","fName":"Ada","address":{"zip":12345},"phone":"555-1234"}'),
    );
    await pipeline("p", users).run({ to: store });
    const [row] = store.tables()["users"]!;
    expect(row).toMatchObject({ id: 1, first_name: "Ada", address__zip: "12345" });
    expect(JSON.stringify(row)).not.toMatch(/078-05|555-1234/);
    expect(Object.keys(row!)).not.toContain("ssn");
  });

  test("numbers widen: integers become doubles when a fraction comes", async () => {
    const store = memory();
    const info = await pipeline("p", resource("t", {}, [{ n: 1 }, { n: 1.5 }])).run({ to: store });
    expect(store.tables()["t"]!.map(({ n }) => n)).toEqual([1, 1.5]);
    expect(info.tables["t"]!.columns["n"]).toMatchObject({ type: "double" });
    await pipeline("p", resource("t", {}, [{ n: 2 }, { m: 1 }])).run({ to: store });
    const later = await pipeline("p", resource("t", {}, [{ m: 2.5 }])).run({ to: store });
    expect(store.tables()["t"]!.map(({ m }) => m)).toEqual([null, null, null, 1, 2.5]);
    expect(later.schemaChanges).toEqual([
      { kind: "column-widened", table: "t", column: "m", from: "bigint", type: "double" },
    ]);
  });

  test("and when an integer beyond 64 bits comes, no digit is lost", async () => {
    const store = memory();
    const wide = 123456789012345678901234567890n;
    const info = await pipeline("p", resource("t", {}, [{ n: 1 }, { n: wide }])).run({ to: store });
    expect(store.tables()["t"]!.map(({ n }) => n)).toEqual([1, wide]);
    expect(info.tables["t"]!.columns["n"]).toMatchObject({ type: "decimal" });
    const declared = resource("d", {}, [{ n: 5 }]);
    await pipeline("p", declared).run({ to: store });
    await pipeline("p", resource("d", {}, [{ n: wide }])).run({ to: store });
    expect(store.tables()["d"]!.map(({ n }) => n)).toEqual([5, wide]);
  });

  test("hmac gives the hex HMAC-SHA256 of the value under the key", async () => {
    const store = memory();
    const columns = { email: { mask: "hmac", key: secret("PII_KEY") } } as const;
    const users = resource("users", { columns }, [{ email: "ada@example.com" }, { email: null, id: 1 }]);
    await pipeline("p", users).run({ to: store, env: { PII_KEY: "pepper" } });
    const expected = createHmac("sha256", "pepper").update("ada@example.com").digest("hex");
    expect(store.tables()["users"]!.map(({ email }) => email)).toEqual([expected, null]);
    const missing = await pipeline("p", users)
      .run({ to: store })
      .catch((error: unknown) => String(error));
    expect(missing).toContain("secret PII_KEY is not set (column users.email)");
  });

  test("a Standard JSON Schema states their types", async () => {
    const schema = {
      "~standard": {
        jsonSchema: {
          output: () => ({
            type: "object",
            properties: {
              zip: { type: "string" },
              score: { type: ["number", "null"] },
              at: { type: "string", format: "date-time" },
              inner: { type: "object", properties: { "a.b": { type: "string" } } },
            },
          }),
        },
      },
    };
    const { schema: shown } = await pipeline(
      "p",
      resource("t", { schema }, () => '{"zip": 12345, "score": 1, "at": "2024-01-01", "inner": {"a.b": 2}}'),
    ).preview();
    const types = Object.fromEntries(
      Object.values(shown["t"]!.columns).map(({ name, data_type }) => [name, data_type]),
    );
    expect(types).toMatchObject({ zip: "text", score: "double", at: "timestamp", inner__a_b: "text" });
  });

  test("records are routed to tables by a field", async () => {
    const store = memory();
    const events = resource("events", { table: { by: "type" } }, [
      { type: "push", n: 1 },
      { type: "pull", n: 2 },
      { type: "push", n: 3 },
    ]);
    await pipeline("p", events).run({ to: store });
    expect(Object.entries(store.tables()).map(([name, rows]) => [name, rows.length])).toEqual([
      ["push", 2],
      ["pull", 1],
    ]);
  });
});

describe("how a run normalises", () => {
  const deep = [{ a: { b: { c: 1 } }, list: [{ x: [1] }] }];

  test("maxNesting of the run, or of one resource, keeps deeper values as JSON", async () => {
    const names = async (own: { maxNesting?: number }, run: { maxNesting?: number }) =>
      Object.keys((await pipeline("p", resource("t", own, deep)).preview({ normalise: run })).tables);
    expect(await names({}, {})).toEqual(["t", "t__list", "t__list__x"]);
    expect(await names({}, { maxNesting: 0 })).toEqual(["t"]);
    expect(await names({ maxNesting: 0 }, {})).toEqual(["t"]);
  });

  test('onTypeConflict "variant" is dlt\'s behaviour', async () => {
    const store = memory();
    const t = pipeline("p", resource("t", {}, [{ n: 1 }, { n: 1.5 }]));
    const info = await t.run({ to: store, normalise: { onTypeConflict: "variant" } });
    expect(store.tables()["t"]).toMatchObject([
      { n: 1, n__v_double: null },
      { n: null, n__v_double: 1.5 },
    ]);
    expect(info.tables["t"]!.columns["n__v_double"]).toEqual({
      type: "double",
      nullable: true,
      variant: true,
    });
  });

  test('onBadRecord "quarantine" sets the record aside and goes on', async () => {
    const store = memory();
    const t = pipeline(
      "p",
      resource("t", {}, () => new Response('{"id":1}\n{"id":\n{"id":3}\n')),
    );
    const info = await t.run({ to: store, normalise: { onBadRecord: "quarantine" } });
    expect(store.tables()["t"]!.map(({ id }) => id)).toEqual([1, 3]);
    expect(info.rejects).toBe(1);
    expect(store.tables()["_runlet_rejects"]).toHaveLength(1);
    await expect(t.run({ to: store })).rejects.toMatchObject({
      code: "SOURCE_NOT_JSON",
      where: { record: 2, line: 2 },
    });
  });
});

test("limit takes exactly so many records of each resource, and asks for no page beyond", async () => {
  const store = memory();
  await github(1).run({ to: store, limit: 3 });
  expect(store.tables()["repos"]).toHaveLength(3);
  expect(store.tables()["issues"]!.map(({ number }) => number)).toEqual([1, 11, 12]);
  expect(server.seen.filter(({ path }) => path === "/repos")).toHaveLength(1);
});

test("limit stops a generator that never ends", async () => {
  let ended = false;
  const endless = resource("t", {}, function* () {
    try {
      for (let id = 0; ; id++) yield { id };
    } finally {
      ended = true;
    }
  });
  const store = memory();
  await pipeline("p", endless).run({ to: store, limit: 5 });
  expect(store.tables()["t"]).toHaveLength(5);
  expect(ended).toBe(true);
});

test("config arrives resolved and typed", async () => {
  const store = memory();
  const c = resource(
    "c",
    { config: { org: setting("ORG"), n: setting("N", 3), on: setting("ON", true) } },
    ({ config }) => [
      {
        ...config,
        kinds: Object.values(config)
          .map((value) => typeof value)
          .join(),
      },
    ],
  );
  await pipeline("p", c).run({ to: store, env: { ON: "no" } });
  expect(store.tables()["c"]).toMatchObject([
    { org: "duckdb", n: 12, on: false, kinds: "string,number,boolean" },
  ]);
  await expect(pipeline("p", c).run({ to: store, env: { N: "many" } })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
  });
});

test("LoadInfo is plain data and prints well", async () => {
  const store = memory();
  const seen: Progress[] = [];
  const info = await github(4).run({ to: store, onProgress: (progress) => seen.push(progress) });
  expect(String(info)).toMatch(
    /^\d+ pages in \d+\.\d+ s → memory, dataset github_dataset \(load \d{10}\.\d{6}\)\n  repos +8 +\d+ columns  new\n  └─ topics +8 +repos__topics\n  issues +9 +\d+ columns  new\n  └─ labels +9 +issues__labels$/,
  );
  const plain = JSON.parse(JSON.stringify(info)) as typeof info;
  expect(plain).toMatchObject({
    pipeline: "github",
    datasetName: "github_dataset",
    rejects: 0,
    records: 17,
    tables: {
      repos: { rows: 8, isNew: true, columns: { full_name: { type: "text", nullable: true } } },
      repos__topics: { rows: 8, parent: "repos" },
    },
  });
  expect(plain).not.toHaveProperty("dataset");
  expect(info.dataset.name).toBe("github_dataset");
  await expect(info.dataset.query("select 1")).rejects.toMatchObject({ code: "DESTINATION_QUERY" });
  expect(seen.at(-1)).toMatchObject({ stage: "commit", records: 17, rows: 34 });
  expect(seen.map(({ records }) => records)).toEqual(
    seen.map(({ records }) => records).sort((a, b) => a - b),
  );
});

test("load ids rise strictly, and sort as text", async () => {
  const store = memory();
  const ids = [];
  for (let at = 0; at < 3; at++)
    ids.push((await pipeline("p", resource("t", {}, [{ at }])).run({ to: store })).loadId);
  expect([...new Set(ids)].sort()).toEqual(ids);
});

test("the schema and the dataset are named as dlt names them", async () => {
  const runs = async (from: Parameters<typeof pipeline>[1], options?: Parameters<typeof pipeline>[2]) =>
    (await pipeline("My Pipeline", from, options).run({ to: memory() })).datasetName;
  const t = resource("t", {}, [{ a: 1 }]);
  expect(await runs(t)).toBe("my_pipeline_dataset");
  expect(await runs(t, { dataset: "GitHubData" })).toBe("git_hub_data");
});

describe("preview", () => {
  test("shows schema and rows without destination, at most 100 records a resource", async () => {
    const many = resource(
      "many",
      {},
      Array.from({ length: 150 }, (_, id) => ({ id, tags: ["a"] })),
    );
    const { schema, tables } = await pipeline("p", many).preview();
    expect(tables["many"]).toHaveLength(100);
    expect(tables["many__tags"]).toHaveLength(100);
    expect(tables["many"]![7]).toMatchObject({ id: 7 });
    expect(schema["many"]!.columns["id"]).toMatchObject({ data_type: "bigint" });
    expect((await pipeline("p", many).preview({ limit: 2 })).tables["many"]).toHaveLength(2);
  });

  test("shows the GitHub pipeline as it would load", async () => {
    const { tables } = await github(4).preview();
    expect(tables["issues"]!.map(({ number }) => number)).toEqual(NUMBERS);
  });
});

describe("what cannot be meant is refused where it is written", () => {
  const t = resource("t", {}, []);
  const wrong: Record<string, () => unknown> = {
    "two resources of one name": () => pipeline("p", [t, resource("t", {}, [])]),
    "an option that is none": () => resource("x", { wrte: "append" } as object, []),
    "merge without key": () => resource("x", { write: "merge" } as never, []),
    "no name": () => resource("", {}, []),
    "a contract of no mode": () => pipeline("p", t, { contract: "frozen" as "freeze" }),
    "a contract of no entity": () =>
      pipeline("p", resource("x", { contract: { rows: "freeze" } as object }, [])),
    "two ways to write one table": () =>
      pipeline("p", [resource("a", { table: "x" }, []), resource("b", { table: "X", write: "replace" }, [])]),
    "include of what is not picked": () =>
      transformer("x", { from: t, pick: { a: "text" }, include: ["b"] } as never, () => []),
    "a token as text": () => http("https://user:secret@example.com"),
    "an address that is none": () => http("example.com"),
  };
  test.each(Object.keys(wrong))("%s", (name) => {
    expect(wrong[name]).toThrow(expect.objectContaining({ code: "PIPELINE_INVALID" }));
  });

  test("a resource that is not there", async () => {
    await expect(pipeline("p", t).run({ to: memory(), only: ["u"] })).rejects.toMatchObject({
      code: "USAGE",
      hint: "it has: t",
    });
  });

  test("a run without destination", async () => {
    await expect(pipeline("p", t).run()).rejects.toMatchObject({ code: "CONFIG_MISSING" });
  });
});
