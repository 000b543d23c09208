import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const RUNTIMES = fileURLToPath(new URL("../../build/runtimes", import.meta.url));

/** Path of a Node of that major version: the one that runs the tests, else one of npm's packages of Node, installed
 *  into `build/runtimes` when it is not there. Several tests may ask at once. */
export function nodeBinary(major: number): string {
  if (Number.parseInt(process.versions.node) === major) return process.execPath;
  const name = `node-${process.platform}-${process.arch}`;
  const home = join(RUNTIMES, `node-${major}`);
  const binary = join(home, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
  if (existsSync(binary)) return binary;
  console.log(`installing ${name}@${major} into build/runtimes (about 50 MB)`);
  mkdirSync(RUNTIMES, { recursive: true });
  // Whole or absent: whoever comes second finds either nothing or a finished one.
  const made = mkdtempSync(join(RUNTIMES, "installing-"));
  execFileSync("npm", ["install", "--no-save", "--prefix", made, `${name}@${major}`], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  try {
    renameSync(made, home);
  } catch {
    rmSync(made, { recursive: true, force: true });
  }
  if (!existsSync(binary)) throw new Error(`${name}@${major} has no ${binary}`);
  return binary;
}
