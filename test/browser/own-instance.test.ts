import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { duckdb } from "../../core/destinations/duckdb/index.ts";
import type { TableSchema } from "../../core/schema/types.ts";
import { pipeline, resource } from "../../host-node/index.ts";
import { inPage, newProfile, type Profile, type ProfiledBrowser } from "./chromium.ts";
import { duckdbWasm, VERSIONS } from "./duckdb-wasm-version.ts";
import { servePages } from "./server.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const require = createRequire(import.meta.url);

const items = resource("items", { columns: { raw: { type: "json" } } }, [
  { id: 1, big: 9007199254740993n, at: "2024-02-29T00:00:00Z", raw: { a: [1] }, tags: ["x", "y"] },
]);
const SUMMARY = "select count(*)::int as n, max(big)::varchar as big, max(raw::varchar) as raw from items";
const ASKED = [{ n: 2, big: "9007199254740993", raw: '{"a":[1]}' }];

/** The part of the blocking build that an application uses. */
interface Blocking {
  createDuckDB(bundles: object, logger: object, runtime: object): Promise<BlockingDatabase>;
  VoidLogger: new () => object;
  NODE_RUNTIME: object;
}
interface BlockingDatabase {
  instantiate(): Promise<unknown>;
  open(config: object): void;
  connect(): BlockingConnection;
  runQuery(connection: number, sql: string): Uint8Array;
  insertArrowFromIPCStream(connection: number, stream: Uint8Array, options?: object): void;
}
interface BlockingConnection {
  query(sql: string): { toArray(): { toJSON(): Record<string, unknown> }[] };
  useUnsafe<T>(callback: (bindings: BlockingDatabase, connection: number) => T): T;
  close(): void;
}

describe.each(VERSIONS)("duckdb({ db }) with duckdb-wasm %s", (version) => {
  let profile: Profile;
  let browser: ProfiledBrowser;
  let dist: string;

  beforeAll(async () => {
    dist = duckdbWasm(version);
    profile = await newProfile();
    browser = await profile.start();
  }, 60_000);
  afterAll(() => profile.remove(), 60_000);

  test("loads to the instance of a page, by itself or by a connection, and leaves it as it was", async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: `export * from ${JSON.stringify(join(dist, "duckdb-browser.mjs"))}`,
        resolveDir: root,
      },
      bundle: true,
      format: "esm",
      write: false,
      nodePaths: [join(root, "node_modules")],
      logLevel: "error",
    });
    const server = await servePages({
      folders: [root, join(dist, "..")],
      answers: {
        "/library.js": (_, response) =>
          void response.writeHead(200, { "content-type": "text/javascript" }).end(outputFiles[0]!.contents),
      },
    });
    try {
      const page = await browser.open(`${server.origin}/blank.html`);
      const place =
        version === "pinned" ? "/node_modules/@duckdb/duckdb-wasm/dist" : `/build/duckdb/${version}/dist`;
      expect(await inPage(page, "/test/browser/pages/own-instance.ts", "run", "/library.js", place)).toEqual({
        destination: "duckdb:(own instance)",
        asked: ASKED,
        both: 4,
        databases: 1,
      });
    } finally {
      server.close();
    }
  });

  test("loads to a blocking instance in Node", async () => {
    const library = require(join(dist, "duckdb-node-blocking.cjs")) as Blocking;
    const bundle = { mainModule: join(dist, "duckdb-eh.wasm"), mainWorker: "" };
    const db = await library.createDuckDB(
      { mvp: bundle, eh: bundle },
      new library.VoidLogger(),
      library.NODE_RUNTIME,
    );
    await db.instantiate();
    db.open({});
    const own = db.connect();
    const shop = pipeline("shop", items);
    await shop.run({ to: duckdb({ db }) });
    const info = await shop.run({ to: duckdb({ db: own }) });
    expect(await info.dataset.query(SUMMARY)).toEqual(ASKED);
    const [tags] = own.query("select count(*)::int as n from shop_dataset.items__tags").toArray();
    expect(tags!.toJSON()).toEqual({ n: 4 });

    // Sessions at the same time, each to the database of its own connection.
    own.query("attach ':memory:' as other");
    const elsewhere = db.connect();
    elsewhere.query("use other");
    const first = await duckdb({ db: own }).open({ dataset: "shop_dataset" });
    await shop.run({ to: duckdb({ db: elsewhere }) });
    await first.close();
    const count = (name: string) =>
      own.query(`select count(*)::int as n from ${name}.shop_dataset.items__tags`).toArray()[0]!.toJSON();
    expect([count("memory"), count("other")]).toEqual([{ n: 4 }, { n: 2 }]);
  });
});

test.each([":memory:", "file"])("duckdb({ db }) with native DuckDB, %s", async (where) => {
  const folder = await mkdtemp(join(tmpdir(), "runlet-own-"));
  try {
    const path = where === "file" ? join(folder, "own.duckdb") : where;
    const db = await DuckDBInstance.create(path);
    const own = await db.connect();
    await own.run("create table mine as select 42 as answer");
    const shop = pipeline("shop", items);
    await shop.run({ to: duckdb({ db }) });
    const info = await shop.run({ to: duckdb({ db }) });
    expect(await info.dataset.query(SUMMARY)).toEqual(ASKED);
    const reader = await own.runAndReadAll("select count(*)::int from shop_dataset.items__tags, mine");
    expect(reader.getRows()).toEqual([[4]]);
    const databases = await own.runAndReadAll(
      "select count(*)::int from duckdb_databases() where not internal",
    );
    expect(databases.getRows()).toEqual([[1]]);
    own.closeSync();
    db.closeSync();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a load does not wait for a transaction that the application has open in its file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "runlet-own-"));
  try {
    const path = join(folder, "own.duckdb");
    const db = await DuckDBInstance.create(path);
    const own = await db.connect();
    await own.run("create table mine (answer int)");
    await own.run("begin");
    await own.run("insert into mine values (42)");
    await pipeline("shop", items).run({ to: duckdb({ db }) });
    await own.run("commit");
    own.closeSync();
    db.closeSync();
    const again = await DuckDBInstance.create(path);
    const reader = await (
      await again.connect()
    ).runAndReadAll("select count(*)::int, max(answer) from shop_dataset.items__tags, mine");
    expect(reader.getRows()).toEqual([[2, 42]]);
    again.closeSync();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a session may be opened while the last one is being closed", async () => {
  const db = await DuckDBInstance.create(":memory:");
  const to = duckdb({ db });
  const raw: TableSchema = { name: "raws", columns: { raw: { name: "raw", data_type: "json" } } };
  let session = await to.open({ dataset: "ds" });
  // A race: one round does not tell.
  for (let round = 0; round < 20; round++) {
    const closed = session.close();
    session = await to.open({ dataset: "ds" });
    await closed;
    const load = await session.begin(String(round));
    await load.prepare(raw, "append");
    await load.rollback();
    expect(await session.hasLoad(String(round))).toBe(false);
  }
  await session.close();
  db.closeSync();
});

test.each([
  ["no instance", { connect: async () => undefined, closeSync: () => undefined }],
  ["one that was not waited for", DuckDBInstance.create()],
  ["nothing", undefined],
])("what is no DuckDB is named: %s", async (_, db) => {
  const to = duckdb({ db: db as unknown as DuckDBInstance });
  await expect(pipeline("shop", items).run({ to })).rejects.toMatchObject({
    code: "PIPELINE_INVALID",
    message: "db is no instance of a DuckDB that runlet knows",
  });
});
