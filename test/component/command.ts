import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { runtimeOf, type RuntimeName } from "./runtimes.ts";

/** One run of the WASI command. */
export interface Job {
  args: string[];
  stdin: Uint8Array;
}

export interface Done {
  code: number;
  stdout: Uint8Array;
  stderr: string;
}

/** The built command; `npm run build` makes it. */
export const COMMAND = resolve("dist/runlet-engine.wasm");

const SCRATCH = fileURLToPath(new URL("../../build/component", import.meta.url));

/** Runs jobs, one after the other, in one process of a runtime. */
export async function runCommand(runtime: RuntimeName, jobs: readonly Job[]): Promise<Done[]> {
  mkdirSync(SCRATCH, { recursive: true });
  const folder = mkdtempSync(join(SCRATCH, "run-"));
  try {
    const plain = jobs.map(({ args, stdin }) => ({ args, stdin: Buffer.from(stdin).toString("base64") }));
    const done = await runtimeOf(runtime).run(plain, {
      command: COMMAND,
      folder,
      jobs: write(join(folder, "jobs.json"), JSON.stringify(plain)),
      results: join(folder, "results.json"),
    });
    return done.map(({ code, stdout, stderr }) => ({ code, stdout: Buffer.from(stdout, "base64"), stderr }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function readResults(path: string): PlainDone[] {
  return JSON.parse(readFileSync(path, "utf8")) as PlainDone[];
}

function write(path: string, text: string): string {
  writeFileSync(path, text);
  return path;
}

export interface PlainJob {
  args: string[];
  stdin: string;
}

export interface PlainDone {
  code: number;
  stdout: string;
  stderr: string;
}
