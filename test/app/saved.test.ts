import { describe, expect, test } from "vitest";
import { ORDERS } from "./orders.ts";
import { setStage } from "./stage.ts";
import { soon } from "./visit.ts";
import type { Page } from "playwright-core";

const stage = setStage();

const list = (page: Page) => page.getByRole("region", { name: "Saved in this browser" });

describe("saved datasets", () => {
  test("are there after a reload, read-only in a second tab, and gone when deleted", async () => {
    const visit = await stage.visit();
    const { page } = visit;
    await visit.choose("orders.ndjson", ORDERS);
    await visit.ready();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await list(page).getByRole("button", { name: "orders", exact: true }).waitFor();
    await soon(() => list(page).innerText()).toMatch(/MB used, .* free/);

    await page.reload();
    await page.getByRole("button", { name: "Saved", exact: true }).click();
    await list(page).getByRole("button", { name: "orders", exact: true }).click();
    await soon(() => visit.tables()).toEqual(["orders 3", "orders__lines 3"]);
    expect(await page.getByText("Read-only copy").count()).toBe(0);
    const rows = await visit.cells(page.getByRole("region", { name: "Rows of orders" }));
    expect(rows.map((row) => row.slice(0, 2))).toEqual([
      ["9007199254740993", "Ada"],
      ["9007199254740995", "Grace"],
      ["3", "null"],
    ]);

    const second = await visit.tab(stage.app.url);
    await second.getByRole("button", { name: "Saved", exact: true }).click();
    await list(second).getByRole("button", { name: "orders", exact: true }).click();
    await second.getByText("Read-only copy").waitFor();
    expect(await visit.tables(second)).toEqual(["orders 3", "orders__lines 3"]);
    await second.close();

    await page.getByRole("button", { name: "Saved", exact: true }).click();
    const saved = await visit.download(list(page).getByRole("button", { name: "Download orders.duckdb" }));
    expect(saved.bytes.subarray(8, 12).toString()).toBe("DUCK");
    await list(page).getByRole("button", { name: "Delete orders" }).click();
    await list(page).getByRole("button", { name: "Delete orders for ever" }).click();
    await list(page).getByText("Nothing yet.").waitFor();
  });

  test("of the same name are replaced only when a person says so", async () => {
    const visit = await stage.visit();
    const { page } = visit;
    const button = (name: string) => page.getByRole("button", { name, exact: true });
    for (const content of [ORDERS, ORDERS.split("\n")[0]!]) {
      await visit.choose("orders.ndjson", content);
      await visit.ready();
      await button("Save").click();
      if (content !== ORDERS) continue;
      await list(page).getByRole("button", { name: "orders", exact: true }).waitFor();
      await page.keyboard.press("Escape");
    }
    await button("Replace orders").click();
    await soon(() => page.locator(".status").innerText()).toContain("Saved");
    await list(page).getByRole("button", { name: "orders", exact: true }).click();
    await soon(() => visit.tables()).toEqual(["orders 1", "orders__lines 2"]);
  });
});
