import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Bundle, bundleWorker, repository } from "./bundled.ts";
import { type Running, startMiniflare } from "./miniflare.ts";

// examples/worker as it is, bundled as wrangler does, under miniflare, with the API of examples/http-api.

const TOKEN = "example-token-of-the-worker";
const API_TOKEN = "demo";
const issues = JSON.parse(
  gunzipSync(readFileSync(join(repository, "examples/data/github-issues.json.gz"))).toString(),
) as { number: number; labels: { name: string }[] }[];

let api: Server;
let bundle: Bundle;
let worker: Running;
let home: string;
const texts: string[] = [];

const wrangler = JSON.parse(
  readFileSync(join(repository, "examples/worker/wrangler.jsonc"), "utf8")
    .replace(/^\s*\/\/.*$/gm, "")
    .replace(/,(\s*[\]}])/g, "$1"),
) as {
  compatibility_date: string;
  triggers: { crons: [string] };
  r2_buckets: { binding: string }[];
  queues: { producers: { binding: string; queue: string }[]; consumers: { queue: string }[] };
};

beforeAll(async () => {
  const { listen } = (await import(join(repository, "examples/http-api/server.mjs"))) as {
    listen(port: number): Promise<Server>;
  };
  api = await listen(0);
  bundle = await bundleWorker(["examples/worker/worker.ts", "examples/http-api/pipeline.ts"]);
  home = mkdtempSync(join(tmpdir(), "runlet-r2-"));
  worker = await startMiniflare(bundle, {
    compatibilityDate: wrangler.compatibility_date,
    bindings: { API_TOKEN, RUNLET_TOKEN: TOKEN },
    r2Buckets: wrangler.r2_buckets.map(({ binding }) => binding),
    r2Persist: home,
    queueProducers: Object.fromEntries(
      wrangler.queues.producers.map(({ binding, queue }) => [binding, queue]),
    ),
    queueConsumers: Object.fromEntries(
      wrangler.queues.consumers.map(({ queue }) => [queue, { maxBatchTimeout: 0.1 }]),
    ),
    redirect: { "http://127.0.0.1:8787": `http://127.0.0.1:${(api.address() as AddressInfo).port}` },
  });
}, 300_000);

afterAll(async () => {
  await worker?.stop();
  api?.close();
  bundle?.remove();
  rmSync(home, { recursive: true, force: true });
});

async function ask(path: string, method = "GET", token: string | undefined = TOKEN): Promise<[number, any]> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await worker.fetch(path, { method, headers });
  const text = await response.text();
  texts.push(text);
  return [response.status, JSON.parse(text)];
}

interface Commit {
  tables?: { name: string; add: { name: string }[]; remove: string[] }[];
}

/** A table's rows, in the files of which it consists by the records of all commits. */
async function rows(table: string): Promise<Record<string, unknown>[]> {
  const at = "lake/api_dataset/";
  const live = new Set<string>();
  const commits = (await worker.list("LAKE", `${at}_runlet_commits/`)).filter(({ key }) =>
    key.endsWith(".json"),
  );
  for (const { key } of commits) {
    const { tables = [] } = JSON.parse(Buffer.from((await worker.get("LAKE", key))!).toString()) as Commit;
    for (const { name, add, remove } of tables) {
      if (name !== table) continue;
      for (const file of remove) live.delete(file);
      for (const file of add) live.add(file.name);
    }
  }
  const found: Record<string, unknown>[] = [];
  for (const name of live) {
    const bytes = (await worker.get("LAKE", at + name))!;
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    found.push(...(await parquetReadObjects({ file })));
  }
  return found;
}

const numbers = (found: Record<string, unknown>[], column: string) =>
  found.map((row) => Number(row[column])).sort((a, b) => a - b);
const wanted = issues.map(({ number }) => number).sort((a, b) => a - b);

describe("examples/worker", { timeout: 120_000 }, () => {
  test("by the clock: Parquet files in the bucket, all rows in them", async () => {
    expect(await worker.scheduled(wrangler.triggers.crons[0])).toMatchObject({ outcome: "ok" });
    const found = await rows("issues");
    expect(numbers(found, "number")).toEqual(wanted);
    const labels = await rows("labels");
    const pairs = issues
      .flatMap(({ number, labels }) => labels.map(({ name }) => `${number} ${name}`))
      .sort();
    expect(labels.map((row) => `${row["_issues_number"]} ${row["name"]}`).sort()).toEqual(pairs);
    expect(found[0]).not.toHaveProperty("body");
  });

  test("by request: with the token only", async () => {
    for (const token of [undefined, "wrong", API_TOKEN]) {
      const response = await worker.fetch("/run", {
        method: "POST",
        headers: token ? { authorization: `Bearer ${token}` } : {},
      });
      expect(response.status).toBe(401);
    }
    const [status, info] = await ask("/run?only=issues", "POST");
    expect([status, info]).toMatchObject([
      200,
      { destination: "parquet:r2:LAKE/lake", tables: { issues: { rows: issues.length, isNew: false } } },
    ]);
    expect(info.tables).not.toHaveProperty("labels");
  });

  test("says what is there", async () => {
    const [status, found] = await ask("/status");
    expect([status, found]).toMatchObject([
      200,
      {
        pipeline: "api",
        dataset: "api_dataset",
        schema: { name: "api" },
        tables: { issues: {}, labels: {}, issues__labels: { parent: "issues" } },
        lastRun: { state: "done", info: { tables: { issues: { rows: issues.length } } } },
      },
    ]);
    expect(found.tables.issues.columns).toContain("number");
    expect(await ask("/health", "GET", undefined)).toEqual([200, { status: "ok" }]);
    expect((await ask("/run", "GET"))[0]).toBe(405);
    expect((await ask("/nothing"))[0]).toBe(404);
  });

  test("replaces what was there: after a second run the rows are the same, not twice as many", async () => {
    const before = (await rows("issues"))[0]!["_dlt_load_id"];
    expect((await ask("/run", "POST"))[0]).toBe(200);
    const now = await rows("issues");
    expect(numbers(now, "number")).toEqual(wanted);
    expect(now.map((row) => row["_dlt_load_id"])).not.toContain(before);
  });

  test("by a message of the queue", async () => {
    const before = (await ask("/status"))[1].latest as string;
    await worker.send(wrangler.queues.producers[0]!.binding, [{ run: { only: ["issues"], limit: 5 } }]);
    await expect
      .poll(async () => ((await ask("/status"))[1].latest as string) > before, {
        timeout: 30_000,
        interval: 300,
      })
      .toBe(true);
    const done = await worker.queue(wrangler.queues.consumers[0]!.queue, [
      { id: "1", body: { run: { only: ["nothing"] } } },
      { id: "2", body: { resource: "issues", records: [{ number: 7_777_777 }] } },
    ]);
    expect(done.explicitAcks).toEqual(["2"]);
    expect(done.retryMessages).toMatchObject([{ msgId: "1", delaySeconds: 10 }]);
    expect(numbers(await rows("issues"), "number")).toEqual([7_777_777]);
  });

  test("leaves no load package, and shows no secret in answers, logs or the bucket", async () => {
    const left = await worker.list("LAKE", "packages/");
    expect(left.filter(({ key }) => !/\/locks\/.*\.lock\/\d+$/.test(key))).toEqual([]);
    expect(left.length).toBeGreaterThan(0);
    const logged = await worker.logged();
    expect(logged).toContain('"event":"run.end"');
    const stored = await worker.list("LAKE");
    for (const { key } of stored.filter(({ key }) => !key.endsWith(".parquet")))
      texts.push(Buffer.from((await worker.get("LAKE", key))!).toString());
    for (const text of [...texts, logged])
      expect(text.includes(TOKEN) || text.includes("Bearer ")).toBe(false);
    expect(texts.some((text) => text.includes("parquet:r2:LAKE/lake"))).toBe(true);
  });
});
