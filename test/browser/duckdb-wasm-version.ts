import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The version that runlet pins, and the newest that its makers call stable. */
export const VERSIONS = ["pinned", "1.32.0"] as const;

/** `dist` of a version of duckdb-wasm; one that npm did not install is fetched from it once, to build/duckdb. */
export function duckdbWasm(version: (typeof VERSIONS)[number]): string {
  if (version === "pinned") {
    const require = createRequire(import.meta.url);
    return dirname(require.resolve("@duckdb/duckdb-wasm/dist/duckdb-eh.wasm"));
  }
  const home = join(root, "build/duckdb");
  const place = join(home, version);
  if (!existsSync(place)) {
    console.log(`fetching @duckdb/duckdb-wasm@${version} to ${place}`);
    mkdirSync(home, { recursive: true });
    const folder = mkdtempSync(join(home, "fetching-"));
    try {
      execFileSync("npm", ["pack", "--silent", `@duckdb/duckdb-wasm@${version}`], { cwd: folder });
      const [packed] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
      execFileSync("tar", ["-xzf", packed!], { cwd: folder });
      if (!existsSync(place)) renameSync(join(folder, "package"), place);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return join(place, "dist");
}
