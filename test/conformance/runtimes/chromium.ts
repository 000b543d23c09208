import { existsSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { chromium } from "playwright-core";
import { repository } from "../../packaging/tarball.ts";
import { chromiumOptions } from "../../runtimes/chromium-options.ts";
import type { SuiteOutcome } from "../suite.ts";
import type { App } from "../app.ts";
import type { Ran, Run, Times } from "./runtime.ts";

/** A page that a bundler made. */
export const chromiumPage: Run = async ({ app, origin }) => {
  await bundle(app, "in-page.js");
  return inPage(origin, "/bundled/in-page.html");
};

/** A Web Worker that a bundler made. */
export const chromiumWorker: Run = async ({ app, origin }) => {
  await bundle(app, "in-worker.js");
  return inPage(origin, "/starter.html");
};

/** A page without a bundler: an import map leads to the package's own files. */
export const chromiumImportMap: Run = async ({ origin }) => inPage(origin, "/page.html");

/** What a person writes into a page that has no bundler. */
export const IMPORT_MAP = {
  runlet: "/node_modules/runlet/dist/host-browser/index.js",
  ky: "/node_modules/ky/distribution/index.js",
  "@noble/hashes/": "/node_modules/@noble/hashes/",
  "runlet/duckdb": "/node_modules/runlet/dist/host-browser/duckdb/entry.js",
  "@duckdb/duckdb-wasm/": "/node_modules/@duckdb/duckdb-wasm/",
  "runlet/parquet": "/node_modules/runlet/dist/core/destinations/parquet/index.js",
  "parquet-wasm": "/node_modules/parquet-wasm/esm/parquet_wasm.js",
};

/** What is fetched beside a bundle. */
const FETCHED = [
  "@duckdb/duckdb-wasm/dist/duckdb-eh.wasm",
  "@duckdb/duckdb-wasm/dist/duckdb-browser-eh.worker.js",
  "parquet-wasm/esm/parquet_wasm_bg.wasm",
];

/** Bundles, and puts the files beside it that an app with such a bundler copies. */
async function bundle(app: App, entry: string): Promise<void> {
  await app.bundle(entry);
  for (const path of FETCHED) {
    const place = join(app.folder, "bundled", basename(path));
    if (!existsSync(place)) symlinkSync(join(repository, "node_modules", path), place);
  }
}

async function inPage(origin: string, path: string): Promise<Ran> {
  const browser = await chromium.launch(chromiumOptions());
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
