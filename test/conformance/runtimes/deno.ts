import { join } from "node:path";
import { repository } from "../../packaging/tarball.ts";
import { denoBinary } from "../../runtimes/binaries.ts";
import type { STORES } from "../case.ts";
import { underCommand } from "./command.ts";
import type { Run } from "./runtime.ts";

/** The drivers' packages; the app has links to them. */
const PACKAGES = join(repository, "node_modules");

/** Deno, which may do nothing that is not listed. What else were asked for would fail, since nobody is there to be
 *  asked: these are the permissions that runlet's users have to give. The engine needs none. */
export const deno: Run = (surroundings) => {
  const run = ["run", "--no-prompt", "--no-remote", "--node-modules-dir=manual"];
  const net = new URL(surroundings.origin).host;
  const { folder } = surroundings.app;
  const env = "--allow-env=CONFORMANCE_TOKEN,CONFORMANCE_MISSING";
  return underCommand(
    {
      program: denoBinary(),
      vectors: run,
      cases: [...run, `--allow-net=${net}`, env, `--allow-read=${join(folder, "data")}`],
      stores: (store, where) => [
        ...run,
        ...LEAVE[store](where, folder).map((each) => `--allow-${each}`),
        `--allow-net=${net}`,
      ],
    },
    surroundings,
  );
};

/** What each destination needs; the folder holds the database and the load packages (`.runlet`). */
const LEAVE: Record<(typeof STORES)[number], (where: string, folder: string) => string[]> = {
  "duckdb-native": (_, folder) => [
    `read=${folder},${PACKAGES}`,
    `write=${folder}`,
    `ffi=${folder},${PACKAGES}`,
  ],
  "duckdb-wasm": (_, folder) => [`read=${folder},${PACKAGES}`, `write=${folder}`, "sys=cpus"],
  parquet: (_, folder) => [`read=${folder},${PACKAGES}`],
  // The driver looks for several settings of its own in the environment.
  postgres: (where, folder) => [`net=${new URL(where).host}`, `read=${folder}`, `write=${folder}`, "env"],
};
