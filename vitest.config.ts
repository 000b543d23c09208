import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    pool: "forks",
    // Much of the time a test waits for a program it has started.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // The long versions of property tests take minutes each.
    testTimeout: process.env["RUNLET_FULL"] ? 1_800_000 : 60_000,
    // A DuckDB of WebAssembly that starts takes seconds on a busy machine.
    hookTimeout: 60_000,
  },
});
