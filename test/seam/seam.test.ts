import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundle, makeApp, repository } from "./app.ts";
import { openChromium, inPage } from "./runtimes/chromium.ts";
import { underDeno } from "./runtimes/deno.ts";
import { nodeProgram, underNode } from "./runtimes/node.ts";
import { underWorkerd } from "./runtimes/workerd.ts";
import { serveSeam, type SeamServer } from "./server.ts";

// One pipeline file, not a byte changed, gives the same batches in every runtime: those of expected.json. When the
// engine is meant to write other bytes, `npx vitest run test/seam -u` freezes what Node gives.

const frozen = fileURLToPath(new URL("expected.json", import.meta.url));
const expected = (): unknown => JSON.parse(readFileSync(frozen, "utf8"));
const app = makeApp();
let server: SeamServer;

beforeAll(async () => {
  server = await serveSeam(app.folder, repository);
});

afterAll(() => {
  server.close();
  app.remove();
});

describe("Node", () => {
  test("the version that runs the tests", async () => {
    const { entry, result } = await underNode(app.folder, server.origin);
    expect(entry).toBe("host-node/index.js");
    await expect(`${JSON.stringify(result, null, 2)}\n`).toMatchFileSnapshot(frozen);
  });

  test.runIf(process.env.RUNLET_FULL).each([22, 24, 26])("%i", { timeout: 300_000 }, async (major) => {
    const { result } = await underNode(app.folder, server.origin, nodeProgram(major));
    expect(result).toEqual(expected());
  });
});

describe("Deno", () => {
  test("with leave to reach the API only: the engine comes from the JavaScript", async () => {
    const { entry, result } = await underDeno(app.folder, server.origin);
    expect(entry).toBe("host-deno/index.js");
    expect(result).toEqual(expected());
  });

  test("with leave to read: the engine comes from its file", async () => {
    const { result } = await underDeno(app.folder, server.origin, [`--allow-read=${repository}`]);
    expect(result).toEqual(expected());
  });
});

test("workerd, without compatibility flags", async () => {
  expect(await underWorkerd(app.folder, server.origin)).toEqual(expected());
});

describe("Chromium, under a strict content security policy", () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await openChromium();
  }, 300_000);

  afterAll(() => browser.close());

  test("a page without a bundler: the engine is compiled while it is downloaded", async () => {
    server.asked.length = 0;
    expect(await inPage(browser, server.origin, "/page.html")).toEqual(expected());
    expect(server.asked).toContain("/dist/core.wasm");
    expect(server.asked).not.toContain("/dist/core/binding/core-bytes.js");
  });

  test("a bundled page, core.wasm left behind: the engine comes from the JavaScript", async () => {
    await bundle(app.folder, "page.js");
    server.asked.length = 0;
    expect(await inPage(browser, server.origin, "/bundled/page.html")).toEqual(expected());
    expect(server.asked).toEqual(["/bundled/page.html", "/bundled/page.js", "/core.wasm"]);
  });

  test("a Web Worker", async () => {
    await bundle(app.folder, "in-worker.js");
    expect(await inPage(browser, server.origin, "/starter.html")).toEqual(expected());
  });
});
