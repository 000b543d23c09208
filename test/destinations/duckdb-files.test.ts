import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, describe, expect, test, vi } from "vitest";
import type { DestinationSession } from "../../core/destinations/contract.ts";
import { duckdb } from "../../core/destinations/duckdb/index.ts";
import { openDuckDB } from "../../host-node/duckdb/index.ts";
import { facts, put } from "./load.ts";
import { EVERY_TYPE } from "./suite.ts";

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

const folder = mkdtempSync(join(tmpdir(), "runlet-duckdb-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const open = (file: string): Promise<DestinationSession> =>
  duckdb(file, { open: openDuckDB }).open({ dataset: "ds" });

async function loadOne(file: string, id = 1n): Promise<void> {
  const session = await open(file);
  const load = await session.begin(String(id));
  await put(load, "t", { id: { type: "bigint", values: [id] } });
  await load.commit(facts(String(id)));
  await session.close();
}

/** Rows of a query by native DuckDB. */
async function native(file: string, sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  try {
    await connection.run("set TimeZone = 'UTC'");
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

describe("a file written by the embedded engine", () => {
  test("is read by native DuckDB, table by table, type by type", async () => {
    const file = at("types.duckdb");
    const session = await open(file);
    const load = await session.begin("1");
    await put(load, "types", EVERY_TYPE);
    await put(load, "types__kids", {
      _dlt_id: { type: "text", values: ["a", "b"], nullable: false },
      _dlt_parent_id: { type: "text", values: ["p", "p"], nullable: false },
      value: { type: "text", values: ["x", null] },
    });
    await load.commit(facts("1"));
    await session.close();

    const again = await open(file);
    const tables = ["types", "types__kids", "_dlt_loads", "_dlt_version"];
    for (const table of tables) {
      const sql = `select columns(*)::varchar from ds.${table}`;
      const rows = await again.query(sql);
      expect(rows.length).toBeGreaterThan(0);
      expect(await native(file, sql)).toEqual(rows);
    }
    await again.close();
    const types = await native(
      file,
      "select column_name, data_type from duckdb_columns() where table_name = 'types'",
    );
    expect(Object.fromEntries(types.map((row) => [row.column_name, row.data_type]))).toEqual({
      a_text: "VARCHAR",
      a_double: "DOUBLE",
      a_bool: "BOOLEAN",
      a_timestamp: "TIMESTAMP WITH TIME ZONE",
      a_bigint: "BIGINT",
      a_binary: "BLOB",
      a_json: "JSON",
      a_decimal: "DECIMAL(38,9)",
      a_price: "DECIMAL(10,2)",
      a_wei: "DECIMAL(38,0)",
      a_date: "DATE",
      a_time: "TIME",
    });
    expect(await native(file, "select a_json->>'$.a[0]' v from ds.types limit 1")).toEqual([{ v: "1" }]);
  });

  test("has dlt's system tables, column for column", async () => {
    const file = at("system.duckdb");
    const session = await open(file);
    const load = await session.begin("1");
    const state = {
      pipelineName: "p",
      version: 1,
      engineVersion: 4,
      encoded: "e",
      versionHash: "h",
      dltId: "d",
    };
    await load.commit(facts("1", { state }));
    await session.close();
    const tables = await native(file, "select sql from duckdb_tables() order by table_name");
    // As dlt 1.31 creates them in DuckDB.
    expect(tables.map((row) => String(row.sql).replace(" USING COMPRESSION UNCOMPRESSED", ""))).toEqual([
      "CREATE TABLE ds._dlt_loads(load_id VARCHAR NOT NULL, schema_name VARCHAR, status BIGINT NOT NULL, inserted_at TIMESTAMP WITH TIME ZONE NOT NULL, schema_version_hash VARCHAR);",
      'CREATE TABLE ds._dlt_pipeline_state("version" BIGINT NOT NULL, engine_version BIGINT NOT NULL, pipeline_name VARCHAR NOT NULL, state VARCHAR NOT NULL, created_at TIMESTAMP WITH TIME ZONE NOT NULL, version_hash VARCHAR, _dlt_load_id VARCHAR NOT NULL, _dlt_id VARCHAR NOT NULL);',
      'CREATE TABLE ds._dlt_version("version" BIGINT NOT NULL, engine_version BIGINT NOT NULL, inserted_at TIMESTAMP WITH TIME ZONE NOT NULL, schema_name VARCHAR NOT NULL, version_hash VARCHAR NOT NULL, "schema" VARCHAR NOT NULL);',
    ]);
  });

  test("written to by native DuckDB in between, goes on", async () => {
    const file = at("shared.duckdb");
    await loadOne(file, 1n);
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    await connection.run("insert into ds.t values (2); create table ds.own as select 1 as x");
    connection.closeSync();
    instance.closeSync();
    await loadOne(file, 3n);
    expect(await native(file, "select id from ds.t order by id")).toEqual([
      { id: "1" },
      { id: "2" },
      { id: "3" },
    ]);
    expect(await native(file, "select x from ds.own")).toEqual([{ x: 1 }]);
  });

  test("is in a folder made for it, and nothing else is left beside it", async () => {
    const file = at("new/deep/data.duckdb");
    await loadOne(file);
    expect(statSync(file).size).toBeGreaterThan(0);
    expect(existsSync(`${file}.lock`)).toBe(false);
    expect(readdirSync(at("new/deep"))).toEqual(["data.duckdb"]);
  });

  test("a query that writes is on disk when the session is closed", async () => {
    const file = at("written.duckdb");
    await loadOne(file);
    const session = await open(file);
    await session.query("insert into t values (7)");
    await session.close();
    expect(await native(file, "select id from ds.t order by id")).toEqual([{ id: "1" }, { id: "7" }]);
  });

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

  test("with the write-ahead log of a native DuckDB that crashed, goes on from there", async () => {
    const file = at("logged.duckdb");
    await loadOne(file);
    const script = `const { DuckDBInstance } = require("@duckdb/node-api");
      DuckDBInstance.create(${JSON.stringify(file)}).then(async (i) => { const c = await i.connect(); await c.run("insert into ds.t values (2)"); process.kill(process.pid, "SIGKILL"); });`;
    await once(spawn(process.execPath, ["-e", script], { stdio: "ignore" }), "exit");
    expect(statSync(`${file}.wal`).size).toBeGreaterThan(0);
    const session = await open(file);
    expect(await session.query("select id from t order by id")).toEqual([{ id: 1n }, { id: 2n }]);
    await session.close();
    await loadOne(file, 3n);
    expect(await native(file, "select list(id order by id)::varchar l from ds.t")).toEqual([
      { l: "[1, 2, 3]" },
    ]);
  });

  test("two sessions of one process share it", async () => {
    const file = at("two.duckdb");
    await loadOne(file);
    const [a, b] = await Promise.all([open(file), open(file)]);
    const load = await a.begin("2");
    await expect(b.begin("3")).rejects.toMatchObject({ code: "DESTINATION_LOCKED" });
    await put(load, "t", { id: { type: "bigint", values: [2n] } });
    expect(await b.query("select count(*) n from t")).toEqual([{ n: 1n }]);
    await load.commit(facts("2"));
    const third = open(file);
    await Promise.all([a.close(), b.close()]);
    const c = await third;
    expect(await c.query("select count(*) n from t")).toEqual([{ n: 2n }]);
    await c.close();
    expect(existsSync(`${file}.lock`)).toBe(false);
  });
});

describe("a path that cannot be used", () => {
  test("another file is not overwritten", async () => {
    const file = at("notes.txt");
    writeFileSync(file, "these are notes, not a database");
    await expect(open(file)).rejects.toMatchObject({
      code: "DESTINATION_FAILED",
      message: "notes.txt exists and is no DuckDB database",
    });
    expect(readFileSync(file, "utf8")).toBe("these are notes, not a database");
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  test("a damaged database is an error, and stays as it is", async () => {
    const file = at("damaged.duckdb");
    await loadOne(file);
    const bytes = readFileSync(file);
    bytes.fill(0xff, 4096, 12288);
    writeFileSync(file, bytes);
    await expect(open(file)).rejects.toMatchObject({ code: "DESTINATION_FAILED" });
    expect(readFileSync(file).equals(bytes)).toBe(true);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  test("a file to be queried that is not there is not made", async () => {
    const file = at("missing/x.duckdb");
    const opening = duckdb(file, { open: openDuckDB }).open({ dataset: "ds", existing: true });
    await expect(opening).rejects.toMatchObject({
      code: "DESTINATION_FAILED",
      message: expect.stringContaining("does not exist") as string,
    });
    expect(existsSync(at("missing"))).toBe(false);
  });

  test("a folder", async () => {
    mkdirSync(at("folder.duckdb"));
    await expect(open(at("folder.duckdb"))).rejects.toMatchObject({ code: "DESTINATION_FAILED" });
  });

  test("a folder that is a file", async () => {
    writeFileSync(at("plain"), "x");
    await expect(open(at("plain/x.duckdb"))).rejects.toMatchObject({ code: "STORAGE_FAILED" });
  });

  // The superuser may write anywhere.
  test.skipIf(process.getuid?.() === 0)("a read-only file is read, not loaded to", async () => {
    mkdirSync(at("fixed"));
    const file = at("fixed/data.duckdb");
    await loadOne(file);
    chmodSync(file, 0o444);
    chmodSync(at("fixed"), 0o555);
    const session = await open(file);
    expect(await session.query("select id from t")).toEqual([{ id: 1n }]);
    await expect(session.begin("2")).rejects.toMatchObject({ code: "STORAGE_FAILED" });
    await session.close();
    chmodSync(at("fixed"), 0o755);
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

describe("a lock", () => {
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

describe("a process killed while it loads", () => {
  const child = fileURLToPath(new URL("./duckdb-crash-child.ts", import.meta.url));

  /** Starts loading and kills the process some time after its first commit; returns the last number it reported. */
  async function killWhileLoading(file: string, from: number, delay: number): Promise<number> {
    const loading: ChildProcess = spawn(
      process.execPath,
      ["--import", "jiti/register", child, file, String(from)],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    let last = from - 1;
    let killed = false;
    for await (const line of createInterface({ input: loading.stdout! })) {
      if (line.startsWith("committed")) {
        last = Number(line.split(" ")[1]);
        if (!killed) setTimeout(() => loading.kill("SIGKILL"), delay);
        killed = true;
      }
    }
    return last;
  }

  test("leaves the last committed load whole, for both engines", { timeout: 120_000 }, async () => {
    const file = at("crash.duckdb");
    let next = 0;
    const sql = `select (select count(distinct n)::int from ds.parents) loads, (select count(*)::int from ds.parents) n,
      (select min(n)::int from ds.parents) parents, (select max(n)::int from ds.log) log,
      (select count(*)::int from ds.log) entries, (select count(*)::int from ds._dlt_loads) known`;
    for (const delay of [1, 17, 43, 80, 120]) {
      const last = await killWhileLoading(file, next, delay);
      const [row] = await native(file, sql);
      const session = await open(file);
      expect(await session.query(sql)).toEqual([row]);
      await session.close();
      // What was reported is there; one more may have been committed and not reported.
      expect(Number(row!.log)).toBeGreaterThanOrEqual(last);
      expect(Number(row!.log)).toBeLessThanOrEqual(last + 1);
      const logged = Number(row!.log) + 1;
      expect(row).toEqual({
        loads: 1,
        n: 20_000,
        parents: row!.log,
        log: row!.log,
        entries: logged,
        known: logged,
      });
      next = logged;
    }
    expect(next).toBeGreaterThan(4);
  });
});
