import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { setStage } from "./stage.ts";
import { soon } from "./visit.ts";

const stage = setStage();
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

interface Violation {
  id: string;
  impact: string;
  nodes: { html: string }[];
}

/** Faults by axe-core that keep people out: serious and critical ones. */
async function faults(page: Page): Promise<string[]> {
  if (!(await page.evaluate("'axe' in window"))) await page.addScriptTag({ path: AXE });
  const { violations } = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as {
    violations: Violation[];
  };
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}

const wide = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe("for everyone", () => {
  test("no serious fault of accessibility in any view, light and dark", async () => {
    const visit = await stage.visit(undefined, { bypassCSP: true });
    const { page } = visit;
    const found: Record<string, string[]> = {};
    const look = async (name: string) => {
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        found[`${name}, ${colorScheme}`] = await faults(page);
      }
    };
    await visit.ready();
    await look("rows");
    await page
      .getByRole("columnheader", { name: /^actor__id/ })
      .getByRole("button")
      .click();
    await look("column");
    await page.keyboard.press("Escape");
    await visit.openTab("Diagram");
    await page.locator(".diagram .table").first().waitFor();
    await look("diagram");
    await visit.openTab("SQL");
    await page.getByRole("button", { name: "Chart" }).click();
    await page.locator("canvas").waitFor();
    await look("chart");
    await visit.write("select nope");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("alert").waitFor();
    await look("wrong SQL");
    await visit.openTab("Take away");
    await page.getByRole("button", { name: "Share" }).click();
    await page.getByRole("button", { name: "Saved", exact: true }).click();
    await look("take away");
    await page.keyboard.press("Escape");
    await visit.paste('{"a":1}\n{"a":');
    await page.getByRole("button", { name: "Skip bad records" }).waitFor();
    await look("error");
    expect(Object.entries(found).filter(([, list]) => list.length > 0)).toEqual([]);
  });

  test("on a phone nothing reaches beyond the screen's edge", async () => {
    const visit = await stage.visit(undefined, {
      viewport: { width: 390, height: 844 },
      isMobile: true,
      hasTouch: true,
    });
    const { page } = visit;
    await visit.ready();
    const over: Record<string, number> = { rows: await wide(page) };
    await page.getByRole("columnheader", { name: /^type/ }).getByRole("button").click();
    over["column"] = await wide(page);
    await page.getByRole("button", { name: "Close" }).click();
    for (const tab of ["Diagram", "SQL", "Take away"] as const) {
      await visit.openTab(tab);
      await page.waitForTimeout(100);
      over[tab] = await wide(page);
    }
    await page.getByRole("button", { name: "bytes sent" }).click();
    over["sent"] = await wide(page);
    await page.getByRole("button", { name: "Share" }).click();
    over["share"] = await wide(page);
    await page.getByRole("button", { name: "Saved", exact: true }).click();
    over["saved"] = await wide(page);
    await visit.address("http://127.0.0.1:1/a-rather-long-name-of-a-file-that-does-not-exist.json");
    await page.getByRole("alert").waitFor();
    over["error"] = await wide(page);
    expect(over).toEqual(Object.fromEntries(Object.keys(over).map((name) => [name, 0])));
  });

  test("by keyboard alone: from the address bar to an answer", async () => {
    const visit = await stage.visit();
    const { page } = visit;
    const { keyboard } = page;
    await visit.ready();
    const focused = () =>
      page.evaluate(() => {
        const element = document.activeElement!;
        return (
          element.getAttribute("aria-label") ?? (element.id || element.textContent?.trim() || element.tagName)
        );
      });
    /** Presses a key until what is wanted has the focus, which has to be seen. */
    const reach = async (wanted: RegExp, key = "Tab") => {
      for (let presses = 0; presses < 40; presses++) {
        if (wanted.test(await focused())) return;
        await keyboard.press(key);
      }
      throw new Error(`${wanted} cannot be reached with ${key}; the focus is on ${await focused()}`);
    };
    await keyboard.press("Tab");
    expect(await focused()).toBe("Skip to the tables");
    await keyboard.press("Enter");
    await reach(/^table-events$/);
    await keyboard.press("End");
    expect(await focused()).toBe("table-events__payload__commits");
    expect(await page.locator(".about").innerText()).toContain("_dlt_parent_id → events._dlt_id");
    await reach(/^tab-rows$/);
    await reach(/^sha/);
    await keyboard.press("ArrowRight");
    await soon(focused).toMatch(/^author__email/);
    await keyboard.press("Enter");
    await page.getByRole("complementary", { name: "Column author__email" }).waitFor();
    await keyboard.press("Escape");
    await soon(focused).toMatch(/^author__email/);
    await keyboard.press("Shift+Tab");
    await keyboard.press("Shift+Tab");
    await reach(/^tab-rows$/, "Shift+Tab");
    await keyboard.press("ArrowRight");
    await keyboard.press("ArrowRight");
    expect(await focused()).toBe("tab-sql");
    await page.getByRole("textbox", { name: "SQL" }).waitFor();
    await keyboard.press("Tab");
    await keyboard.press("Control+a");
    await keyboard.press("Delete");
    await keyboard.insertText("select 6 * 7 as answer");
    await keyboard.press("Control+Enter");
    await soon(() => visit.cells(page.getByRole("region", { name: "Result" }))).toEqual([["42"]]);
    const outline = await page.evaluate(() => {
      document.getElementById("tab-sql")!.focus();
      return getComputedStyle(document.activeElement!).outlineStyle;
    });
    expect(outline).toBe("solid");
  });

  test("light and dark follow the system until a person chooses, and the choice is kept", async () => {
    const visit = await stage.visit(undefined, { colorScheme: "dark" });
    const { page } = visit;
    const theme = () => page.evaluate(() => document.documentElement.dataset["theme"]);
    expect(await theme()).toBe("dark");
    await page.emulateMedia({ colorScheme: "light" });
    await soon(theme).toBe("light");
    await page.getByRole("button", { name: "Colours: system" }).click();
    await page.getByRole("button", { name: "Colours: light" }).click();
    expect(await theme()).toBe("dark");
    await page.reload();
    expect(await theme()).toBe("dark");
  });
});
