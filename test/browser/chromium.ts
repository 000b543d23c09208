import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext, type Page } from "playwright-core";
import { chromiumOptions } from "../runtimes/chromium-options.ts";

/** A Chromium with a profile that outlives it. */
export interface ProfiledBrowser {
  readonly context: BrowserContext;
  /** A page on the server's empty page, whose uncaught errors fail what is run in it. */
  open(url: string): Promise<Page>;
  /** SIGKILL to all its processes: what a crash or a killed tab leaves, and nothing more, is on the disk. */
  kill(): void;
  close(): Promise<void>;
}

export interface Profile {
  start(): Promise<ProfiledBrowser>;
  /** Closes what is still open and removes the profile. */
  remove(): Promise<void>;
}

export async function newProfile(): Promise<Profile> {
  const folder = await mkdtemp(join(tmpdir(), "runlet-chromium-"));
  const started: ProfiledBrowser[] = [];
  return {
    async start() {
      const browser = await start(folder);
      started.push(browser);
      return browser;
    },
    async remove() {
      for (const browser of started) await browser.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}

async function start(folder: string): Promise<ProfiledBrowser> {
  const context = await chromium.launchPersistentContext(folder, chromiumOptions());
  return {
    context,
    async open(url) {
      const page = await context.newPage();
      await page.goto(url);
      return page;
    },
    kill() {
      for (const pid of processesOf(folder)) process.kill(pid, "SIGKILL");
    },
    close: () => context.close().catch(() => undefined),
  };
}

/** The processes that name the profile in their command line. */
function processesOf(folder: string): number[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return readFileSync(`/proc/${name}/cmdline`, "utf8").includes(folder) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

/** Calls a function that the module at `path` exports, in the page; what it returns is plain data. An error thrown there
 *  is thrown here, with its code and hint. */
export async function inPage<T>(page: Page, path: string, name: string, ...args: unknown[]): Promise<T> {
  const text = `import(${JSON.stringify(path)}).then((module) => module[${JSON.stringify(name)}](...${JSON.stringify(args)}))
    .then((value) => ({ value }), (error) => ({ error: { code: error.code, message: error.message, hint: error.hint, stack: error.stack } }))`;
  const { value, error } = (await page.evaluate(text)) as { value?: T; error?: Error & { code?: string } };
  if (error) throw Object.assign(new Error(error.message), error);
  return value as T;
}
