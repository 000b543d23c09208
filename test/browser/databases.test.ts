import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { duckdb } from "../../core/destinations/duckdb/index.ts";
import { openDuckDB } from "../../host-node/duckdb/index.ts";
import { inPage, newProfile, type Profile, type ProfiledBrowser } from "./chromium.ts";
import { type PageServer, servePages } from "./server.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const PAGE = "/test/browser/pages/duckdb.ts";
const ROWS = [{ items: 1000, tags: 2000, big: "9007199254741992", day: "2024-02-29T00:00:00Z" }];
const FILE = "opfs://folder/shop.duckdb";

let server: PageServer;
let profile: Profile;
let browser: ProfiledBrowser;

beforeAll(async () => {
  server = await servePages({ folders: [root] });
  profile = await newProfile();
  browser = await profile.start();
  const page = await open();
  await inPage(page, PAGE, "load", FILE);
  await page.close();
}, 60_000);

afterAll(async () => {
  await profile.remove();
  server.close();
}, 60_000);

const open = () => browser.open(`${server.origin}/blank.html`);

describe("saved databases", () => {
  test("a second tab is told that the first has it open, and may have a copy", async () => {
    const [first, second] = [await open(), await open()];
    await inPage(first, PAGE, "hold", FILE);
    await expect(inPage(second, PAGE, "load", FILE)).rejects.toMatchObject({
      code: "DESTINATION_LOCKED",
      message: "shop.duckdb is open in another tab or window",
      hint: expect.stringContaining("readOnly"),
    });
    await expect(inPage(second, PAGE, "remove", FILE)).rejects.toMatchObject({ code: "DESTINATION_LOCKED" });
    expect(await inPage(second, PAGE, "copy", FILE)).toEqual({
      rows: ROWS,
      refused: "the database was opened to be read only",
    });
    await first.close();
    expect(await inPage(second, PAGE, "query", FILE)).toEqual(ROWS);
    await second.close();
  });

  test("databases are listed, taken away, brought back, deleted", async () => {
    const page = await open();
    const entry = (name: string, path = name) => ({
      name,
      address: `opfs://${path}.duckdb`,
      enough: true,
      recent: true,
    });
    expect(await inPage(page, PAGE, "takeAway", FILE, "opfs://back.duckdb")).toEqual({
      name: "shop.duckdb",
      address: "opfs://back.duckdb",
      again: "opfs://back.duckdb exists",
      foreign: "x.duckdb is no DuckDB database",
      rows: ROWS,
    });
    expect(await inPage(page, PAGE, "saved")).toEqual([entry("back"), entry("shop", "folder/shop")]);
    expect(await inPage(page, PAGE, "estimate")).toEqual({ adds: true, some: true });
    await inPage(page, PAGE, "remove", "opfs://back.duckdb");
    await expect(inPage(page, PAGE, "query", "opfs://back.duckdb")).rejects.toMatchObject({
      code: "DESTINATION_FAILED",
      message: expect.stringContaining("opfs://back.duckdb does not exist"),
    });
    await page.close();
  });

  test("a file that is taken away opens in DuckDB elsewhere", async () => {
    const page = await open();
    const folder = await mkdtemp(join(tmpdir(), "runlet-taken-"));
    try {
      const path = join(folder, "shop.duckdb");
      const url = await inPage<string>(page, PAGE, "fileOf", FILE);
      await writeFile(path, Buffer.from(url.slice(url.indexOf(",") + 1), "base64"));
      const session = await duckdb(path, { open: openDuckDB }).open({ dataset: "shop_dataset" });
      expect(await session.query("select count(*) as n, max(big) as big from items")).toEqual([
        { n: 1000n, big: 9007199254741992n },
      ]);
      await session.close();
    } finally {
      await rm(folder, { recursive: true });
      await page.close();
    }
  });

  test("what another database or a cut import has left does not get into an imported one", async () => {
    const page = await open();
    expect(await inPage(page, PAGE, "importOver", FILE, "over.duckdb")).toEqual(ROWS);
    await page.close();
  });

  test("a name may have quotes, signs and letters of all kinds, and not what would cut it short", async () => {
    const page = await open();
    const name = `opfs://数据 dir/it's "q" ü#%41 [x]*;--.duckdb`;
    expect(await inPage(page, PAGE, "loadSome", name, 10)).toEqual([{ items: 10 }]);
    const count = "select count(*)::int as items from items";
    expect(await inPage(page, PAGE, "query", name, count)).toEqual([{ items: 10 }]);
    for (const bad of ["opfs://a?b.duckdb", "opfs://../a.duckdb", "opfs://", "opfs://a\0b.duckdb"]) {
      await expect(inPage(page, PAGE, "loadSome", bad, 10)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    }
    // What is wrong about a column of this name is not taken for a lack of room.
    await expect(inPage(page, PAGE, "query", name, "select quota from items")).rejects.toMatchObject({
      code: "DESTINATION_QUERY",
    });
    await page.close();
  });

  test("no room: the error says how much is used, and what was loaded before is still there", async () => {
    const page = await open();
    expect(await inPage(page, PAGE, "loadSome", "opfs://full.duckdb", 10)).toEqual([{ items: 10 }]);
    const devtools = await browser.context.newCDPSession(page);
    const { usage } = (await devtools.send("Storage.getUsageAndQuota", { origin: server.origin })) as {
      usage: number;
    };
    const quota = { origin: server.origin, quotaSize: usage + 4_000_000 };
    await devtools.send("Storage.overrideQuotaForOrigin", quota);
    await expect(inPage(page, PAGE, "tooMuch", "opfs://full.duckdb")).rejects.toMatchObject({
      code: "STORAGE_FAILED",
      message: expect.stringMatching(/storage is full \([\d.]+ MB used of [\d.]+ MB, [\d.]+ MB left\)$/),
      hint: expect.stringContaining("delete saved databases"),
    });
    await devtools.send("Storage.overrideQuotaForOrigin", { origin: server.origin });
    expect(
      await inPage(page, PAGE, "query", "opfs://full.duckdb", "select count(*)::int as items from items"),
    ).toEqual([{ items: 10 }]);
    await page.close();
  });
});
