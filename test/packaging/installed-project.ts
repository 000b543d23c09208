import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { packPackage, repository } from "./tarball.ts";

const programs = fileURLToPath(new URL("project", import.meta.url));

export interface InstalledProject {
  readonly folder: string;
  /** Packages in its node_modules: runlet, and what that depends on. */
  readonly packages: readonly string[];
  /** Installs runlet's optional peers: links to those of this repository. */
  addDrivers(): void;
  remove(): void;
}

/** An empty project into which npm installed the packed package, with its dependencies and without any driver; beside it
 *  the programs of `project/`. */
export function installProject(): InstalledProject {
  const folder = mkdtempSync(join(tmpdir(), "runlet-project-"));
  const tarball = packPackage();
  const archive = join(folder, "runlet.tgz");
  writeFileSync(archive, tarball.bytes);
  tarball.remove();
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  // Scripts may run: the package and what it needs have none, which the caller sees by their working.
  const options = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  execFileSync("npm", ["install", ...options, archive], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  cpSync(programs, folder, { recursive: true });
  return {
    folder,
    packages: packagesIn(join(folder, "node_modules")),
    addDrivers() {
      for (const name of Object.keys(manifest(join(folder, "node_modules/runlet")).peerDependencies ?? {})) {
        const link = join(folder, "node_modules", name);
        mkdirSync(dirname(link), { recursive: true });
        symlinkSync(join(repository, "node_modules", name), link, "dir");
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The package.json of an installed package. */
export function manifest(folder: string): {
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  scripts?: Record<string, string>;
} {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

function packagesIn(modules: string): string[] {
  return readdirSync(modules)
    .filter((name) => !name.startsWith("."))
    .flatMap((name) =>
      name.startsWith("@") ? readdirSync(join(modules, name)).map((each) => `${name}/${each}`) : name,
    );
}
