import { chromium, type Browser } from "playwright-core";
import { chromiumPath } from "../install-chromium.ts";

/** Chromium with a profile of its own, that asks nothing of the network by itself. */
export function openChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath(),
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** What the page at `path` leaves in `globalThis.result`. */
export async function inPage(browser: Browser, origin: string, path: string): Promise<unknown> {
  const page = await browser.newPage();
  try {
    const failed = new Promise<never>((_, reject) => page.on("pageerror", reject));
    // Awaited with the race below; a page may fail before it is loaded.
    failed.catch(() => undefined);
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    await page.goto(origin + path);
    const result = page.evaluate("globalThis.result ?? Promise.reject(new Error('the page left no result'))");
    return await Promise.race([result, failed]).catch((error: Error) => {
      throw new Error(`${path}: ${error.message}\n${complaints.join("\n")}`, { cause: error });
    });
  } finally {
    await page.close();
  }
}
