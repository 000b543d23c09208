import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Path of a Chromium. `RUNLET_CHROMIUM` names one; else the PATH is searched; else Debian's package is installed,
 *  which needs root. Never skips: @throws Error that says what to do. */
export function chromiumBinary(): string {
  const named = process.env.RUNLET_CHROMIUM;
  if (named) return named;
  return search() ?? install();
}

function search(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return folders
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
}

function install(): string {
  const command = "apt-get update && apt-get install -y --no-install-recommends chromium";
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    throw new Error(`no Chromium found: set RUNLET_CHROMIUM to one, or as root run: ${command}`);
  }
  console.log(`no Chromium found; installing Debian's (about 100 MB): ${command}`);
  try {
    execFileSync("sh", ["-c", command], {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      stdio: ["ignore", "ignore", "pipe"],
    });
  } catch (error) {
    throw new Error(`could not install Chromium: set RUNLET_CHROMIUM to one, or run: ${command}`, {
      cause: error,
    });
  }
  const found = search();
  if (!found) throw new Error("apt-get installed chromium, but it is not on the PATH");
  return found;
}
