import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, test } from "vitest";
import { duckdb } from "../../core/destinations/duckdb/index.ts";
import { openDuckDB } from "../../host-node/duckdb/index.ts";
import { DRIVERS, filesOf, native } from "./duckdb-files.ts";
import { facts, put } from "./load.ts";
import { EVERY_TYPE } from "./suite.ts";

describe.each(DRIVERS)("a file written by runlet with %s DuckDB", (driver) => {
  const { at, open, loadOne } = filesOf(driver);

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

  test("can be removed and loaded anew by the same process", async () => {
    const file = at("again.duckdb");
    for (const id of [1n, 2n]) {
      rmSync(file, { force: true });
      await loadOne(file, id);
      const session = await open(file);
      expect(await session.query("select id from t")).toEqual([{ id }]);
      await session.close();
    }
  });

  test("a query that writes is on disk when the session is closed", async () => {
    const file = at("written.duckdb");
    await loadOne(file);
    const session = await open(file);
    await session.query("insert into t values (7)");
    await session.close();
    expect(await native(file, "select id from ds.t order by id")).toEqual([{ id: "1" }, { id: "7" }]);
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

  test("takes a load while queries of other sessions read and write", async () => {
    const file = at("busy.duckdb");
    const [a, b] = [await open(file), await open(file)];
    const values = Array.from({ length: 100_000 }, (_, row) => BigInt(row));
    const queries = [
      "select 1::bigint as n",
      "select count(*) n from t a, t b where a.id = b.id + 1",
      "insert into t select range from range(1000000)",
      "update t set id = id + 1",
    ];
    for (const [n, sql] of queries.entries()) {
      const load = await a.begin(String(n));
      await put(load, "t", { id: { type: "bigint", values } });
      const asked = b.query(sql);
      await load.commit(facts(String(n)));
      expect(await asked).toHaveLength(1);
    }
    await a.close();
    await b.close();
    expect(await native(file, "select count(*)::int n from ds.t")).toEqual([{ n: 1_400_000 }]);
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

describe.each(DRIVERS)("a path that cannot be used, with %s DuckDB", (driver) => {
  const { at, open, loadOne } = filesOf(driver);

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
    const opening = duckdb(file, { open: openDuckDB, driver }).open({ dataset: "ds", existing: true });
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
});
