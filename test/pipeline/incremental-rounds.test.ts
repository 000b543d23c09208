import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import {
  http,
  incremental,
  memory,
  type MemoryStore,
  pipeline,
  type Pipeline,
  resource,
  type RunOptions,
  source,
  transformer,
} from "../../core/index.ts";
import type { PipelineState } from "../../core/schema/state.ts";
import { installTestHost } from "./host.ts";

// Cursors in runs that end early: what they come to counts once all is read, so that no split of a round into runs or
// checkpoints shows.

beforeAll(() => void installTestHost());

interface Row {
  id: number;
  at: number;
}

const URL = "https://api.example.com";

/** Answers with the pages, which link to each other; fails at `broken`. */
function api(pages: readonly (readonly Row[])[], broken?: number): typeof fetch {
  return (async (request: Request | string) => {
    const page = Number(
      new globalThis.URL(typeof request === "string" ? request : request.url).searchParams.get("page") ?? 1,
    );
    if (page === broken) return new Response("no", { status: 404 });
    const link = page < pages.length ? { link: `<${URL}/rows?page=${page + 1}>; rel="next"` } : {};
    return Response.json(pages[page - 1] ?? [], { headers: link as Record<string, string> });
  }) as typeof fetch;
}

const made = (cursor = incremental("at", { initial: 0 }), options: object = {}): Pipeline =>
  pipeline(
    "p",
    source("s", { http: http(URL) }, [
      resource("rows", { ...options, cursor }, ({ http }) => http.pages("/rows")),
    ]),
  );

const rowsOf = (store: MemoryStore, table = "rows") =>
  (store.tables("p_dataset")[table] ?? []).map(({ id, at }) => `${String(id)}@${String(at)}`);

async function kept(store: MemoryStore): Promise<unknown> {
  const session = await store.open({ dataset: "p_dataset" });
  const { state } = await session.restore("p", "s");
  await session.close();
  return (state as PipelineState | undefined)?.sources?.["s"]?.["resources"];
}

async function round(of: Pipeline, options: RunOptions): Promise<number> {
  for (let runs = 1; runs < 200; runs++) if ((await of.run(options)).complete) return runs;
  throw new Error("the round does not end");
}

const PAGES = [
  [
    { id: 1, at: 5 },
    { id: 2, at: 9 },
  ],
  [
    { id: 3, at: 1 },
    { id: 4, at: 9 },
  ],
  [{ id: 5, at: 3 }],
];

describe("a resource that a budget leaves in the middle", () => {
  test("keeps its cursor to itself until it is read to its end, and its start stays the first run's", async () => {
    const to = memory();
    const options = { to, fetch: api(PAGES), maxBytes: 1 };
    const first = await made().run(options);
    expect(first).toMatchObject({ complete: false, remaining: [{ resource: "rows", from: "page 2" }] });
    expect(await kept(to)).toBeUndefined();
    expect(await round(made(), options)).toBe(2);
    // 1 and 3 come after 9 has been seen: the start is still 0.
    expect(rowsOf(to)).toEqual(["1@5", "2@9", "3@1", "4@9", "5@3"]);
    expect(await kept(to)).toMatchObject({
      rows: {
        incremental: { at: { last_value: 9, unique_hashes: [expect.any(String), expect.any(String)] } },
      },
    });
    await made().run({ to, fetch: api(PAGES) });
    expect(rowsOf(to)).toHaveLength(5);
  });

  test("whose function gives rows in order, goes on from its cursor", async () => {
    const to = memory();
    const starts: unknown[] = [];
    const all = [1, 2, 2, 3, 4, 4, 5].map((at, id) => ({ id, at }));
    const ordered = pipeline(
      "p",
      resource(
        "rows",
        { cursor: incremental("at", { initial: 0, rowOrder: "asc" }) },
        async function* ({ cursor }) {
          starts.push(cursor.start);
          for (const row of all) if (row.at >= cursor.start) yield [row];
        },
      ),
    );
    await round(ordered, { to, maxBytes: 1 });
    expect(rowsOf(to)).toEqual(all.map(({ id, at }) => `${id}@${at}`));
    expect(starts.length).toBeGreaterThan(2);
    expect(starts).toEqual((starts as number[]).toSorted((a, b) => a - b));
  });

  test("is read to its end when its rows come in no order", async () => {
    const rows = pipeline(
      "p",
      resource("rows", { cursor: incremental("at", { initial: 0 }) }, function* () {
        yield { id: 1, at: 2 };
        yield { id: 2, at: 1 };
      }),
    );
    expect(await rows.run({ to: memory(), maxBytes: 1 })).toMatchObject({ complete: true, records: 2 });
  });
});

const page = fc.array(fc.record({ id: fc.nat(20), at: fc.nat(6) }), { maxLength: 4 });
const rounds = fc.array(
  fc.record({
    pages: fc.array(page, { minLength: 1, maxLength: 5 }),
    bytes: fc.integer({ min: 1, max: 120 }),
  }),
  {
    minLength: 1,
    maxLength: 3,
  },
);

test.each([
  ["in budgets", (bytes: number) => ({ maxBytes: bytes })],
  ["in checkpoints", (bytes: number) => ({ checkpoint: { bytes } })],
] as const)("rounds %s give the rows and the state of whole runs", async (_, split) => {
  await fc.assert(
    fc.asyncProperty(rounds, fc.constantFrom({}, { primaryKey: "id" }), async (each, options) => {
      const [whole, parts] = [memory(), memory()];
      for (const { pages, bytes } of each) {
        await made(undefined, options).run({ to: whole, fetch: api(pages), packages: "none" });
        await round(made(undefined, options), {
          to: parts,
          fetch: api(pages),
          packages: "none",
          ...split(bytes),
        });
        expect(rowsOf(parts)).toEqual(rowsOf(whole));
        expect(await kept(parts)).toEqual(await kept(whole));
      }
    }),
    { numRuns: 25, seed: 5 },
  );
});

describe("checkpoints", () => {
  const many = Array.from({ length: 40 }, (_, n) => [{ id: n, at: (n * 7) % 40 }]);

  test("keep what was read before a page that fails, and the next run goes on there", async () => {
    const to = memory();
    const run = made().run({ to, fetch: api(many, 35), checkpoint: { bytes: 150 } });
    await expect(run).rejects.toMatchObject({
      code: "SOURCE_HTTP",
      hint: expect.stringMatching(
        /^\d+ loads are kept \(\d+ records\): the next run goes on with rows from page \d+/,
      ),
    });
    const loaded = rowsOf(to).length;
    expect(loaded).toBeGreaterThan(20);
    // The cursor has not moved: there may be more below what has been seen.
    expect(await kept(to)).toBeUndefined();
    const asked: string[] = [];
    const rest = await made().run({
      to,
      fetch: ((request: Request) => {
        asked.push(request.url);
        return api(many)(request);
      }) as typeof fetch,
    });
    expect(rest).toMatchObject({ complete: true, records: 40 - loaded });
    expect(asked).toHaveLength(40 - loaded);
    expect(rowsOf(to)).toEqual(many.flat().map(({ id, at }) => `${id}@${at}`));
  });

  test("say together what contracts have left out, each column once", async () => {
    const to = memory();
    await made().run({ to, fetch: api([[{ id: 0, at: 0 }]]) });
    const more = Array.from({ length: 12 }, (_, n) => [
      { id: n, at: n + 1, a: n % 2 ? "x" : 1 },
      { id: n % 3 ? n : "t", at: n + 1 },
    ]) as never;
    const run = async (options: object) =>
      made().run({
        to,
        fetch: api(more),
        contract: { columns: "discard_value", data_type: "discard_row" },
        ...options,
      });
    const parts = await run({ checkpoint: { bytes: 100 } });
    expect(parts.loads!.length).toBeGreaterThan(3);
    const { list, ...counts } = parts.discarded;
    expect(counts).toEqual({ rows: 4, values: 12, entries: 2 });
    expect(list).toEqual([
      { table: "rows", column: "a", entity: "columns", mode: "discard_value", type: "bigint", values: 12 },
      { table: "rows", column: "id", entity: "data_type", mode: "discard_row", type: "text", rows: 4 },
    ]);
  });

  test("say together what they have loaded", async () => {
    const to = memory();
    const info = await made().run({ to, fetch: api(many), checkpoint: { bytes: 150 } });
    expect(info).toMatchObject({
      complete: true,
      records: 40,
      pages: 40,
      tables: { rows: { rows: 40, isNew: true } },
    });
    expect(info.loads!.length).toBeGreaterThan(3);
    expect(info.loads!.at(-1)).toBe(info.loadId);
    expect(String(info).match(/→/g)).toHaveLength(info.loads!.length);
  });

  test.each([
    [{ checkpoint: {} }],
    [{ checkpoint: { bytes: 0 } }],
    [{ checkpoint: { rows: 5 } }],
    [{ checkpoint: { bytes: 5 }, limit: 3 }],
    [{ checkpoint: { bytes: 5 }, data: { rows: [] } }],
  ])("%j is refused", async (options) => {
    const run = made().run({ to: memory(), fetch: api(PAGES), ...(options as RunOptions) });
    await expect(run).rejects.toMatchObject({ code: "PIPELINE_INVALID" });
  });
});

test("the cursor of a transformer waits for its parents' end", async () => {
  const to = memory();
  const parents = resource("parents", {}, ({ http }) => http.pages("/rows"));
  const children = transformer(
    "rows",
    {
      from: parents,
      pick: { id: "bigint", at: "bigint" },
      parallel: 3,
      cursor: incremental("at", { initial: 0 }),
    },
    ({ id, at }) => [{ id: id + 100n, at }],
  );
  const both = pipeline("p", source("s", { http: http(URL) }, [parents, children]));
  await both.run({ to, fetch: api(PAGES), maxBytes: 1 });
  expect(await kept(to)).toBeUndefined();
  await round(both, { to, fetch: api(PAGES), maxBytes: 1 });
  expect(rowsOf(to)).toEqual(["101@5", "102@9", "103@1", "104@9", "105@3"]);
  expect(await kept(to)).toMatchObject({ rows: { incremental: { at: { last_value: 9 } } } });
});
