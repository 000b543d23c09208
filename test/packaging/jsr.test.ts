import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { denoBinary } from "../runtimes/binaries.ts";
import { printed } from "../runtimes/child.ts";

// JSR takes TypeScript sources. Its own checks are those of `deno publish`: entries, dependencies, types that are quick to
// tell ("no slow types"). Deno fetches the dependencies from npm.

const STAGED = "build/jsr";
let dryRun: { status: number | null; stderr: string };

beforeAll(() => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/jsr.mjs"], {
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  dryRun = { status, stderr: stdout + stderr };
}, 180_000);

test("publishing would succeed, without a word about slow types", () => {
  expect(dryRun.stderr).toContain("Checking for slow types in the public API");
  expect(dryRun.stderr).toContain("Dry run complete");
  expect(dryRun.stderr).not.toMatch(/\b(warning|error)\b/i);
  expect(dryRun.status).toBe(0);
});

test("what is published is what the entries need, and no test, no engine source, no command line", () => {
  const files = [...dryRun.stderr.matchAll(/build\/jsr\/(\S+) \(/g)].map(([, path]) => path!);
  expect(files).toContain("core/binding/core-bytes.js");
  expect(files).toContain("host-deno/index.ts");
  expect(files.filter((path) => /^(test|bench|dist)\/|core\/engine\/|\/cli\//.test(path))).toEqual([]);
});

test("the sources as they are staged run in Deno", { timeout: 60_000 }, async () => {
  const { imports } = JSON.parse(readFileSync(`${STAGED}/jsr.json`, "utf8")) as {
    imports: Record<string, string>;
  };
  writeFileSync(
    `${STAGED}/deno.json`,
    JSON.stringify({ imports: { ...imports, runlet: "./host-deno/index.ts" }, nodeModulesDir: "none" }),
  );
  writeFileSync(
    `${STAGED}/use.ts`,
    `import { memory, pipeline, resource } from "runlet";
const info = await pipeline("shop", resource("orders", {}, [{ id: 1, lines: [{ sku: "a" }] }])).run({ to: memory() });
console.log(JSON.stringify(Object.keys(info.tables)));`,
  );
  const found = await printed(denoBinary(), ["run", "--no-prompt", "use.ts"], { cwd: STAGED });
  expect(found).toEqual(["orders", "orders__lines"]);
});
