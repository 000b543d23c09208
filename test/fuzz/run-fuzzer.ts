import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "vitest";

const FULL = process.env.RUNLET_FULL === "1";
const MINUTES = Number(process.env.RUNLET_FUZZ_MINUTES ?? (FULL ? 10 : 0));

/** Milliseconds that a run may take. */
export const FUZZ_TIMEOUT = (MINUTES + 10) * 60_000;

/** Runs the fuzzer on so many cases, or as long as RUNLET_FUZZ_MINUTES says; nothing may be found. RUNLET_SEED says where
 *  to begin. */
export async function expectNothingFound(cases: number, options: string[] = []): Promise<void> {
  const much = MINUTES ? ["--seconds", String(MINUTES * 60)] : ["--cases", String(cases)];
  const words = ["test/fuzz/fuzz.mjs", ...much, "--seed", process.env.RUNLET_SEED ?? "1", ...options];
  const run = promisify(execFile)(process.execPath, [...words, ...(FULL ? ["--shared"] : [])]);
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  expect(stdout).toMatch(/^\d+ cases, .* 0 problems/);
  expect(Number(/^(\d+) cases/.exec(stdout)![1])).toBeGreaterThanOrEqual(cases);
}
