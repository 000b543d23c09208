import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { DRIVERS, filesOf, native } from "./duckdb-files.ts";
import { facts, put } from "./load.ts";

/** While `full`, every write to a file fails as on a full disk; `calls` is what was asked of it, in order. */
const disk = vi.hoisted(() => ({ full: false, calls: [] as string[] }));
vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  type Buffered = [descriptor: number, bytes: Uint8Array, from?: number, length?: number, position?: number];
  const writeSync = (...parameters: Buffered): number => {
    if (disk.full)
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    const position = parameters[4];
    if (typeof position === "number") disk.calls.push(position < 12288 ? "header" : "data");
    return fs.writeSync(...parameters);
  };
  const fsyncSync = (descriptor: number): void => {
    disk.calls.push("sync");
    fs.fsyncSync(descriptor);
  };
  return { ...fs, writeSync, fsyncSync };
});

describe("the file runtime of duckdb-wasm", () => {
  const { at, open, loadOne } = filesOf("wasm");

  test("reaches the disk before its header does, and the header before the commit returns", async () => {
    const session = await open(at("synced.duckdb"));
    const load = await session.begin("1");
    await put(load, "t", { id: { type: "bigint", values: [1n] } });
    disk.calls.length = 0;
    await load.commit(facts("1"));
    const written = disk.calls.join(" ");
    await session.close();
    expect(written).toMatch(/ (data )+sync header sync$/);
  });

  test("a full disk is a storage error, and the file keeps its last load", async () => {
    const file = at("full.duckdb");
    await loadOne(file);
    const session = await open(file);
    const load = await session.begin("2");
    await put(load, "u", { id: { type: "bigint", values: [2n] } });
    disk.full = true;
    try {
      await expect(load.commit(facts("2"))).rejects.toMatchObject({
        code: "STORAGE_FAILED",
        message: expect.stringContaining("ENOSPC") as string,
      });
      await session.close();
    } finally {
      disk.full = false;
    }
    expect(existsSync(`${file}.lock`)).toBe(false);
    expect(await native(file, "select id from ds.t")).toEqual([{ id: "1" }]);
    expect(await native(file, "select table_name from duckdb_tables() where table_name = 'u'")).toEqual([]);
    await loadOne(file, 3n);
    expect(await native(file, "select count(*)::int n from ds.t")).toEqual([{ n: 2 }]);
  });
});

describe.each(DRIVERS)("a file that cannot grow, with %s DuckDB", (driver) => {
  const { at } = filesOf(driver);
  const child = fileURLToPath(new URL("./duckdb-full-child.ts", import.meta.url));

  test.skipIf(process.platform === "win32")("keeps its last load, and takes the next that fits", async () => {
    const file = at("small.duckdb");
    // 3 or 6 MB: the unit of `ulimit -f` is 512 or 1024 bytes.
    const limited = `ulimit -f 6000; trap "" XFSZ; exec "$0" --import jiti/register "$@"`;
    const printed = execFileSync("sh", ["-c", limited, process.execPath, child, driver, file], {
      encoding: "utf8",
    });
    expect(JSON.parse(printed)).toEqual(["loaded", "STORAGE_FAILED", "loaded"]);
    expect(await native(file, "select count(*)::int n from ds.t")).toEqual([{ n: 15 }]);
    expect(await native(file, "select load_id from ds._dlt_loads order by 1")).toEqual([
      { load_id: "1" },
      { load_id: "3" },
    ]);
    expect([existsSync(`${file}.lock`), existsSync(`${file}.wal`)]).toEqual([false, false]);
  });
});
