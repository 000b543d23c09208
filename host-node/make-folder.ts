import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** Makes a folder and those on its way. Node's own `recursive: true` never returns where a file system answers ENOENT
 *  to a new folder in an existing one, as /proc does. Throws the file system's error. */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  try {
    make(path);
  } catch (error) {
    // Those above it are not asked about where they are there: they may not be readable.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || dirname(path) === path) throw error;
    makeFolder(dirname(path));
    make(path);
  }
}

function make(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have been faster.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
