import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

// Broken and odd inputs, beside the reference. RUNLET_FUZZ_MINUTES=30 says for how long, RUNLET_SEED where to begin.

const FULL = process.env.RUNLET_FULL === "1";
const MINUTES = Number(process.env.RUNLET_FUZZ_MINUTES ?? (FULL ? 10 : 0));

test.each([
  ["the engine", 1000, []],
  ["the engine that checks each access to memory", 100, ["--checked"]],
])("%s", { timeout: (MINUTES + 5) * 60_000 }, async (_, cases, options) => {
  const much = MINUTES ? ["--seconds", String(MINUTES * 60)] : ["--cases", String(cases)];
  const words = ["test/fuzz/fuzz.mjs", ...much, "--seed", process.env.RUNLET_SEED ?? "1", ...options];
  const run = promisify(execFile)(process.execPath, [...words, ...(FULL ? ["--shared"] : [])]);
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  expect(stdout).toMatch(/^\d+ cases, .* 0 problems/);
  expect(Number(/^(\d+) cases/.exec(stdout)![1])).toBeGreaterThanOrEqual(cases);
});
