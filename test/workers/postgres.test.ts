import postgres from "postgres";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { type Bundle, bundleWorker } from "./bundled.ts";
import { type MiniflareOptions, type Running, startMiniflare } from "./miniflare.ts";

// workerd, its sockets, and a real PostgreSQL server. The second Worker keeps load packages in a bucket, and can be made to
// fail at a point, from which on nothing of it works any more, as if its isolate had gone.

const TOKEN = "token-of-this-worker";

const entry = (options: string) => `
import { pipeline, resource, secret } from "runlet";
import { postgres } from "runlet/postgres";
import { r2 } from "runlet/parquet";
import { worker } from "runlet/workers";
import { armFailpoints } from "./node_modules/runlet/dist/core/packages/failpoints.js";

const items = resource("items", { config: { key: secret("API_KEY") } }, ({ state, config }) => {
  const from = Number(state.next ?? 0);
  state.next = from + 3;
  if (config.key.length !== 12) throw new Error("bad key " + config.key);
  return Array.from({ length: 3 }, (_, n) => ({ n: from + n, big: 9007199254740993n, tags: ["a", "b"] }));
});
const p = pipeline("p", [items, resource("events", {}, [])]);
const handlers = worker(p, { to: postgres(secret("DATABASE_URL")), ${options} });
export default {
  ...handlers,
  async fetch(request, env, context) {
    const point = new URL(request.url).searchParams.get("crash");
    if (!point) return handlers.fetch(request, env, context);
    let dead = false;
    armFailpoints((at) => {
      dead ||= at === point;
      if (dead) throw new Error("crashed at " + at);
    });
    const answer = await handlers.fetch(new Request(request.url.split("?")[0], request), env, context);
    armFailpoints(undefined);
    return answer;
  },
};`;

let server: PostgresServer;
let sql: postgres.Sql;
beforeAll(async () => {
  server = await startPostgres();
  sql = postgres(server.url(), { max: 1, onnotice: () => undefined });
}, 60_000);
afterAll(async () => {
  await sql?.end();
  await server?.stop();
});
beforeEach(() => sql`drop schema if exists p_dataset cascade`);

const numbers = async (table = "items", column = "n") =>
  (await sql.unsafe(`select ${column} as v from p_dataset.${table} order by 1`)).map(({ v }) => Number(v));

const settings = (more: MiniflareOptions = {}): MiniflareOptions => ({
  bindings: { RUNLET_TOKEN: TOKEN, DATABASE_URL: server.url(), API_KEY: "api-key-4711" },
  compatibilityFlags: ["nodejs_compat"],
  ...more,
});

async function ask(worker: Running, path: string, method = "POST", body?: string): Promise<[number, any]> {
  const headers = { authorization: `Bearer ${TOKEN}` };
  const response = await worker.fetch(path, { method, headers, ...(body ? { body } : {}) });
  return [response.status, await response.json()];
}

describe("a Worker that loads into Postgres", { timeout: 120_000 }, () => {
  let bundle: Bundle;
  let worker: Running;
  beforeAll(async () => {
    bundle = await bundleWorker(entry(`queue: { resource: "events" }`));
    worker = await startMiniflare(bundle, settings({ queueConsumers: { hooks: {} } }));
  }, 300_000);
  afterAll(async () => {
    await worker?.stop();
    bundle?.remove();
  });

  test("goes on where the last run ended, by the clock or by request", async () => {
    expect(await worker.scheduled("* * * * *")).toMatchObject({ outcome: "ok" });
    expect((await ask(worker, "/run?only=items"))[0]).toBe(200);
    expect(await numbers()).toEqual([0, 1, 2, 3, 4, 5]);
    expect((await sql`select distinct big::text from p_dataset.items`).map(({ big }) => big)).toEqual([
      "9007199254740993",
    ]);
    expect(await sql`select count(*)::int n from p_dataset.items__tags`).toMatchObject([{ n: 12 }]);
    const [, status] = await ask(worker, "/status", "GET");
    expect(status).toMatchObject({
      destination: "postgres:$DATABASE_URL",
      dataset: "p_dataset",
      loads: [{ status: 0 }, { status: 0 }],
      tables: { items: {}, items__tags: { parent: "items" } },
    });
  });

  test("loads a batch of messages once, also when it is delivered again", async () => {
    const messages = [1, 2, 3].map((n) => ({ id: `m${n}`, body: { n, at: "2024-05-06T07:08:09Z" } }));
    expect((await worker.queue("hooks", messages)).explicitAcks).toEqual(["m1", "m2", "m3"]);
    const more = [...messages.slice(1), { id: "m4", body: [{ n: 4 }, { n: 5 }] }, { id: "bad", body: "?" }];
    const second = await worker.queue("hooks", more);
    expect(second.explicitAcks).toEqual(["m2", "m3", "m4"]);
    expect(second.retryMessages).toMatchObject([{ msgId: "bad" }]);
    expect(await numbers("events")).toEqual([1, 2, 3, 4, 5]);
    expect(await sql`select count(*)::int n from p_dataset._dlt_loads`).toMatchObject([{ n: 2 }]);
  });

  test("loads what is sent to it", async () => {
    const [status, info] = await ask(worker, "/load/events", "POST", '{"n":1}\n{"n":2}\n');
    expect([status, info]).toMatchObject([200, { tables: { events: { rows: 2 } } }]);
    expect(await numbers("events")).toEqual([1, 2]);
  });

  test("goes on with a run after the answer", async () => {
    expect(await ask(worker, "/run?wait=false&only=items")).toMatchObject([202, { state: "running" }]);
    await expect
      .poll(async () => (await ask(worker, "/status", "GET"))[1].lastRun.state, { timeout: 30_000 })
      .toBe("done");
    expect(await numbers()).toEqual([0, 1, 2]);
  });

  test("says what is wrong without showing a secret", async () => {
    const wrong = await startMiniflare(
      bundle,
      settings({
        bindings: { RUNLET_TOKEN: TOKEN, DATABASE_URL: server.url("no_such"), API_KEY: "wrong-key-0815" },
        queueConsumers: { hooks: {} },
      }),
    );
    const [missing, answer] = await ask(wrong, "/run");
    expect([missing, answer.error.code]).toEqual([502, "DESTINATION_FAILED"]);
    expect(answer.error.message).toContain("does not exist");
    const again = await wrong.queue("hooks", [{ id: "m1", body: { n: 1 }, attempts: 2 }]);
    expect(again).toMatchObject({ explicitAcks: [], retryMessages: [{ msgId: "m1", delaySeconds: 20 }] });
    expect(await wrong.scheduled("* * * * *")).toMatchObject({ outcome: "exception" });
    const said = JSON.stringify([answer, again, await ask(wrong, "/status", "GET")]) + (await wrong.logged());
    await wrong.stop();
    expect(said).toContain("run.failed");
    for (const hidden of ["s3cret", "wrong-key", TOKEN]) expect(said).not.toContain(hidden);
  });

  test("without a token nobody may run it", async () => {
    const open = await startMiniflare(
      bundle,
      settings({ bindings: { DATABASE_URL: server.url(), API_KEY: "x" } }),
    );
    const response = await open.fetch("/run", { method: "POST", headers: { authorization: "Bearer x" } });
    expect([response.status, await response.json()]).toMatchObject([
      403,
      { error: { code: "CONFIG_MISSING" } },
    ]);
    await open.stop();
  });
});

describe("a Worker with load packages in a bucket", { timeout: 120_000 }, () => {
  let bundle: Bundle;
  let home: string;
  let worker: Running;
  const start = () => startMiniflare(bundle, settings({ r2Buckets: ["PACKAGES"], r2Persist: home }));
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), "runlet-r2-"));
    bundle = await bundleWorker(entry(`storage: r2("PACKAGES", "runlet")`));
    worker = await start();
  }, 60_000);
  afterAll(async () => {
    await worker?.stop();
    bundle?.remove();
    rmSync(home, { recursive: true, force: true });
  });

  const left = async () =>
    (await worker.list("PACKAGES")).map(({ key }) => key).filter((key) => !key.includes("/locks/"));

  test("leaves nothing behind but a lock that is free", async () => {
    expect((await ask(worker, "/run"))[0]).toBe(200);
    expect((await worker.list("PACKAGES")).map(({ key, size }) => [key, size])).toEqual([
      [expect.stringMatching(/^runlet\/p\/locks\/run-\w+\.lock\/000000001$/), 0],
    ]);
  });

  // Where the destination has, or gets, what was cut off, the run goes on after it.
  test.each([
    ["extract.after", { status: 500, recovered: 0, loads: 2 }],
    ["package.seal.during", { status: 500, recovered: 0, loads: 2 }],
    ["package.seal.after", { status: 500, recovered: 1, loads: 3 }],
    ["destination.commit.before", { status: 500, recovered: 1, loads: 3 }],
    ["destination.commit.after", { status: 500, recovered: 0, loads: 3 }],
    ["package.remove.during", { status: 200, recovered: 0, loads: 3 }],
  ])(
    "cut off at %s, is finished or begun anew by the next run",
    async (point, { status, recovered, loads }) => {
      await ask(worker, "/run");
      expect((await ask(worker, `/run?crash=${point}`))[0]).toBe(status);
      expect((await left()).some((key) => key.endsWith("/manifest.json"))).toBe(true);
      if (point === "package.seal.after") {
        // By another process, too: what the bucket holds is all that is needed.
        await worker.stop();
        worker = await start();
      }
      const [ok, info] = await ask(worker, "/run");
      expect([ok, info.recovered?.length]).toEqual([200, recovered]);
      expect(await sql`select count(*)::int n from p_dataset._dlt_loads where status = 0`).toMatchObject([
        { n: loads },
      ]);
      expect(await numbers()).toEqual(Array.from({ length: 3 * loads }, (_, n) => n));
      expect(await left()).toEqual([]);
    },
  );
});
