import { describe, expect, test } from "vitest";
import { ORDERS } from "./orders.ts";
import { serveData } from "./server.ts";
import { setStage } from "./stage.ts";
import { soon } from "./visit.ts";

const stage = setStage();

const BAD = '{"id":1,"tags":["x"]}\n{"id":2,"name":"Zoë","tags":tru}\n{"id":3,"tags":["y","z"]}\n';

describe("what goes wrong is explained, with a way on", () => {
  test("bad JSON: its line, a caret below the place, and the rest of the records at a click", async () => {
    const visit = await stage.shared();
    await visit.choose("bad.ndjson", BAD);
    const alert = visit.page.getByRole("alert");
    await soon(() => alert.innerText().catch(() => "")).toContain("Line 2, column 29");
    const [line, caret] = (await alert.locator("pre").innerText()).split("\n");
    expect(line).toBe('{"id":2,"name":"Zoë","tags":tru}');
    expect(line!.indexOf("tru")).toBe(caret!.indexOf("^"));
    await alert.getByRole("button", { name: "Skip bad records" }).click();
    await visit.ready();
    expect(await visit.tables()).toEqual(["bad 2", "bad__tags 3", "_runlet_rejects 1"]);
    expect(await visit.page.locator("[data-test=figures]").innerText()).toContain("1 bad record set aside");
  });

  test("an address that other sites may not read: the command that can", async () => {
    const data = await serveData({ "/orders.ndjson": { body: ORDERS, open: false } });
    const visit = await stage.shared();
    await visit.address(`${data.url}orders.ndjson?since=1&x=2`);
    const command = visit.page.locator("[data-test=curl]");
    await soon(() => command.innerText().catch(() => "")).toBe(
      `curl -sL '${data.url}orders.ndjson?since=1&x=2' | npx runlet load - --table orders --to duckdb:orders.duckdb`,
    );
    expect(await visit.page.getByRole("alert").innerText()).toContain("CORS");
    data.close();
  });

  test("an address where there is nothing", async () => {
    const data = await serveData({});
    const visit = await stage.shared();
    await visit.address(`${data.url}gone.json`);
    await soon(() =>
      visit.page
        .getByRole("alert")
        .innerText()
        .catch(() => ""),
    ).toContain("answered 404");
    data.close();
  });

  test("text that is no address", async () => {
    const visit = await stage.shared();
    await visit.address("not an address");
    expect(await visit.page.getByRole("alert").allInnerTexts()).toContainEqual(
      expect.stringContaining("That is no web address"),
    );
  });

  test("no room: how much there is", async () => {
    const visit = await stage.visit();
    const { page } = visit;
    await visit.ready();
    const session = await visit.context.newCDPSession(page);
    await session.send("Storage.overrideQuotaForOrigin", {
      origin: new URL(page.url()).origin,
      quotaSize: 9_000_000,
    });
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await soon(() =>
      page
        .locator(".status [role=alert]")
        .innerText()
        .catch(() => ""),
    ).toMatch(/no room to save it: [\d.]+ MB used/);
  });

  test("DuckDB cannot be had: the tables are there all the same", async () => {
    const visit = await stage.visit("about:blank");
    const { page, context } = visit;
    await context.route(/duckdb-eh-/, (route) => route.abort());
    await page.goto(stage.app.url);
    await soon(() =>
      page
        .getByRole("alert")
        .innerText()
        .catch(() => ""),
    ).toContain("DuckDB could not be downloaded");
    expect(await visit.tables()).toContain("events__payload__commits 77");
    await context.unroute(/duckdb-eh-/);
    await page.getByRole("button", { name: "Try again" }).click();
    await visit.ready();
  });
});
