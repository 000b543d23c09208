import { expect, test } from "vitest";
import { duckdb } from "../../core/destinations/duckdb/index.ts";
import { openDuckDB } from "../../host-node/duckdb/index.ts";
import { facts, put } from "./load.ts";

const THREADS = "select current_setting('threads') as threads";

test("a load leaves native DuckDB the threads it had", async () => {
  const destination = duckdb(":memory:", { open: openDuckDB, driver: "native" });
  const session = await destination.open({ dataset: "ds" });
  const before = await session.query(THREADS);
  const load = await session.begin("1");
  await put(load, "t", { a: { type: "bigint", values: [1n, 2n] } });
  await load.commit(facts("1"));
  expect(await session.query("select a from t")).toEqual([{ a: 1n }, { a: 2n }]);
  expect(await session.query(THREADS)).toEqual(before);
  await session.close();
  await destination.close();
});

test("work is done by one thread, and the threads come back when it fails", async () => {
  const driver = await openDuckDB({ storageVersion: "v1.3.0", driver: "native" });
  const connection = await driver.connect();
  const seen = () => connection.query(THREADS).then((stream) => Buffer.from(stream).toString("latin1"));
  const usual = await seen();
  let within = usual;
  const failing = connection.alone!(async () => {
    within = await seen();
    throw new Error("the disk is full");
  });
  await expect(failing).rejects.toThrow("the disk is full");
  expect(await seen()).toBe(usual);
  await connection.exec("SET threads = 1");
  expect(within).toBe(await seen());
  await connection.close();
  await driver.close();
});
