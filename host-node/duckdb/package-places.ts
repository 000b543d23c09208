import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** Where drivers are looked for: the project that runs, then beside runlet. */
export function packagePlaces(): string[] {
  const project = join(process.cwd(), "package.json");
  // Where there is no node_modules at all, Bun would fetch whichever version is the newest.
  const fetches = "Bun" in globalThis && !hasPackages(process.cwd());
  return [...(fetches ? [] : [project]), import.meta.url];
}

function hasPackages(folder: string): boolean {
  if (existsSync(join(folder, "node_modules"))) return true;
  return dirname(folder) !== folder && hasPackages(dirname(folder));
}
