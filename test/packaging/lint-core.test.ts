import { ESLint } from "eslint";
import { describe, expect, test } from "vitest";

// The linter keeps core portable: what a runtime has for itself may be named by its host only.

const eslint = new ESLint();

/** Rules that fire when the text stands in a file of core. The file is one that exists, since rules know its types. */
async function fired(text: string, file = "core/json.ts"): Promise<string[]> {
  const [result] = await eslint.lintText(text, { filePath: file });
  return result!.messages.map(({ ruleId, message }) => ruleId ?? message);
}

describe("core is refused", { timeout: 120_000 }, () => {
  test.each([
    ["a module of Node", `export { readFile } from "node:fs/promises";`, "no-restricted-imports"],
    ["its old name", `import { join } from "path"; export const a = join;`, "no-restricted-imports"],
    ["a module loaded later", `export const fs = () => import("node:fs");`, "no-restricted-syntax"],
    ["a type of it", `export type Stats = import("node:fs").Stats;`, "no-restricted-syntax"],
    ["a host", `export * from "../host-node/index.ts";`, "no-restricted-imports"],
    [
      "a host loaded later",
      `export const h = () => import("../../host-deno/index.ts");`,
      "no-restricted-syntax",
    ],
    ["process", `export const cwd = process.cwd();`, "no-restricted-globals"],
    ["Deno", `export const a = typeof Deno;`, "no-restricted-globals"],
    ["Bun", `export const a = "x" in Bun;`, "no-restricted-globals"],
    ["Buffer", `export const a = Buffer.from("x");`, "no-restricted-globals"],
    ["Buffer as a type", `export type A = Buffer;`, "no-restricted-syntax"],
    ["a type of Node's", `export type A = NodeJS.Timeout;`, "no-restricted-syntax"],
    ["require", `export const a = require("ky");`, "no-restricted-globals"],
    ["__dirname", `export const a = __dirname;`, "no-restricted-globals"],
    ["a detour", `export const a = globalThis.process;`, "no-restricted-properties"],
  ])("%s", async (_, text, rule) => {
    expect(await fired(text)).toContain(rule);
  });
});

test("core may name what the Web has, and its dependencies", async () => {
  const text = `import ky from "ky";
import { host } from "./host.ts";
export const a = [ky, host, fetch, crypto, performance, globalThis.URL];
export const later = () => import("./errors.ts");`;
  expect(await fired(text)).toEqual([]);
});

test("a host may name its runtime", async () => {
  expect(await fired(`export const cwd = process.cwd();`, "host-node/index.ts")).toEqual([]);
});
