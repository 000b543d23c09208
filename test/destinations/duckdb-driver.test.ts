import { afterEach, describe, expect, test, vi } from "vitest";
import { openDuckDB } from "../../host-node/duckdb/index.ts";
import { duckdb } from "../../core/destinations/duckdb/index.ts";

/** What a process without, or with another, duckdb-wasm sees. */
const installed = vi.hoisted(() => ({ found: true, version: "" }));
vi.mock("node:module", async (original) => {
  const actual = await original<typeof import("node:module")>();
  const createRequire: typeof actual.createRequire = (from) => {
    const require = actual.createRequire(from);
    const resolve = (name: string): string => {
      if (!installed.found) throw Object.assign(new Error("not found"), { code: "MODULE_NOT_FOUND" });
      return require.resolve(name);
    };
    return Object.assign(((name: string) => require(name) as unknown) as NodeJS.Require, require, {
      resolve,
    });
  };
  return { ...actual, default: actual, createRequire };
});
vi.mock("node:fs/promises", async (original) => {
  const actual = await original<typeof import("node:fs/promises")>();
  const readFile = (async (...parameters: Parameters<typeof actual.readFile>) =>
    installed.version !== "" && String(parameters[0]).endsWith("package.json")
      ? JSON.stringify({ version: installed.version })
      : actual.readFile(...parameters)) as typeof actual.readFile;
  return { ...actual, default: actual, readFile };
});

describe("the DuckDB driver", () => {
  afterEach(() => Object.assign(installed, { found: true, version: "" }));
  const open = () => duckdb(":memory:", { open: openDuckDB }).open({ dataset: "ds" });

  test("when missing, says how to install it", async () => {
    installed.found = false;
    await expect(open()).rejects.toMatchObject({
      code: "DRIVER_MISSING",
      hint: "npm install @duckdb/duckdb-wasm@1.33.1-dev65.0",
    });
  });

  test("of another version is refused", async () => {
    installed.version = "1.32.0";
    await expect(open()).rejects.toMatchObject({
      code: "DRIVER_MISSING",
      message: expect.stringContaining("1.32.0") as string,
      hint: "npm install @duckdb/duckdb-wasm@1.33.1-dev65.0",
    });
  });

  test("leaves the process's globals and listeners as they are", async () => {
    const globals = (): string[] => Object.getOwnPropertyNames(globalThis).sort();
    const listeners = (): (string | symbol)[] => process.eventNames();
    const before = { globals: globals(), listeners: listeners() };
    const session = await open();
    expect(await session.query("select 42::bigint as n")).toEqual([{ n: 42n }]);
    await session.close();
    expect(globals().filter((name) => !before.globals.includes(name))).toEqual([]);
    expect(listeners()).toEqual(before.listeners);
  });

  test("does not try to fetch extensions, and the message says what the engine lacks", async () => {
    const session = await open();
    await expect(session.query(`select '{"a":1}'->>'$.a'`)).rejects.toMatchObject({
      code: "DESTINATION_QUERY",
      hint: expect.stringContaining("no JSON functions") as string,
    });
    await session.close();
  });
});
