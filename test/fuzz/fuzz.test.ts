import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const SECONDS = process.env.RUNLET_FULL ? 600 : 20;

test(`${SECONDS} seconds of broken and odd inputs`, { timeout: (SECONDS + 60) * 1000 }, async () => {
  const seed = process.env.RUNLET_SEED ?? "1";
  const run = promisify(execFile)(process.execPath, [
    "test/fuzz/fuzz.mjs",
    "--seconds",
    String(SECONDS),
    "--seed",
    seed,
    ...(process.env.RUNLET_FULL ? ["--shared"] : []),
  ]);
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  expect(stdout).toMatch(/^\d+ cases, .* 0 problems/);
  expect(Number(/^(\d+) cases/.exec(stdout)![1])).toBeGreaterThan(SECONDS * 5);
});
