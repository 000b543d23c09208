import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { builtApp } from "./built-app.ts";
import { serveApp, type AppServer } from "./server.ts";
import { openBrowser, Visit } from "./visit.ts";

export interface Stage {
  readonly app: AppServer;
  /** The visit that the tests of the file share: one page, DuckDB started once. */
  shared(): Promise<Visit>;
  /** A visit of somebody who has not been here; ended after the test. */
  visit(url?: string, options?: BrowserContextOptions): Promise<Visit>;
}

/** The built app on a server, and a browser, for the tests of a file. After each test every visit has to have been without
 *  uncaught errors, without violations of the content security policy, and without a request that had a body. */
export function setStage(): Stage {
  let app: AppServer;
  let browser: Browser;
  let visits: Visit[] = [];
  let shared: Visit | undefined;
  beforeAll(async () => {
    app = await serveApp(await builtApp());
    browser = await openBrowser();
  }, 120_000);
  afterEach(async () => {
    const over = visits;
    visits = [];
    for (const visit of over) await visit.end();
    if (shared) over.push(shared);
    expect(over.flatMap(({ faults }) => faults)).toEqual([]);
    expect(over.flatMap(({ sent }) => sent)).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    app?.close();
  });
  return {
    get app() {
      return app;
    },
    async shared() {
      shared ??= await Visit.begin(browser, app.url);
      return shared;
    },
    async visit(url = app.url, options) {
      const visit = await Visit.begin(browser, url, options);
      visits.push(visit);
      return visit;
    },
  };
}
