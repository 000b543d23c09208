import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pipeline, resource, nullDestination, transformer } from "../../host-node/index.ts";
import { inPage, newProfile, type Profile, type ProfiledBrowser } from "./chromium.ts";
import { largeEvents } from "./large-events.ts";
import { type PageServer, servePages } from "./server.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const PAGE = "/test/browser/pages/engine.ts";

let server: PageServer;
let profile: Profile;
let browser: ProfiledBrowser;
let page: Page;

beforeAll(async () => {
  server = await servePages({
    folders: [root],
    answers: {
      "/small.ndjson": (_, response) => void response.end(largeEvents(4_000_000)),
      "/large.ndjson": (_, response) => void response.end(largeEvents(50_000_000)),
    },
  });
  profile = await newProfile();
  browser = await profile.start();
  page = await browser.open(`${server.origin}/blank.html`);
}, 60_000);

afterAll(async () => {
  await profile.remove();
  server.close();
}, 60_000);

const workers = () => page.workers().filter((worker) => worker.url().endsWith("/engine-worker.js")).length;

describe("the engine in a worker of its own", () => {
  test("gives byte for byte what it gives in the page, and in Node", async () => {
    const parents = resource("events", {}, () => [largeEvents(4_000_000)].values());
    const children = transformer("actors", { from: parents, pick: { id: "text", type: "text" } }, (event) => [
      { event: event.id, kind: event.type, nested: [1, { deep: true }] },
    ]);
    const to = nullDestination();
    const reproduce = { loadId: "1700000000.123456", seed: "7" };
    const { records } = await pipeline("events", [parents, children]).run({ to, reproduce });
    expect(Object.keys(to.digests())).toEqual(["actors", "actors__nested", "events", "events__commits"]);

    await inPage(page, PAGE, "place", false);
    const inThePage = await inPage(page, PAGE, "digests", "/small.ndjson");
    expect(workers()).toBe(0);
    await inPage(page, PAGE, "place", true);
    const inAWorker = await inPage(page, PAGE, "digests", "/small.ndjson");
    expect(workers()).toBe(1);
    expect(inThePage).toMatchObject({ digests: to.digests(), records });
    expect(inAWorker).toEqual(inThePage);
  });

  const lines = (count: number, bad: string) =>
    [...Array.from({ length: count }, (_, id) => JSON.stringify({ id, text: "x".repeat(40) })), bad].join(
      "\n",
    );

  test.each([
    ["SOURCE_NOT_JSON", "a bad record", lines(20_000, '{"id": }'), {}],
    [undefined, "a bad record set aside", lines(20_000, '{"id": }'), { onBadRecord: "quarantine" }],
    [
      "LIMIT_RECORD",
      "a long one",
      lines(10, `{"a":"${"y".repeat(5000)}"}`),
      { limits: { recordBytes: 2000 } },
    ],
    ["LIMIT_COLUMNS", "too many columns", '{"a":1,"b":2,"c":3}', { limits: { columns: 2 } }],
    ["LIMIT_MEMORY", "no more memory", lines(300_000, "{}"), { limits: { memoryBytes: 4 * 1024 * 1024 } }],
    ["DEFECT", "no engine", "{}", {}, true],
  ])("%s, %s: the same is said from there", async (code, _, ...args) => {
    await inPage(page, PAGE, "place", false);
    const here = await inPage<{ code?: string }>(page, PAGE, "fault", ...args);
    expect(here.code).toBe(code);
    await inPage(page, PAGE, "place", true);
    expect(await inPage(page, PAGE, "fault", ...args)).toEqual(here);
    // The worker is as good as before.
    expect(await inPage(page, PAGE, "fault", '{"a":1}')).toMatchObject({
      digests: { items: { streams: 1 } },
    });
  });

  test("a cancelled run stops, and the next one begins anew", async () => {
    await inPage(page, PAGE, "place", true);
    expect(await inPage(page, PAGE, "cancelled", "/large.ndjson")).toEqual({ code: "CANCELLED", records: 3 });
    await expect.poll(workers).toBe(1);
  });

  test("where the worker cannot be had, the engine runs in the page", async () => {
    const other = await browser.open(`${server.origin}/blank.html`);
    await inPage(other, PAGE, "place", `${server.origin}/no-such-worker.js`);
    expect(await inPage(other, PAGE, "fault", '{"a":1}')).toMatchObject({
      digests: { items: { streams: 1 } },
    });
    expect(other.workers()).toHaveLength(0);
    await other.close();
  });

  test("while 50 MB are normalised and loaded the page goes on", async () => {
    await inPage(page, PAGE, "place", true);
    const told = await inPage<Record<"rows" | "records" | "bytes" | "ms" | "longest" | "events", number>>(
      page,
      PAGE,
      "longTasks",
      "/large.ndjson",
      "opfs://large.duckdb",
    );
    console.log(
      `longest task ${told.longest.toFixed(0)} ms, ${(told.bytes / told.ms / 1000).toFixed(1)} MB/s into OPFS`,
    );
    expect(told.rows).toBe(told.records);
    expect(told.bytes).toBeGreaterThan(49_000_000);
    expect(told.events).toBeGreaterThan(50);
    // The figure is printed, not asserted: it depends on the machine. Held up for good it would be the whole time.
    expect(told.longest).toBeLessThan(told.ms / 2);
  });
});
