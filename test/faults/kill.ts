import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import type { Sight, StoreChoice } from "./shop.ts";

const built = (child: string): string => resolve(`build/faults/${child}.mjs`);
const ENGINE = resolve("dist/core.wasm");

/** One file for the child, so that it starts in a moment. */
export function buildChild(): Promise<void> {
  return buildFrom("child");
}

/** The same of another file of this folder. */
export async function buildFrom(child: string): Promise<void> {
  const file = built(child);
  await build({
    entryPoints: [`test/faults/${child}.ts`],
    outfile: `${file}.${process.pid}`,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    // The sources are not what package.json calls free of side effects.
    ignoreAnnotations: true,
    external: ["*/core-bytes.js"],
    logLevel: "error",
  });
  // Other test files may be starting it.
  renameSync(`${file}.${process.pid}`, file);
}

export interface Killed {
  /** `SIGKILL`, or null when the run came to its end. */
  signal: NodeJS.Signals | null;
  errors: string;
  /** What a reader in the process saw. */
  sights: Sight[];
}

/** Runs the shop in a process that a failpoint kills. */
export async function runKilled(
  store: StoreChoice,
  run: number,
  folder: string,
  failpoint: string,
  delay?: number,
): Promise<Killed> {
  const sights = join(folder, "sights.ndjson");
  const { signal, errors } = await killedAt("child", { store, run, sights }, folder, failpoint, delay);
  const lines = existsSync(sights) ? readFileSync(sights, "utf8").split("\n") : [];
  // The last line may be cut off.
  const seen = lines.flatMap((line) => (line.endsWith("}") ? [JSON.parse(line) as Sight] : []));
  return { signal, errors, sights: seen };
}

/** Runs a child of {@link buildFrom}, which gets `given` and the engine's file as JSON. */
export async function killedAt(
  of: string,
  given: object,
  folder: string,
  failpoint: string,
  delay?: number,
): Promise<Omit<Killed, "sights">> {
  mkdirSync(folder, { recursive: true });
  const child = spawn(process.execPath, [built(of), JSON.stringify({ ...given, engine: ENGINE })], {
    env: { ...process.env, RUNLET_HOME: folder, RUNLET_FAILPOINT: failpoint },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const timer = delay === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), delay);
  let errors = "";
  child.stderr.on("data", (chunk) => (errors += String(chunk)));
  const signal = await new Promise<NodeJS.Signals | null>((done) => child.on("close", (_, by) => done(by)));
  clearTimeout(timer);
  return { signal, errors };
}
