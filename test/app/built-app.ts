import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const FOLDERS = ["examples/browser", "dist"];
const MINUTE = 60_000;

/** The folder of the app as Vite builds it; built once for all test files, anew when its sources or runlet's change. */
export async function builtApp(): Promise<string> {
  const folder = join("build", `app-${fingerprint()}`);
  const lock = `${folder}.lock`;
  mkdirSync("build", { recursive: true });
  while (!existsSync(folder)) {
    if (!claim(lock)) await setTimeout(200);
    else {
      try {
        await buildTo(folder);
      } finally {
        rmSync(lock, { recursive: true });
      }
    }
  }
  return folder;
}

async function buildTo(folder: string): Promise<void> {
  removeOld();
  const partial = join("build", `partial-${process.pid}`);
  // A process of its own: the test runner's NODE_ENV would make it a build for tests.
  const { NODE_ENV: _, ...env } = process.env;
  const parameters = ["build", "-c", "examples/browser/vite.config.ts", "--outDir", resolve(partial)];
  await run(process.execPath, ["node_modules/vite/bin/vite.js", ...parameters], { env });
  renameSync(partial, folder);
}

/** Whether it is ours to build; a lock that was left behind is taken over. */
function claim(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    const left = statSync(lock, { throwIfNoEntry: false });
    if (left && Date.now() - left.mtimeMs > 2 * MINUTE) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}

function fingerprint(): string {
  const hash = createHash("sha256");
  for (const folder of FOLDERS) {
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
      const { size, mtimeMs } = statSync(join(folder, name));
      hash.update(`${folder}/${name} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest("hex").slice(0, 12);
}

/** Folders of earlier versions; none that another run may be using. */
function removeOld(): void {
  for (const name of readdirSync("build")) {
    const old = join("build", name);
    if (/^(app|partial)-/.test(name) && Date.now() - statSync(old).mtimeMs > 60 * MINUTE)
      rmSync(old, { recursive: true });
  }
}
