import { describe, expect, test } from "vitest";
import { ORDERS } from "./orders.ts";
import { setStage } from "./stage.ts";
import { soon } from "./visit.ts";

const stage = setStage();

describe("asking", () => {
  test("a join of child and parent stands there, is answered, and is drawn when that says something", async () => {
    const visit = await stage.shared();
    await visit.choose("orders.ndjson", ORDERS);
    await visit.ready();
    const { page } = visit;
    await visit.openTab("SQL");
    const answer = page.getByRole("region", { name: "Result" });
    await soon(async () => (await visit.cells(answer)).length).toBe(3);
    expect(await page.getByRole("textbox", { name: "SQL" }).innerText()).toContain(
      "join orders__lines c on c._dlt_parent_id = p._dlt_id",
    );
    expect(
      await visit.ask(
        "select customer, sum(n) as sold from orders o join orders__lines l on l._dlt_parent_id = o._dlt_id group by all order by sold desc",
      ),
    ).toEqual([
      ["Grace", "5"],
      ["Ada", "3"],
    ]);
    await page.getByRole("button", { name: "Chart" }).click();
    await page.getByRole("img", { name: "bar chart of sold by customer, 2 points" }).waitFor();
    await page.getByLabel("As", { exact: true }).selectOption("line");
    await page.getByRole("img", { name: "line chart of sold by customer, 2 points" }).waitFor();
  });

  test("what is wrong is said beside the editor, by the line it is in", async () => {
    const visit = await stage.shared();
    await visit.choose("orders.ndjson", ORDERS);
    await visit.ready();
    await visit.openTab("SQL");
    await visit.write("select nope\nfrom orders");
    await visit.page.keyboard.press("Control+Enter");
    const alert = visit.page.locator(".sql-error");
    await soon(() => alert.innerText().catch(() => "")).toContain('"nope" not found');
    expect(await alert.innerText()).toContain("LINE 1: select nope");
  });

  test("tables and columns are completed", async () => {
    const visit = await stage.shared();
    await visit.choose("orders.ndjson", ORDERS);
    await visit.ready();
    await visit.openTab("SQL");
    await visit.write("select * from ");
    await visit.page.keyboard.type("orders__l");
    await visit.page.getByRole("option", { name: "orders__lines" }).waitFor();
  });

  test("the editor undoes and redoes by the usual keys, and Tab leaves it", async () => {
    const visit = await stage.shared();
    const { page } = visit;
    await visit.choose("orders.ndjson", ORDERS);
    await visit.ready();
    await visit.openTab("SQL");
    const editor = page.getByRole("textbox", { name: "SQL" });
    const first = await editor.innerText();
    await visit.write("select 1");
    await page.keyboard.press("Control+z");
    await page.keyboard.press("Control+z");
    await soon(() => editor.innerText()).toBe(first);
    await page.keyboard.press("Control+Shift+z");
    await page.keyboard.press("Control+y");
    await soon(() => editor.innerText()).toBe("select 1");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toMatch(/^ ?Run/);
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Shift+Tab");
    expect(await page.evaluate("document.activeElement.id")).toBe("tab-sql");
  });
});
