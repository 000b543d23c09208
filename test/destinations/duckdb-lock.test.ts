import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { describe, expect, test } from "vitest";
import { DRIVERS, filesOf, native } from "./duckdb-files.ts";

describe.each(DRIVERS)("a lock, with %s DuckDB", (driver) => {
  const { at, open, loadOne } = filesOf(driver);

  test("another process's lock is respected, and names it", async () => {
    const file = at("locked.duckdb");
    await loadOne(file);
    const holder = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"], { stdio: "ignore" });
    await once(holder, "spawn");
    writeFileSync(`${file}.lock`, JSON.stringify({ pid: holder.pid, host: hostname(), started: "" }));
    try {
      await expect(open(file)).rejects.toMatchObject({
        code: "DESTINATION_LOCKED",
        message: expect.stringContaining(`locked.duckdb is open in process ${holder.pid}`) as string,
      });
    } finally {
      holder.kill("SIGKILL");
      await once(holder, "exit");
    }
    // The same lock, its process gone.
    await loadOne(file, 2n);
    expect(existsSync(`${file}.lock`)).toBe(false);
    expect(await native(file, "select count(*)::int n from ds.t")).toEqual([{ n: 2 }]);
  });

  test("one left empty by a crash is taken over; one of another machine is not", async () => {
    const file = at("left.duckdb");
    writeFileSync(`${file}.lock`, "");
    await loadOne(file);
    writeFileSync(`${file}.lock`, JSON.stringify({ pid: 1, host: "elsewhere", started: "" }));
    await expect(open(file)).rejects.toMatchObject({
      code: "DESTINATION_LOCKED",
      hint: expect.stringContaining("left.duckdb.lock") as string,
    });
  });

  test("one of an earlier process with the same number is taken over", async () => {
    const file = at("reused.duckdb");
    writeFileSync(`${file}.lock`, JSON.stringify({ pid: process.pid, host: hostname(), started: "1" }));
    await loadOne(file);
    expect(await native(file, "select id from ds.t")).toEqual([{ id: "1" }]);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  test.skipIf(!existsSync("/proc/locks"))("a native DuckDB that has the file open is seen", async () => {
    const file = at("native.duckdb");
    await loadOne(file);
    const script = `const { DuckDBInstance } = require("@duckdb/node-api");
      DuckDBInstance.create(${JSON.stringify(file)}).then(async (i) => { await i.connect(); console.log("open"); setTimeout(() => {}, 60000); });`;
    const holder = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    await once(holder.stdout, "data");
    try {
      await expect(open(file)).rejects.toMatchObject({
        code: "DESTINATION_LOCKED",
        message: expect.stringContaining(`process ${holder.pid}`) as string,
      });
    } finally {
      holder.kill("SIGKILL");
      await once(holder, "exit");
    }
    await loadOne(file, 2n);
  });
});
