import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { folderWith } from "../cli/spawned.ts";
import { builtApp } from "./built-app.ts";
import { serveApp } from "./server.ts";
import { setStage } from "./stage.ts";
import { soon, type Visit } from "./visit.ts";

const stage = setStage();
const zipped = (bytes: Buffer) => gzipSync(bytes, { level: 9 }).length;

/** Once all is kept, the network goes and the page is loaded again. */
async function comeBackOffline(visit: Visit): Promise<void> {
  const { page, context } = visit;
  await visit.ready();
  await page.evaluate("navigator.serviceWorker.ready.then(() => undefined)");
  await soon(() =>
    page.evaluate("caches.open('runlet-duckdb').then((cache) => cache.keys()).then((keys) => keys.length)"),
  ).toBe(1);
  await context.setOffline(true);
  await page.reload();
  await visit.ready();
}

describe("the first visit", () => {
  test("shows a sample's tables and rows from the engine while DuckDB is on its way, by name", async () => {
    let release = () => {};
    stage.app.hold = new Promise((resolve) => (release = resolve));
    const visit = await stage.visit();
    const { page } = visit;
    await soon(() => visit.tables()).toContain("events 100");
    await soon(() => page.locator(".duck label").innerText()).toMatch(/^DuckDB [45]\.\d of 8\.1 MB$/);
    expect(await visit.tables()).toEqual([
      "events 100",
      "events__payload__issue__labels 3",
      "events__payload__issue__assignees 1",
      "events__payload__pull_request__requested_reviewers 24",
      "events__payload__pull_request__labels 26",
      "events__payload__pull_request__base__repo__topics 290",
      "events__payload__commits 77",
    ]);
    const rows = await visit.cells(page.getByRole("region", { name: "Rows of events" }));
    expect(rows[0]!.slice(0, 2)).toEqual(["28281984012", "WatchEvent"]);
    expect(await page.locator("[data-test=figures]").innerText()).toMatch(/7 tables\s+521 rows\s+1\.7 MB/);
    release();
    stage.app.hold = undefined;
    await visit.ready();
    expect(await page.locator(".duck").count()).toBe(0);
    expect(await page.locator("[data-test=sent]").innerText()).toBe("0 bytes sent");
  });

  test("needs little before DuckDB: the page, its styles and script, and the engine", async () => {
    const visit = await stage.visit("about:blank");
    const bodies: Promise<[path: string, bytes: number]>[] = [];
    visit.page.on("response", (response) => {
      const { origin, pathname } = new URL(response.url());
      const later = /duckdb|\.gz$|service-worker|favicon/.test(pathname);
      if (`${origin}/` !== stage.app.url || later) return;
      bodies.push(response.body().then((body) => [pathname.replace(/-[\w-]{8}\./, "."), zipped(body)]));
    });
    let release = () => {};
    stage.app.hold = new Promise((resolve) => (release = resolve));
    await visit.page.goto(stage.app.url);
    await soon(() => visit.tables()).toContain("events 100");
    const first = await Promise.all(bodies);
    release();
    stage.app.hold = undefined;
    console.log(`first view, gzip: ${first.map(([path, bytes]) => `${path} ${bytes}`).join(", ")}`);
    expect(first.map(([path]) => path)).toContain("/assets/core.wasm");
    expect(first.reduce((sum, [, bytes]) => sum + bytes, 0)).toBeLessThan(180_000);
  });

  test("works again without a network, samples and SQL included", async () => {
    const visit = await stage.visit();
    await comeBackOffline(visit);
    await visit.page.getByRole("button", { name: /Ethereum/ }).click();
    await soon(() => visit.tables()).toContain("blocks 2");
    await visit.ready();
    await visit.openTab("SQL");
    expect(await visit.ask("select count(*) as n from blocks__transactions")).toEqual([["655"]]);
  });

  test("works below any path of a server, and without a network there, too", async () => {
    const deep = await serveApp(await builtApp(), "/data/tools/tables/");
    const visit = await stage.visit(deep.url);
    await comeBackOffline(visit);
    await visit.openTab("SQL");
    expect(await visit.ask("select count(*) as n from events")).toEqual([["100"]]);
    deep.close();
  });

  test("a new version is shown at the next visit, and what was kept of the old one goes with its last tab", async () => {
    const old = await builtApp();
    const app = await serveApp(old, "/app/");
    const newer = folderWith();
    cpSync(old, newer, { recursive: true });
    const edit = (name: string, change: (text: string) => string) =>
      writeFileSync(join(newer, name), change(readFileSync(join(old, name), "utf8")));
    edit("index.html", (html) => html.replace("<title>", "<title>Newer: "));
    edit("service-worker.js", (code) => code.replace(/[0-9a-f]{12}/, "newer0123456"));
    const visit = await stage.visit(app.url);
    const { page } = visit;
    await visit.ready();
    await page.evaluate("navigator.serviceWorker.ready.then(() => undefined)");
    const beside = await visit.tab(new URL("/beside", app.url).href);
    const versions = () =>
      beside.evaluate(
        "caches.keys().then((names) => names.filter((name) => name.startsWith('runlet-app ')))",
      );
    const kept = (await versions()) as string[];
    expect(kept).toEqual([expect.stringMatching(/^runlet-app \/app\/ [0-9a-f]{12}$/)]);
    app.folder = newer;
    await page.reload();
    expect(await page.title()).toMatch(/^Newer: /);
    await soon(versions).toEqual([...kept, "runlet-app /app/ newer0123456"]);
    await page.close();
    await soon(versions).toEqual(["runlet-app /app/ newer0123456"]);
    app.close();
  });
});
