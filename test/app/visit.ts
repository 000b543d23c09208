import { expect } from "vitest";
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Locator,
  type Page,
} from "playwright-core";
import { chromiumOptions } from "../runtimes/chromium-options.ts";

export function openBrowser(): Promise<Browser> {
  return chromium.launch(chromiumOptions());
}

/** Asserts on what will be so within half a minute. */
export function soon(look: () => unknown): ReturnType<typeof expect.poll> {
  return expect.poll(look, { timeout: 30_000 });
}

/** A person's visit: a fresh profile, a page of the app, and what went wrong in it. */
export class Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Uncaught errors and violations of the content security policy. */
  readonly faults: string[] = [];
  /** Requests that carried a body. */
  readonly sent: string[] = [];

  private constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
    this.watch(page);
    context.on("request", (request) => {
      if (request.postDataBuffer()?.length) this.sent.push(`${request.method()} ${request.url()}`);
    });
  }

  static async begin(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 860 },
      reducedMotion: "reduce",
      permissions: ["clipboard-read", "clipboard-write"],
      acceptDownloads: true,
      ...options,
    });
    context.setDefaultTimeout(30_000);
    const visit = new Visit(context, await context.newPage());
    await visit.page.goto(url);
    return visit;
  }

  /** Another tab of the same person. */
  async tab(url: string): Promise<Page> {
    const page = await this.context.newPage();
    this.watch(page);
    await page.goto(url);
    return page;
  }

  /** Everything is read and DuckDB has it. */
  async ready(page = this.page): Promise<void> {
    await page.getByRole("button", { name: "Save", exact: true }).waitFor();
  }

  async openTab(name: "Rows" | "Diagram" | "SQL" | "Take away"): Promise<void> {
    await this.page.getByRole("tab", { name }).click();
  }

  /** Gives the page a file as the file chooser does. */
  async choose(name: string, content: string | Buffer): Promise<void> {
    await this.page
      .locator("input[type=file]")
      .setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(content) });
  }

  async paste(text: string): Promise<void> {
    await this.page.getByRole("button", { name: "Paste text" }).click();
    await this.page.getByLabel("Text to read").fill(text);
    await this.page.getByRole("button", { name: "Read it" }).click();
  }

  async address(url: string): Promise<void> {
    await this.page.getByLabel("Address of a file or an API").fill(url);
    await this.page.getByRole("button", { name: "Read", exact: true }).click();
  }

  /** The tables of the tree, in order, with their rows: `events__labels 3`. */
  async tables(page = this.page): Promise<string[]> {
    const items = await page.getByRole("treeitem").all();
    return Promise.all(
      items.map(
        async (item) =>
          `${await item.getAttribute("title")} ${(await item.locator(".rows").innerText()).split("\n")[0]!.replace(/ rows$/, "")}`,
      ),
    );
  }

  /** Rows of a grid that are in sight, as text per cell. */
  async cells(grid: Locator): Promise<string[][]> {
    const rows = await grid.locator(".row").all();
    return Promise.all(rows.map((row) => row.getByRole("cell").allInnerTexts()));
  }

  /** Asks in the editor, and gives the answer's rows. */
  async ask(sql: string): Promise<string[][]> {
    await this.write(sql);
    await this.page.keyboard.press("Control+Enter");
    await soon(() => this.page.locator("[data-test=answer]").getAttribute("data-answers")).toBe(sql);
    return this.cells(this.page.getByRole("region", { name: "Result" }));
  }

  /** Replaces what the editor holds. */
  async write(sql: string): Promise<void> {
    const editor = this.page.getByRole("textbox", { name: "SQL" });
    await editor.click();
    await this.page.keyboard.press("Control+a");
    await this.page.keyboard.press("Delete");
    await this.page.keyboard.insertText(sql);
    await this.page.keyboard.press("Escape");
  }

  /** What a button lets the browser save. */
  async download(button: Locator): Promise<{ name: string; bytes: Buffer }> {
    const [download] = await Promise.all([this.page.waitForEvent("download"), button.click()]);
    const parts: Buffer[] = [];
    for await (const part of await download.createReadStream()) parts.push(part as Buffer);
    return { name: download.suggestedFilename(), bytes: Buffer.concat(parts) };
  }

  async end(): Promise<void> {
    await this.context.close();
  }

  private watch(page: Page): void {
    page.on("pageerror", (error) => this.faults.push(String(error)));
    page.on("console", (message) => {
      if (/content security policy/i.test(message.text())) this.faults.push(message.text());
    });
  }
}
