import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const repository = fileURLToPath(new URL("../..", import.meta.url));

export interface Tarball {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where it is unpacked. */
  readonly folder: string;
  /** Paths of its files, sorted. */
  readonly files: readonly string[];
  remove(): void;
}

/** The package as `npm publish` would send it, unpacked. */
export function packPackage(): Tarball {
  // Whoever compiled without bundling would pack what was bundled before.
  execFileSync(process.execPath, ["scripts/build-node.mjs"], { cwd: repository, stdio: "inherit" });
  const made = mkdtempSync(join(tmpdir(), "runlet-pack-"));
  const options = ["--ignore-scripts", "--loglevel=error", "--pack-destination", made];
  execFileSync("npm", ["pack", ...options], { cwd: repository, stdio: ["ignore", "ignore", "inherit"] });
  const name = readdirSync(made).find((each) => each.endsWith(".tgz"))!;
  const folder = join(made, "package");
  mkdirSync(folder);
  execFileSync("tar", ["-xzf", join(made, name), "-C", made]);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"));
  return {
    bytes: new Uint8Array(readFileSync(join(made, name))),
    folder,
    files: files.sort(),
    remove: () => rmSync(made, { recursive: true, force: true }),
  };
}
