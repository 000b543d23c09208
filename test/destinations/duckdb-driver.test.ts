import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { DestinationSession } from "../../core/destinations/contract.ts";
import type {
  DuckDBConnection,
  DuckDBDriver,
  DuckDBDriverName,
} from "../../core/destinations/duckdb/index.ts";

/** What a process sees of the drivers: absent ones, a broken addon, other versions. */
const EVERYTHING = { wasm: true, native: true, addon: true, wasmVersion: "", nativeVersion: "" };
const installed = vi.hoisted(() => ({}) as typeof EVERYTHING);

vi.mock("node:module", async (original) => {
  const actual = await original<typeof import("node:module")>();
  const createRequire: typeof actual.createRequire = (from) => {
    const require = actual.createRequire(from);
    const resolve = (name: string): string => {
      if (name.includes("wasm") ? !installed.wasm : !installed.native)
        throw Object.assign(new Error("not found"), { code: "MODULE_NOT_FOUND" });
      return require.resolve(name);
    };
    const load = (name: string): unknown => {
      if (name !== "@duckdb/node-bindings") return require(name) as unknown;
      if (!installed.addon) throw new Error("libduckdb.so: cannot open shared object file");
      const bindings = require(name) as object;
      return installed.nativeVersion
        ? { ...bindings, library_version: () => installed.nativeVersion }
        : bindings;
    };
    return Object.assign(load as NodeJS.Require, require, { resolve });
  };
  return { ...actual, default: actual, createRequire };
});
vi.mock("node:fs/promises", async (original) => {
  const actual = await original<typeof import("node:fs/promises")>();
  const readFile = (async (...parameters: Parameters<typeof actual.readFile>) =>
    installed.wasmVersion !== "" && String(parameters[0]).endsWith("package.json")
      ? JSON.stringify({ version: installed.wasmVersion })
      : actual.readFile(...parameters)) as typeof actual.readFile;
  return { ...actual, default: actual, readFile };
});

/** Opens a database in memory with modules that have loaded no driver yet. */
async function open(driver?: DuckDBDriverName): Promise<DestinationSession> {
  const { duckdb } = await import("../../core/destinations/duckdb/index.ts");
  const { openDuckDB } = await import("../../host-node/duckdb/index.ts");
  return duckdb(":memory:", { open: openDuckDB, driver }).open({ dataset: "ds" });
}

async function platform(driver?: DuckDBDriverName): Promise<string> {
  const session = await open(driver);
  const [row] = await session.query<{ platform: string }>("pragma platform");
  await session.close();
  return row!.platform.startsWith("wasm") ? "wasm" : "native";
}

beforeEach(() => {
  vi.resetModules();
  Object.assign(installed, EVERYTHING);
  vi.stubEnv("RUNLET_DUCKDB", "");
});
afterEach(() => void vi.unstubAllEnvs());

const WASM = "npm install @duckdb/duckdb-wasm@1.33.1-dev65.0";
const NATIVE = "npm install @duckdb/node-api";

describe("the DuckDB driver", () => {
  test("is native where it is installed, else WebAssembly", async () => {
    expect(await platform()).toBe("native");
    vi.resetModules();
    installed.native = false;
    expect(await platform()).toBe("wasm");
  });

  test.each([
    ["does not load on this machine", { addon: false }],
    ["is too old", { nativeVersion: "v1.4.1" }],
  ])("is WebAssembly where native DuckDB %s", async (_, state) => {
    Object.assign(installed, state);
    expect(await platform()).toBe("wasm");
  });

  test("is the one that is asked for, by option before environment", async () => {
    vi.stubEnv("RUNLET_DUCKDB", "wasm");
    expect(await platform()).toBe("wasm");
    expect(await platform("native")).toBe("native");
    vi.stubEnv("RUNLET_DUCKDB", "native");
    expect(await platform()).toBe("native");
    vi.stubEnv("RUNLET_DUCKDB", "sqlite");
    await expect(open()).rejects.toMatchObject({ code: "CONFIG_INVALID", hint: "wasm or native" });
  });

  test("when none is installed, says how to install one", async () => {
    Object.assign(installed, { wasm: false, native: false });
    const error = await open().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "DRIVER_MISSING",
      message:
        "no DuckDB driver can be used: @duckdb/node-api is not installed; @duckdb/duckdb-wasm is not installed",
    });
    expect((error as { hint: string }).hint).toContain(NATIVE);
    expect((error as { hint: string }).hint).toContain(WASM);
  });

  test("when the one that is asked for is missing, is not replaced by the other", async () => {
    installed.wasm = false;
    await expect(open("wasm")).rejects.toMatchObject({ code: "DRIVER_MISSING", hint: WASM });
    Object.assign(installed, { wasm: true, native: false });
    await expect(open("native")).rejects.toMatchObject({ code: "DRIVER_MISSING", hint: NATIVE });
  });

  test.each([
    ["wasm", { wasmVersion: "1.32.0" }, "1.32.0", WASM],
    ["native", { nativeVersion: "v1.4.1" }, "v1.4.1", NATIVE],
    ["native", { addon: false }, "does not load on this machine: libduckdb.so", NATIVE],
  ] as const)("%s of another version is refused", async (driver, state, message, hint) => {
    Object.assign(installed, state);
    await expect(open(driver)).rejects.toMatchObject({
      code: "DRIVER_MISSING",
      message: expect.stringContaining(message) as string,
      hint,
    });
  });

  test.each(["wasm", "native"] as const)(
    "%s leaves the process's globals and listeners as they are",
    async (driver) => {
      const globals = (): string[] => Object.getOwnPropertyNames(globalThis).sort();
      const listeners = (): (string | symbol)[] => process.eventNames();
      const before = { globals: globals(), listeners: listeners() };
      const session = await open(driver);
      expect(await session.query("select 42::bigint as n")).toEqual([{ n: 42n }]);
      await session.close();
      expect(globals().filter((name) => !before.globals.includes(name))).toEqual([]);
      expect(listeners()).toEqual(before.listeners);
    },
  );

  test("wasm does not try to fetch extensions, and the message says what the engine lacks", async () => {
    const session = await open("wasm");
    await expect(session.query(`select '{"a":1}'->>'$.a'`)).rejects.toMatchObject({
      code: "DESTINATION_QUERY",
      hint: expect.stringContaining("no JSON functions") as string,
    });
    await session.close();
  });

  test("native does not try to fetch extensions", async () => {
    const session = await open("native");
    await expect(session.query("select * from read_xlsx('x.xlsx')")).rejects.toMatchObject({
      code: "DESTINATION_QUERY",
    });
    expect(await session.query(`select '{"a":1}'->>'$.a' as a`)).toEqual([{ a: "1" }]);
    await session.close();
  });
});

test("a session lets go of its database also when a connection of it cannot be closed", async () => {
  const { duckdb } = await import("../../core/destinations/duckdb/index.ts");
  const connection: DuckDBConnection = {
    exec: async () => undefined,
    query: () => Promise.reject(new Error("not asked")),
    insertArrow: async () => undefined,
    checkpoint: async () => undefined,
    close: () => Promise.reject(new Error("the engine has stopped")),
  };
  let closed = 0;
  const driver: DuckDBDriver = {
    timeZones: true,
    connect: async () => connection,
    close: async () => void closed++,
    claimWriter: () => true,
    releaseWriter: () => undefined,
  };
  const session = await duckdb("any.duckdb", { open: async () => driver }).open({ dataset: "ds" });
  await session.begin("1");
  await expect(session.close()).rejects.toThrow("the engine has stopped");
  expect(closed).toBe(1);
});
