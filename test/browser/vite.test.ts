import { readdirSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, createServer } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newProfile, type Profile, type ProfiledBrowser } from "./chromium.ts";
import { servePages } from "./server.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

let profile: Profile;
let browser: ProfiledBrowser;

beforeAll(async () => {
  profile = await newProfile();
  browser = await profile.start();
}, 60_000);

afterAll(() => profile.remove(), 60_000);

test("an application built with Vite, with no word of configuration, under a strict policy", async () => {
  const outDir = await mkdtemp(join(tmpdir(), "runlet-vite-"));
  try {
    // The package resolves to itself here, by its own exports, as it does where it is installed.
    await build({
      root: join(root, "test/browser/vite-app"),
      configFile: false,
      logLevel: "error",
      build: { outDir, emptyOutDir: true, modulePreload: { polyfill: false } },
    });
    const assets = readdirSync(join(outDir, "assets"));
    const server = await servePages({ folders: [outDir] });
    try {
      const page = await browser.open(`${server.origin}/index.html`);
      const complaints: string[] = [];
      page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
      expect(await page.evaluate("globalThis.result")).toEqual({
        rows: [{ tags: 3 }],
        saved: ["opfs://vite.duckdb"],
      });
      expect(complaints.filter((text) => /policy/i.test(text))).toEqual([]);
      const asked = server.asked.map((path) => path.replace(/-[\w-]{8}\./, "."));
      expect(asked).toContain("/assets/engine-worker.js");
      expect(asked).toContain("/assets/duckdb-eh.wasm");
      expect(asked).toContain("/assets/duckdb-browser-eh.worker.js");
      // Once: what is found twice is one file.
      expect(assets.filter((name) => name.startsWith("duckdb-eh"))).toHaveLength(1);
      const first = assets.find((name) => /^index-.*\.js$/.test(name))!;
      console.log(`entry ${first}: ${statSync(join(outDir, "assets", first)).size} bytes`);
    } finally {
      server.close();
    }
  } finally {
    await rm(outDir, { recursive: true });
  }
});

test("the same application in Vite's development server", async () => {
  const cacheDir = await mkdtemp(join(tmpdir(), "runlet-vite-"));
  const server = await createServer({
    root: join(root, "test/browser/vite-app"),
    configFile: false,
    logLevel: "error",
    cacheDir,
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null },
    // Where the package is installed, and not this repository.
    optimizeDeps: { exclude: ["runlet"] },
  });
  try {
    await server.listen();
    const page = await browser.open(server.resolvedUrls!.local[0]!);
    await page.waitForFunction("globalThis.result");
    expect(await page.evaluate("globalThis.result")).toEqual({
      rows: [{ tags: 3 }],
      saved: ["opfs://vite.duckdb"],
    });
    expect(page.workers().filter((worker) => worker.url().includes("engine-worker.js"))).toHaveLength(1);
    await page.close();
  } finally {
    await server.close();
    await rm(cacheDir, { recursive: true, force: true });
  }
});
