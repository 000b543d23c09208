// Where a load goes: a folder of its own, gone when the process ends.
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new folder, made the working directory: load packages go there, too. */
export function newPlace() {
  const folder = mkdtempSync(join(tmpdir(), "runlet-bench-"));
  process.on("exit", () => {
    process.chdir("/");
    rmSync(folder, { recursive: true, force: true });
  });
  process.chdir(folder);
  return folder;
}

/** Size of a file, or of all files below a folder, in MB. */
export function megabytes(path) {
  const found = statSync(path);
  if (!found.isDirectory()) return found.size / 1e6;
  return readdirSync(path).reduce((sum, name) => sum + megabytes(join(path, name)), 0);
}
