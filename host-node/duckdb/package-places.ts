import { join } from "node:path";

/** Where drivers are looked for: the project that runs, then beside runlet. */
export function packagePlaces(): string[] {
  return [join(process.cwd(), "package.json"), import.meta.url];
}
