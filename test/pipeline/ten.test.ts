import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  bearer,
  files,
  http,
  incremental,
  memory,
  pipeline,
  record,
  replay,
  resource,
  secret,
  setting,
  source,
  transformer,
} from "../../core/index.ts";
import { installTestHost } from "./host.ts";
import { serve, type TestServer } from "./server.ts";

// The everyday pipelines whose types test/types checks, against a server that wants the token.

const TOKEN = "ghp_4711";
const env = { GITHUB_TOKEN: TOKEN, PII_KEY: "pepper" };
const folder = mkdtempSync(join(tmpdir(), "runlet-ten-"));
let server: TestServer;

beforeAll(async () => {
  installTestHost({ ORG: "duckdb" });
  server = await serve(({ path, query, headers }, response, { url }) => {
    if (path === "/api/v2/pokemon") {
      const offset = Number(query["offset"] ?? 0);
      const results = [0, 1].map((at) => ({ name: `p${offset + at}` }));
      return {
        count: 4,
        next: offset ? null : `${url}/api/v2/pokemon?offset=2&limit=${query["limit"]}`,
        results,
      };
    }
    if (headers.authorization !== `Bearer ${TOKEN}`) {
      response.statusCode = 401;
      return { message: "Bad credentials" };
    }
    const second = query["page"] === "2";
    const link = (next: string) => {
      if (!second) response.setHeader("link", `<${url}${next}>; rel="next"`);
    };
    switch (path) {
      case "/orgs/duckdb/repos":
        link("/orgs/duckdb/repos?page=2");
        return second
          ? [{ id: 3, full_name: "o/c" }]
          : [
              { id: 1, full_name: "o/a" },
              { id: 2, full_name: "o/b" },
            ];
      case "/repos/duckdb/duckdb/issues":
        link(`/repos/duckdb/duckdb/issues?page=2&since=${query["since"]}`);
        return [
          {
            id: second ? 2 : 1,
            updated_at: "2024-05-01T00:00:00Z",
            labels: [{ name: "bug" }],
            since: query["since"],
          },
        ];
      case "/users":
        return [
          { id: 1, email: "a@b.c", ssn: "078", fName: "Ada", address: { zip: 12345 }, balance: 10.1 },
          { id: 2, email: "d@e.f", balance: "0.000000001" },
        ];
      case "/o/duckdb":
        return { login: "duckdb" };
      default: {
        const [, repo] = /^\/repos\/o\/(\w)\/issues$/.exec(path) ?? [];
        if (repo) return [{ id: `${repo}1`, title: `of ${repo}` }];
        const [, id] = /^\/x\/(\d)$/.exec(path) ?? [];
        return [{ id: Number(id) }];
      }
    }
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

const github = (...resources: Parameters<typeof source>[2]) =>
  pipeline(
    "github",
    source("github", { http: http(server.url, { auth: bearer(secret("GITHUB_TOKEN")) }) }, resources),
  );

const issues = resource(
  "issues",
  {
    write: "merge",
    primaryKey: "id",
    cursor: incremental("updated_at", { initial: "2024-01-01T00:00:00Z" }),
  },
  ({ http, cursor }) => http.pages("/repos/duckdb/duckdb/issues", { state: "all", since: cursor.start }),
);
const repos = resource("repos", {}, ({ http }) => http.pages("/orgs/duckdb/repos"));
const repoIssues = transformer(
  "issues",
  {
    from: repos,
    pick: { full_name: "text", id: "bigint" },
    include: ["full_name"],
    parallel: 8,
    write: "merge",
    primaryKey: "id",
  },
  (repo, { http }) => http.pages(`/repos/${repo.full_name}/issues`),
);

test("i: pages of an open API, by whole address", async () => {
  const store = memory();
  const pokemon = resource("pokemon", { records: "results" }, ({ http }) =>
    http.pages(`${server.url}/api/v2/pokemon`, { limit: 2 }),
  );
  await pipeline("pokemon", pokemon).run({ to: store });
  expect(store.tables()["pokemon"]!.map(({ name }) => name)).toEqual(["p0", "p1", "p2", "p3"]);
});

test("ii: GitHub issues with a token and a cursor", async () => {
  const { tables, schema } = await github(issues).preview({ env });
  expect(tables["issues"]).toMatchObject([
    { id: 1, since: "2024-01-01T00:00:00Z" },
    { id: 2, since: "2024-01-01T00:00:00Z" },
  ]);
  expect(tables["issues__labels"]).toHaveLength(2);
  expect(schema["issues"]!.columns["id"]).toMatchObject({ primary_key: true, nullable: false });
  await expect(github(issues).preview({ env: { GITHUB_TOKEN: "wrong" } })).rejects.toMatchObject({
    code: "SOURCE_HTTP",
    where: { status: 401, source: "github", resource: "issues" },
  });
});

test("iii: parent to child, merged run after run", async () => {
  const store = memory();
  for (let run = 0; run < 2; run++) await github(repos, repoIssues).run({ to: store, env });
  expect(store.tables()["issues"]).toMatchObject([
    { title: "of a", _repos_full_name: "o/a" },
    { title: "of b", _repos_full_name: "o/b" },
    { title: "of c", _repos_full_name: "o/c" },
  ]);
});

test("vii: files that were dropped into a page", async () => {
  const store = memory();
  let rows = 0;
  const info = await pipeline(
    "drop",
    files("rows", { from: [new File(['{"id":1}\n{"id":2}'], "rows.ndjson")] }),
  ).run({
    to: store,
    onProgress: (progress) => (rows = progress.rows),
  });
  expect(info.tables["rows"]!.rows).toBe(2);
  expect(rows).toBe(2);
});

test("ix: columns with mask, drop, rename and type", async () => {
  const users = resource(
    "users",
    {
      columns: {
        email: { mask: "hmac", key: secret("PII_KEY") },
        "address.zip": "text",
        ssn: "drop",
        fName: { as: "first_name" },
        balance: "decimal",
      },
    },
    ({ http }) => http.pages("/users"),
  );
  const { tables, schema } = await github(users).preview({ env });
  const [ada, other] = tables["users"]!;
  expect(ada).toMatchObject({ address__zip: "12345", first_name: "Ada", balance: "10.100000000" });
  expect(other).toMatchObject({ balance: "0.000000001" });
  expect(ada!["email"]).toMatch(/^[0-9a-f]{64}$/);
  expect(Object.keys(ada!)).not.toContain("ssn");
  expect(schema["users"]!.columns["balance"]).toMatchObject({ data_type: "decimal" });
});

test("x: a preview that replays what was recorded", async () => {
  await github(issues).preview({ env, fetch: record(folder) });
  server.seen.length = 0;
  const shown = await github(issues).preview({ fetch: replay(folder), env: { GITHUB_TOKEN: "x" } });
  expect(shown.tables["issues__labels"]!.length).toBe(2);
  expect(server.seen).toEqual([]);
});

test("config, generators of requests and of pages, objects", async () => {
  const store = memory();
  await github(
    resource("c", { config: { org: setting("ORG") } }, ({ config, http }) => http.get(`/o/${config.org}`)),
    resource("g", {}, async function* ({ http }) {
      for (const id of [1, 2]) yield http.get(`/x/${id}`);
    }),
    resource("g2", {}, async function* ({ http }) {
      for (const id of [1, 2]) yield* http.pages(`/x/${id}`);
    }),
    resource("g3", {}, [{ a: 1 }]),
    resource("g4", {}, function* () {
      yield { a: 9223372036854775807n };
    }),
  ).run({ to: store, env });
  const { c, g, g2, g3, g4 } = store.tables();
  expect(c).toMatchObject([{ login: "duckdb" }]);
  expect(g).toMatchObject([{ id: 1 }, { id: 2 }]);
  expect(g2).toMatchObject([{ id: 1 }, { id: 2 }]);
  expect(g3).toMatchObject([{ a: 1 }]);
  expect(g4).toMatchObject([{ a: 9223372036854775807n }]);
});
