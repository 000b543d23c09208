import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

interface Manifest {
  optionalDependencies: Record<string, string>;
}

/** The program inside the platform package of a runtime that npm distributes (`bun`, `deno`, `workerd`), found without
 *  the install scripts that would link it. `moved`: where in the package itself an install script that did run has put
 *  it. @throws Error naming the packages that npm should have installed */
export function packageBinary(name: string, inside: string, moved?: string): string {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve(`${name}/package.json`);
  const nested = createRequire(manifest);
  const platforms = Object.keys((nested(manifest) as Manifest).optionalDependencies);
  for (const each of platforms) {
    try {
      const path = join(dirname(nested.resolve(`${each}/package.json`)), inside);
      if (isProgram(path)) return path;
    } catch {
      // For another platform.
    }
  }
  const elsewhere = moved && join(dirname(manifest), moved);
  if (elsewhere && isProgram(elsewhere)) return elsewhere;
  throw new Error(`npm installed no program of ${name} for this platform: none of ${platforms.join(", ")}`);
}

/** A placeholder that says to run the install script is small. */
function isProgram(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 1_000_000;
}
