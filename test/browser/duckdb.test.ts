import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inPage, newProfile, type Profile, type ProfiledBrowser } from "./chromium.ts";
import { IMPORT_MAP, type PageServer, servePages } from "./server.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const PAGE = "/test/browser/pages/duckdb.ts";
const ROWS = [{ items: 1000, tags: 2000, big: "9007199254741992", day: "2024-02-29T00:00:00Z" }];

let server: PageServer;
let profile: Profile;
let browser: ProfiledBrowser;

beforeAll(async () => {
  server = await servePages({ folders: [root] });
  profile = await newProfile();
  browser = await profile.start();
}, 60_000);

afterAll(async () => {
  await profile.remove();
  server.close();
}, 60_000);

const open = () => browser.open(`${server.origin}/blank.html`);

describe("in memory", () => {
  test("a run loads, the destination keeps the database, another destination has its own", async () => {
    const page = await open();
    const foreign: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(server.origin)) foreign.push(request.url());
    });
    expect(await inPage(page, PAGE, "inMemory")).toEqual({
      rows: [{ ...ROWS[0], items: 2000, tags: 4000 }],
      other: ROWS[0],
      download: 1,
    });
    // Functions that DuckDB has in an extension are asked for above: nothing is fetched from its server.
    expect(foreign).toEqual([]);
    await page.close();
  });
});

describe("in the origin's private file system", () => {
  const FILE = "opfs://folder/shop.duckdb";

  test("what is loaded is there after a reload", async () => {
    const page = await open();
    expect(await inPage(page, PAGE, "load", FILE)).toEqual({ destination: `duckdb:${FILE}`, rows: ROWS });
    await page.reload();
    expect(await inPage(page, PAGE, "query", FILE)).toEqual(ROWS);
    await page.close();
  });

  test("a run that names no destination loads to a file named after the pipeline", async () => {
    const page = await open();
    expect(await inPage(page, PAGE, "load")).toEqual({
      destination: "duckdb:opfs://shop.duckdb",
      rows: ROWS,
    });
    await page.close();
  });

  test("what a run has loaded when it resolves survives a SIGKILL of the browser", async () => {
    const page = await open();
    await page
      .evaluate(
        `import(${JSON.stringify(PAGE)}).then((m) => m.load("opfs://killed.duckdb")).then(() => console.log("loaded"))`,
      )
      .catch(() => undefined);
    browser.kill();
    await browser.close();
    browser = await profile.start();
    const again = await open();
    expect(await inPage(again, PAGE, "query", "opfs://killed.duckdb")).toEqual(ROWS);
    expect(await inPage(again, PAGE, "load", "opfs://killed.duckdb")).toMatchObject({
      rows: [{ items: 2000, tags: 4000 }],
    });
    await again.close();
  });
});

describe("without duckdb-wasm", () => {
  test("a page that does not say where it is", async () => {
    const { "@duckdb/duckdb-wasm/": _, ...imports } = IMPORT_MAP.imports;
    const bare = await servePages({ folders: [root], importMap: { imports } });
    const page = await browser.open(`${bare.origin}/blank.html`);
    await expect(inPage(page, PAGE, "load", ":memory:")).rejects.toMatchObject({
      code: "DRIVER_MISSING",
      message: "the page does not say where duckdb-wasm's files are",
      hint: expect.stringContaining("configureDuckDB"),
    });
    await page.close();
    bare.close();
  });

  test("files that are not where the page says", async () => {
    const imports = { ...IMPORT_MAP.imports, "@duckdb/duckdb-wasm/dist/duckdb-eh.wasm": "/nowhere.wasm" };
    const wrong = await servePages({ folders: [root], importMap: { imports } });
    const page = await browser.open(`${wrong.origin}/blank.html`);
    await expect(inPage(page, PAGE, "load", ":memory:")).rejects.toMatchObject({
      code: "DRIVER_MISSING",
      message: `${wrong.origin}/nowhere.wasm answers 404`,
    });
    await page.close();
    wrong.close();
  });
});
