import { chromium, type Browser } from "playwright-core";
import { chromiumBinary } from "../../runtimes/binaries.ts";
import type { SuiteOutcome } from "../suite.ts";
import type { Ran, Run, Times } from "./runtime.ts";

/** A page that a bundler made. */
export const chromiumPage: Run = async ({ app, origin }) => {
  await app.bundle("page.js");
  return inPage(origin, "/bundled/page.html");
};

/** A Web Worker that a bundler made. */
export const chromiumWorker: Run = async ({ app, origin }) => {
  await app.bundle("in-worker.js");
  return inPage(origin, "/starter.html");
};

/** A page without a bundler: an import map leads to the package's own files. */
export const chromiumImportMap: Run = async ({ origin }) => inPage(origin, "/unbundled.html");

/** What a person writes into a page that has no bundler. */
export const IMPORT_MAP = {
  runlet: "/node_modules/runlet/dist/host-browser/index.js",
  ky: "/node_modules/ky/distribution/index.js",
  "@noble/hashes/": "/node_modules/@noble/hashes/",
  "runlet/parquet": "/node_modules/runlet/dist/core/destinations/parquet/index.js",
  "parquet-wasm": "/node_modules/parquet-wasm/esm/parquet_wasm.js",
};

async function inPage(origin: string, path: string): Promise<Ran> {
  const browser = await openChromium();
  try {
    const page = await browser.newPage();
    const failed = new Promise<never>((_, reject) => page.on("pageerror", reject));
    // Awaited with the race below; a page may fail before it is loaded.
    failed.catch(() => undefined);
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    await page.goto(origin + path);
    const result = page.evaluate("globalThis.result ?? Promise.reject(new Error('the page left no result'))");
    const { startToBatch, engine, ...outcome } = (await Promise.race([result, failed]).catch(
      (error: Error) => {
        throw new Error(`${path}: ${error.message}\n${complaints.join("\n")}`, { cause: error });
      },
    )) as Pick<SuiteOutcome, "vectors" | "cases"> & Partial<SuiteOutcome> & Required<Times>;
    return { datasets: {}, ...outcome, times: { startToBatch, engine } };
  } finally {
    await browser.close();
  }
}

/** With a profile of its own, and asking nothing of the network by itself. */
function openChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumBinary(),
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
