import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The program inside the platform package of a runtime that npm distributes (`deno`, `workerd`), found without
 *  the install scripts that would link it. */
export function packageBinary(name: string, inside: string): string {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve(`${name}/package.json`);
  const nested = createRequire(manifest);
  const optional = Object.keys((nested(manifest) as Manifest).optionalDependencies);
  const found = optional.flatMap((each) => {
    try {
      return [join(dirname(nested.resolve(`${each}/package.json`)), inside)];
    } catch {
      return [];
    }
  });
  const path = found.find((each) => existsSync(each));
  if (path) return path;
  const seen = found.map((each) => `${each}: ${readdirSync(dirname(each)).join(" ")}`);
  throw new Error(
    `npm installed no program of ${name} for this platform: ${seen.join("; ") || optional.join(", ")}`,
  );
}

interface Manifest {
  optionalDependencies: Record<string, string>;
}
