import { describe, expect, test } from "vitest";
import { ORDERS } from "./orders.ts";
import { setStage } from "./stage.ts";
import { soon } from "./visit.ts";

const stage = setStage();

describe("looking at it", () => {
  test("a column has its type, nulls, samples, and integers exact beside what JSON.parse gives", async () => {
    const visit = await stage.shared();
    await visit.choose("orders.ndjson", ORDERS);
    await visit.ready();
    const { page } = visit;
    await page.getByRole("columnheader", { name: /^id/ }).getByRole("button").click();
    const panel = page.getByRole("complementary", { name: "Column id" });
    await soon(() => panel.innerText()).toContain("2 values beyond 2⁵³");
    expect(await panel.locator("tbody tr").allInnerTexts()).toEqual([
      "9007199254740993\t9007199254740992",
      "9007199254740995\t9007199254740996",
      "3\t3",
    ]);
    await page
      .getByRole("columnheader", { name: /^customer/ })
      .getByRole("button")
      .click();
    const other = page.getByRole("complementary", { name: "Column customer" });
    await soon(() => other.innerText()).toMatch(
      /text\s+Nulls\s+1 of 3\s+Distinct\s+2\s+Least\s+Ada\s+Greatest\s+Grace/,
    );
  });

  test("the diagram has each table and a line per relationship; it is moved by dragging and by keys", async () => {
    const visit = await stage.shared();
    const { page } = visit;
    await page.getByRole("button", { name: /Ethereum/ }).click();
    await soon(() => visit.tables()).toContain("blocks 2");
    await visit.ready();
    await visit.openTab("Diagram");
    await soon(() => page.locator(".diagram .table").count()).toBe(7);
    expect(await page.locator(".diagram .link").count()).toBe(6);
    const drawing = page.locator(".diagram svg > g");
    const before = await drawing.getAttribute("transform");
    const frame = (await page.locator(".diagram").boundingBox())!;
    await page.mouse.move(frame.x + 8, frame.y + 8);
    await page.mouse.down();
    await page.mouse.move(frame.x + 80, frame.y + 60, { steps: 4 });
    await page.mouse.up();
    await soon(() => drawing.getAttribute("transform")).not.toBe(before);
    const dragged = await drawing.getAttribute("transform");
    await page.locator(".diagram svg").first().focus();
    await page.keyboard.press("ArrowRight");
    await soon(() => drawing.getAttribute("transform")).not.toBe(dragged);
    await page.getByRole("button", { name: /blocks__transactions__logs, 1,147 rows, child of/ }).click();
    expect(await page.getByRole("tab", { name: "Rows" }).getAttribute("aria-selected")).toBe("true");
    expect(await page.locator(".about").innerText()).toContain("blocks__transactions__logs");
  });

  test("all rows of a large table are reached, of which the page holds those in sight", async () => {
    const visit = await stage.shared();
    await visit.choose("many.ndjson", Array.from({ length: 30_000 }, (_, n) => `{"n":${n}}`).join("\n"));
    await visit.ready();
    const grid = visit.page.getByRole("region", { name: "Rows of many" });
    await grid.evaluate((element) => (element.scrollTop = element.scrollHeight));
    await soon(async () => (await visit.cells(grid)).at(-1)?.[0]).toBe("29999");
    expect(await grid.locator(".row").count()).toBeLessThan(80);
  });
});
