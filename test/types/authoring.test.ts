import { type } from "arktype";
import * as v from "valibot";
import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  apiKey,
  basic,
  bearer,
  files,
  http,
  incremental,
  memory,
  oauth2,
  pipeline,
  replay,
  resource,
  secret,
  setting,
  source,
  transformer,
  type Client,
  type Json,
  type LoadInfo,
  type Resource,
} from "../../core/index.ts";

// Ten everyday pipelines, as far as their parts exist. tsc checks this file; running it shows that declaring runs nothing.

const pokemon = resource("pokemon", { records: "results" }, ({ http }) =>
  http.pages("https://pokeapi.co/api/v2/pokemon", { limit: 100 }),
);

const issues = resource(
  "issues",
  {
    write: "merge",
    primaryKey: "id",
    cursor: incremental("updated_at", { initial: "2024-01-01T00:00:00Z" }),
  },
  ({ http, cursor }) => {
    expectTypeOf(cursor.start).toEqualTypeOf<string>();
    return http.pages("/repos/duckdb/duckdb/issues", { state: "all", since: cursor.start });
  },
);
const github = source(
  "github",
  { http: http("https://api.github.com", { auth: bearer(secret("GITHUB_TOKEN")) }) },
  [issues],
);

const repos = resource("repos", {}, ({ http }) => http.pages("/orgs/duckdb/repos"));
const repoIssues = transformer(
  "issues",
  {
    from: repos,
    pick: { full_name: "text", id: "bigint", score: "double", meta: "json", raw: "binary", price: "decimal" },
    include: ["full_name"],
    parallel: 8,
    write: "merge",
    primaryKey: "id",
  },
  (repo, { http }) => {
    expectTypeOf(repo.full_name).toEqualTypeOf<string>();
    expectTypeOf(repo.id).toEqualTypeOf<bigint>();
    expectTypeOf(repo.score).toEqualTypeOf<number>();
    expectTypeOf(repo.meta).toEqualTypeOf<Json>();
    expectTypeOf(repo.raw).toEqualTypeOf<Uint8Array>();
    expectTypeOf(repo.price).toEqualTypeOf<string>();
    // @ts-expect-error only what was picked
    void repo.name;
    return http.pages(`/repos/${repo.full_name}/issues`);
  },
);

const readme = resource(
  "issues",
  { write: "merge", primaryKey: "id", cursor: incremental("updated_at") },
  ({ http, cursor }) => {
    expectTypeOf(cursor.start).toEqualTypeOf<string | undefined>();
    return http.pages("/repos/duckdb/duckdb/issues", { since: cursor.start });
  },
);

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

const configured = resource(
  "c",
  { config: { org: setting("ORG"), n: setting("N", 3), on: setting("ON", true) } },
  ({ config, http }) => {
    expectTypeOf(config.org).toEqualTypeOf<string>();
    expectTypeOf(config.n).toEqualTypeOf<number>();
    expectTypeOf(config.on).toEqualTypeOf<boolean>();
    return http.get(`/o/${config.org}`);
  },
);

declare const input: { files: Iterable<File> };

const kinds: Resource<any>[] = [
  resource("get", {}, async function* ({ http }) {
    for (const id of [1, 2]) yield http.get(`/x/${id}`);
  }),
  resource("pages", {}, async function* ({ http }) {
    for (const id of [1, 2]) yield* http.pages(`/x/${id}`);
  }),
  resource("array", {}, [{ a: 1 }]),
  resource("generator", {}, function* () {
    yield { a: 1n };
  }),
  resource("promise", {}, async () => [{ a: 1 }]),
  resource("text", {}, '{"a": 1}'),
  resource("stream", {}, () => new Blob(["{}"]).stream()),
  resource("number cursor", { cursor: incremental("n", { initial: 5 }) }, ({ cursor }) => {
    expectTypeOf(cursor.start).toEqualTypeOf<number>();
    return [];
  }),
  transformer(
    "a transformer's cursor",
    {
      from: files("f", { from: "*.csv" }),
      pick: { id: "bigint" },
      cursor: incremental("at", { initial: 1n, end: 5n }),
    },
    (_, { cursor }) => {
      expectTypeOf(cursor.start).toEqualTypeOf<bigint>();
      return [];
    },
  ),
  resource(
    "own order",
    { cursor: incremental("$", { order: (values: readonly { n: number }[]) => values[0]! }) },
    ({ cursor }) => {
      expectTypeOf(cursor.start).toEqualTypeOf<{ n: number }>();
      return [];
    },
  ),
  resource("map", { map: (row) => ({ row }) }, []),
  resource(
    "constants",
    { constants: { a: 1, b: "x", c: [1n, null], d: new Date(0), e: setting("E", 5), f: { g: true } } },
    [],
  ),
  resource(
    "nested",
    {
      nested: {
        labels: { write: "merge", primaryKey: "id", columns: { color: "text" } },
        "pull.reviewers": { write: "merge", strategy: "upsert", primaryKey: ["a", "b"], hardDelete: "gone" },
        versions: { write: "merge", strategy: "scd2", mergeKey: "id" },
        parts: { primaryKey: "value" },
        tags: { columns: { value: "text" } },
      },
    },
    [],
  ),
  resource("routed", { table: { by: "kind", columns: { push: { size: "double" } } } }, []),
  resource("zod", { schema: z.object({ id: z.int(), at: z.date() }), map: (row) => ({ n: row.id + 1 }) }, []),
  resource(
    "valibot",
    { schema: v.object({ s: v.string() }), validate: true, map: (row) => ({ s: row.s.trim() }) },
    [],
  ),
  resource("arktype", { schema: type({ n: "number" }), map: (row) => ({ n: row.n * 2 }) }, []),
];

const merged = [
  resource(
    "m1",
    { write: "merge", primaryKey: ["a", "b"], hardDelete: "gone", dedupSort: "at", deduplicated: true },
    [],
  ),
  resource("m2", { write: "merge", strategy: "delete-insert", mergeKey: "day" }, []),
  resource("m3", { write: "merge", mergeKey: "day", primaryKey: "id" }, []),
  resource("m4", { write: "merge", strategy: "upsert", primaryKey: "id", columns: { id: "bigint" } }, []),
  resource("m5", { write: "merge", strategy: "insert-only", primaryKey: "id" }, []),
  resource(
    "m6",
    { write: "merge", strategy: "scd2", validity: ["from", "to"], active: "9999-12-31T00:00:00Z" },
    [],
  ),
  resource("m7", { write: "merge", strategy: "scd2", mergeKey: "day", boundary: new Date() }, []),
  files("m8", { from: "x.csv", write: "merge", primaryKey: "id" }),
];

// What must not compile. Never called: most of these are refused at run time, too.
function refused(): void {
  // @ts-expect-error merge needs a key
  resource("e1", { write: "merge" }, []);
  // @ts-expect-error typo in an option
  resource("e2", { primarykey: "id" }, []);
  // @ts-expect-error typo beside a good option
  resource("e3", { primaryKey: "id", wrte: "merge" }, []);
  // @ts-expect-error include only what was picked
  transformer("e4", { from: repos, pick: { a: "text" }, include: ["b"] }, () => []);
  // @ts-expect-error not a dlt type
  transformer("e5", { from: repos, pick: { a: "string" } }, () => []);
  // @ts-expect-error a secret is not text
  bearer("ghp_abc");
  // @ts-expect-error not a dlt type
  resource("e6", { columns: { a: "integer" } }, []);
  // @ts-expect-error a resource needs a name
  resource({}, []);
  // @ts-expect-error not a format
  files("e7", { from: "x.csv", format: "excel" });
  // @ts-expect-error no next-page rule
  http("https://x", { next: "header" });
  // @ts-expect-error a cursor rule needs the parameter
  http("https://x", { next: { cursor: "next" } });
  // @ts-expect-error a merge needs a key
  resource("e9", { write: "merge" }, []);
  // @ts-expect-error an upsert needs the primary key
  resource("e10", { write: "merge", strategy: "upsert", mergeKey: "day" }, []);
  // @ts-expect-error versions are told apart by their rows, not by a key
  resource("e11", { write: "merge", strategy: "scd2", primaryKey: "id" }, []);
  // @ts-expect-error validity is of scd2
  resource("e12", { write: "merge", primaryKey: "id", validity: ["from", "to"] }, []);
  // @ts-expect-error upsert merges by the primary key alone
  resource("e13", { write: "merge", strategy: "upsert", primaryKey: "id", mergeKey: "day" }, []);
  // @ts-expect-error marks belong to a merge
  resource("e14", { write: "append", hardDelete: "gone" }, []);
  // @ts-expect-error no merge strategy
  resource("e15", { write: "merge", strategy: "replace", primaryKey: "id" }, []);
  // @ts-expect-error an order is asc or desc
  resource("e16", { write: "merge", primaryKey: "id", dedupSort: { column: "at", order: "up" } }, []);
  // @ts-expect-error there is no such mask
  resource("e17", { columns: { a: { mask: "md5" } } }, []);
  // @ts-expect-error the key of a mask is a secret
  resource("e18", { columns: { a: { mask: "hmac", key: "pepper" } } }, []);
  // @ts-expect-error records go to tables by a field
  resource("e19", { table: { from: "kind" } }, []);
  // @ts-expect-error hints of a routed table are hints
  resource("e20", { table: { by: "kind", columns: { push: { a: "int" } } } }, []);
  // @ts-expect-error a function is no constant
  resource("e21", { constants: { a: () => 1 } }, []);
  // @ts-expect-error validating is on or off
  resource("e22", { validate: "strict" }, []);
  // @ts-expect-error a nested table is written in its own way only with a key
  resource("e23", { nested: { labels: { write: "merge" } } }, []);
  // @ts-expect-error versions of nested rows come in parts
  resource("e24", { nested: { labels: { write: "merge", strategy: "scd2" } } }, []);
  // @ts-expect-error nothing nested is skipped
  resource("e25", { nested: { labels: { write: "skip", primaryKey: "id" } } }, []);
  // @ts-expect-error a pipeline needs something to load
  pipeline("e8");
}

test("declaring pipelines compiles and runs nothing", () => {
  const declared = [
    pipeline("pokemon", pokemon),
    pipeline("github", github),
    pipeline("github", source("github", { http: http("https://api.github.com") }, [repos, repoIssues])),
    pipeline("github", source("github", { http: http("https://api.github.com") }, [readme])),
    pipeline("crm", [users, configured], { dataset: "crm" }),
    pipeline("kinds", kinds),
    pipeline("merged", merged),
    pipeline("drop", files("rows", { from: "data/*.ndjson" })),
  ];
  expectTypeOf(declared[0]!.run).returns.toEqualTypeOf<Promise<LoadInfo>>();
  expectTypeOf(refused).returns.toBeVoid();
});

test("auth, clients and results are typed", () => {
  for (const auth of [
    bearer(secret("T")),
    basic(secret("U"), secret("P")),
    apiKey("x-key", secret("K"), "query"),
    oauth2({ tokenUrl: "https://x/token", clientId: secret("I"), clientSecret: secret("S") }),
  ]) {
    expectTypeOf(http("https://x", { auth }).base).toBeString();
  }
  expectTypeOf<Client["get"]>().returns.resolves.toEqualTypeOf<Response>();
  async () => {
    const info = await pipeline("drop", files("rows", { from: input.files })).run({
      to: memory(),
      onProgress: (p) => void p.rows,
    });
    const rows = await info.dataset.query<{ n: bigint }>("select count(*) n from rows where id = ?", [5n]);
    expectTypeOf(rows).toEqualTypeOf<{ n: bigint }[]>();
    expectTypeOf(await info.dataset.query("select 1")).toEqualTypeOf<Record<string, Json>[]>();
    const shown = await pipeline("github", github).preview({
      fetch: replay("test/fixtures"),
      env: { GITHUB_TOKEN: "x" },
    });
    expectTypeOf(shown.tables.issues__labels!.length).toBeNumber();
    expectTypeOf(Object.values(info.tables)[0]!.rows).toBeNumber();
  };
});

function wrongCursors(): unknown[] {
  return [
    // @ts-expect-error a window begins somewhere
    incremental("at", { end: 5 }),
    // @ts-expect-error both ends are of one type
    incremental("at", { initial: 5, end: "6" }),
    // @ts-expect-error there is no such order
    incremental("at", { initial: 5, order: "last" }),
    // @ts-expect-error the rows' order is asc or desc
    incremental("at", { initial: 5, rowOrder: "up" }),
    // @ts-expect-error a lag is a number
    incremental("at", { initial: "2024-01-01", lag: "2 days" }),
    // @ts-expect-error a function of one's own has no lag
    incremental("at", { initial: 5, order: (values: readonly number[]) => Math.max(...values), lag: 5 }),
    // @ts-expect-error a misspelt option
    incremental("at", { initial: 5, rangestart: "open" }),
  ];
}
void wrongCursors;
