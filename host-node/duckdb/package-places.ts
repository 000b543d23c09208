import { join } from "node:path";

/** Where drivers are looked for: the project that runs, then beside runlet. */
export const PACKAGE_PLACES = (): string[] => [join(process.cwd(), "package.json"), import.meta.url];
