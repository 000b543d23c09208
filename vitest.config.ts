import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    pool: "forks",
    // The long versions of property tests take minutes each.
    testTimeout: process.env["RUNLET_FULL"] ? 1_800_000 : 60_000,
  },
});
