import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { inPage, newProfile, type Profile, type ProfiledBrowser } from "./chromium.ts";
import { type PageServer, servePages } from "./server.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const PAGE = "/test/browser/pages/storage.ts";
const WORKER = "/test/browser/pages/worker.ts";

let server: PageServer;
let profile: Profile;
let browser: ProfiledBrowser;

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [`${root}/test/browser/pages/worker.ts`],
    bundle: true,
    format: "esm",
    write: false,
    alias: {
      runlet: `${root}/dist/host-browser/index.js`,
      "runlet/browser": `${root}/dist/host-browser/extras.js`,
      "runlet/duckdb": `${root}/dist/core/destinations/duckdb/index.js`,
    },
    logLevel: "error",
  });
  server = await servePages({
    folders: [root],
    answers: {
      "/bundled/worker.js": (_, response) =>
        void response.writeHead(200, { "content-type": "text/javascript" }).end(outputFiles[0]!.contents),
    },
  });
}, 60_000);
afterAll(() => server.close());

// Most tests kill their browser.
beforeEach(async () => {
  profile = await newProfile();
  browser = await profile.start();
}, 60_000);
afterEach(() => profile.remove(), 60_000);

const open = () => browser.open(`${server.origin}/blank.html`);

/** Kills the browser at a point of a load of 500 and loads 10 more; by the page itself or by a worker of it. */
async function killedAt(point: string, by: "page" | "worker"): Promise<unknown> {
  const ask = (name: string, ...args: unknown[]): [string, string, ...unknown[]] =>
    by === "page" ? [PAGE, name, ...args] : [WORKER, "inWorker", name, ...args];
  const page = await open();
  const reached = once(server.events, `/reached/${point}`);
  void inPage(page, ...ask("loadUntil", point, 500)).catch(() => undefined);
  await reached;
  browser.kill();
  await browser.close();
  browser = await profile.start();
  const again = await open();
  const result = await inPage(again, ...ask("load", 10));
  expect(await inPage(again, PAGE, "files", ".runlet")).toEqual([]);
  return result;
}

describe("a killed tab", () => {
  test.each(["page", "worker"] as const)(
    "a package that a %s has sealed is loaded by the next run",
    async (by) => {
      expect(await killedAt("package.seal.after", by)).toEqual({
        recovered: 1,
        rows: [{ items: 510, tags: 510, loads: 2 }],
      });
    },
  );

  test("a package that was not sealed is left out", async () => {
    expect(await killedAt("package.seal.before", "page")).toEqual({
      recovered: 0,
      rows: [{ items: 10, tags: 10, loads: 1 }],
    });
  });

  test("a load that was committed is not loaded twice", async () => {
    expect(await killedAt("destination.commit.after", "page")).toEqual({
      recovered: 0,
      rows: [{ items: 510, tags: 510, loads: 2 }],
    });
  });
});

test("packages are kept where that is asked for, and two runs at once are refused", async () => {
  const page = await open();
  await inPage(page, PAGE, "load", 3, { packages: "keep" });
  const kept = await inPage<string[]>(page, PAGE, "files", ".runlet");
  const names = kept.map((file) => file.replace(/^shop\/[\d.]+\//, "").replace(/\d+/, "N"));
  expect(names).toEqual(
    expect.arrayContaining(["items.N.arrow", "items__tags.N.arrow", "manifest.json", "schema.json"]),
  );
  expect(await inPage(page, PAGE, "twice")).toEqual({
    code: "CONCURRENT_RUN",
    message:
      "pipeline shop to duckdb:opfs://shop.duckdb is being run in this browser, in another tab or here",
  });
});
