import { describe, expect, test } from "vitest";
import { ORDERS } from "./orders.ts";
import { serveData } from "./server.ts";
import { setStage } from "./stage.ts";
import { soon } from "./visit.ts";

const stage = setStage();

const fragment = (parts: Record<string, string>) =>
  `${stage.app.url}#${new URLSearchParams(parts).toString()}`;
const RUNS = "window.hacked = true";

describe("what strangers send", () => {
  test.each([
    "drop table orders",
    "with gone as (select 1) delete from orders",
    "from orders; drop table orders",
    "/* harmless */ delete from orders",
  ])("a link's statement that changes data waits for the person: %s", async (sql) => {
    const visit = await stage.visit(fragment({ own: "1", sql }));
    await visit.page.getByText("Drop your own file.").waitFor();
    await visit.choose("orders.ndjson", ORDERS);
    await visit.ready();
    await soon(() => visit.page.locator("[data-test=answer]").innerText()).toContain("Nothing has run yet");
    expect(await visit.ask("select count(*) as n from orders")).toEqual([["3"]]);
  });

  test("a statement runs when its button is pressed, and not again when its tab is looked at again", async () => {
    const visit = await stage.shared();
    await visit.choose("orders.ndjson", ORDERS);
    await visit.ready();
    await visit.openTab("SQL");
    await visit.ask("update orders set id = id + 1 where customer = 'Ada'");
    await visit.openTab("Rows");
    await visit.openTab("SQL");
    await soon(() => visit.page.locator("[data-test=answer]").innerText()).toContain("Nothing has run yet");
    expect(await visit.ask("select id from orders where customer = 'Ada'")).toEqual([["9007199254740994"]]);
  });

  test.each(["javascript:alert(1)", "data:application/json,[1]", "file:///etc/passwd", "blob:https://a.b/c"])(
    "%s is no address, neither given nor in a link",
    async (url) => {
      const visit = await stage.visit(fragment({ url }));
      await soon(() => visit.tables()).toContain("events 100");
      await visit.address(url);
      await visit.page.getByText("That is no web address").waitFor();
    },
  );

  test("a link to a sample that there is not opens the page as it is", async () => {
    const visit = await stage.visit(fragment({ sample: "constructor" }));
    await soon(() => visit.tables()).toContain("events 100");
  });

  test("names and values that would be markup, or what every object has, are names and values", async () => {
    const markup = `<img src=x onerror="${RUNS}">`;
    const record = `{"constructor":1,"toString":${JSON.stringify(markup)},"__proto__":{"a":1},
      "<svg onload=${RUNS}>":[{"valueOf":"</script><script>${RUNS}</script>"}],"a\\"; drop table x; --":2}`;
    const visit = await stage.shared();
    await visit.choose("constructor.json", record);
    await visit.ready();
    const { page } = visit;
    const [first] = await visit.tables();
    expect(first).toBe("constructor 1");
    const heads = page.getByRole("region", { name: "Rows of constructor" }).getByRole("columnheader");
    for (const column of [0, 1, 2, 3]) {
      await heads.nth(column).getByRole("button").click();
      await page.locator(".column .share").waitFor();
      expect(await page.locator("aside .wrong").count()).toBe(0);
    }
    expect(await page.locator(".cell", { hasText: markup }).count()).toBe(1);
    await visit.openTab("Diagram");
    await page.locator(".diagram .table").first().waitFor();
    await visit.openTab("SQL");
    await soon(() => page.locator("[data-test=answer]").innerText()).toMatch(/1 row in/);
    await visit.ask(
      `select '${markup}' as "${markup.replaceAll('"', '""')}", 1 as n union all select 'b', 2`,
    );
    await page.getByRole("button", { name: "Chart" }).click();
    await page.locator("canvas").waitFor();
    await visit.openTab("Take away");
    expect(await page.evaluate("window.hacked")).toBeUndefined();
  });

  test("a link to an address with a key in it says so before it is passed on", async () => {
    const data = await serveData({ "/orders.ndjson": { body: ORDERS, open: true } });
    const visit = await stage.shared();
    await visit.address(`${data.url}orders.ndjson?page=1&api_key=s3cret`);
    await visit.ready();
    await visit.page.getByRole("button", { name: "Share" }).click();
    expect(await visit.page.locator(".share-link .wrong").innerText()).toContain("has api_key in it");
    await visit.page.keyboard.press("Escape");
    data.close();
  });
});

describe("one after the other", () => {
  test("what is given while DuckDB is still on its way to the first is what is shown, and the only database", async () => {
    let release = () => {};
    stage.app.hold = new Promise((resolve) => (release = resolve));
    const visit = await stage.visit();
    await soon(() => visit.tables()).toContain("events 100");
    await visit.choose("first.ndjson", '{"a":1}');
    await soon(() => visit.tables()).toEqual(["first 1"]);
    await visit.choose("orders.ndjson", ORDERS);
    await soon(() => visit.tables()).toEqual(["orders 3", "orders__lines 3"]);
    release();
    stage.app.hold = undefined;
    await visit.ready();
    await visit.openTab("SQL");
    expect(await visit.ask("select count(*) as n from orders")).toEqual([["3"]]);
    const engines = () => visit.page.workers().filter((worker) => worker.url().includes("duckdb")).length;
    await soon(engines).toBe(1);
  });
});
