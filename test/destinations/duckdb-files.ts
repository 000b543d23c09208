import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll } from "vitest";
import type { DestinationSession } from "../../core/destinations/contract.ts";
import { duckdb, type DuckDBDriverName } from "../../core/destinations/duckdb/index.ts";
import { openDuckDB } from "../../host-node/duckdb/index.ts";
import { facts, put } from "./load.ts";
import type { Subject } from "./subject.ts";

export const DRIVERS: readonly DuckDBDriverName[] = ["wasm", "native"];

export interface Files {
  /** A path in a folder of the test's own. */
  at(name: string): string;
  open(file: string): Promise<DestinationSession>;
  /** Loads one row of `t(id)`. */
  loadOne(file: string, id?: bigint): Promise<void>;
}

/** Database files for a group of tests, by one driver. */
export function filesOf(driver: DuckDBDriverName): Files {
  const folder = mkdtempSync(join(tmpdir(), "runlet-duckdb-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const open = (file: string): Promise<DestinationSession> =>
    duckdb(file, { open: openDuckDB, driver }).open({ dataset: "ds" });
  return {
    at: (name) => join(folder, name),
    open,
    async loadOne(file, id = 1n) {
      const session = await open(file);
      const load = await session.begin(String(id));
      await put(load, "t", { id: { type: "bigint", values: [id] } });
      await load.commit(facts(String(id)));
      await session.close();
    },
  };
}

/** Databases in files of their own, for the suites that every destination passes. */
export function onFiles(driver: DuckDBDriverName): Subject {
  const { at } = filesOf(driver);
  let made = 0;
  return {
    create: () => duckdb(at(join(String(made++), "data.duckdb")), { open: openDuckDB, driver }),
    durable: true,
  };
}

/** Rows of a query by DuckDB's own client. */
export async function native(file: string, sql: string): Promise<Record<string, unknown>[]> {
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
