import { beforeAll, describe, expect, test } from "vitest";
import { duckdb } from "../../core/destinations/duckdb/index.ts";
import { pipeline, resource } from "../../core/index.ts";
import { openDuckDB } from "../../host-node/duckdb/index.ts";
import { installTestHost } from "../pipeline/host.ts";
import { DRIVERS } from "./duckdb-files.ts";
import { facts, put } from "./load.ts";

const events = pipeline("shop", resource("events", { write: "append" }, [{ id: 1 }, { id: 2, tags: ["x"] }]));
const count = "select count(*) n from events";

beforeAll(() => void installTestHost());

describe.each(DRIVERS)("a database in memory, with %s DuckDB", (driver) => {
  const create = () => duckdb(":memory:", { open: openDuckDB, driver });

  test("can be asked after the run that loaded it", async () => {
    const to = create();
    const info = await events.run({ to });
    expect(await info.dataset.query("select id from events order by id")).toEqual([{ id: 1n }, { id: 2n }]);
    expect(await info.dataset.query("select value from events__tags")).toEqual([{ value: "x" }]);
    await to.close();
  });

  test("keeps what several runs load into the same destination", async () => {
    const to = create();
    await events.run({ to });
    const info = await events.run({ to });
    expect(await info.dataset.query(count)).toEqual([{ n: 4n }]);
    expect(await info.dataset.query("select count(*) n from _dlt_loads")).toEqual([{ n: 2n }]);
    await to.close();
  });

  test("is another one for another destination", async () => {
    const [first, second] = [create(), create()];
    const info = await events.run({ to: first });
    const other = await events.run({ to: second });
    await events.run({ to: first });
    expect(await other.dataset.query(count)).toEqual([{ n: 2n }]);
    expect(await info.dataset.query(count)).toEqual([{ n: 4n }]);
    await first.close();
    expect(await other.dataset.query(count)).toEqual([{ n: 2n }]);
    await second.close();
  });

  test("is gone when its destination is closed, and begins anew", async () => {
    const to = create();
    await to.close();
    const info = await events.run({ to });
    await to.close();
    await to.close();
    await expect(info.dataset.query(count)).rejects.toMatchObject({ code: "DESTINATION_QUERY" });
    expect(await (await events.run({ to })).dataset.query(count)).toEqual([{ n: 2n }]);
    await to.close();
  });

  test("has sessions side by side, and one load at a time", async () => {
    const to = create();
    const [a, b] = await Promise.all([to.open({ dataset: "ds" }), to.open({ dataset: "ds" })]);
    const load = await a.begin("1");
    await put(load, "t", { id: { type: "bigint", values: [1n] } });
    await expect(b.begin("2")).rejects.toMatchObject({ code: "DESTINATION_LOCKED" });
    await expect(b.query("select * from t")).rejects.toMatchObject({ code: "DESTINATION_QUERY" });
    await load.commit(facts("1"));
    await a.close();
    expect(await b.query("select * from t")).toEqual([{ id: 1n }]);
    await b.close();
    await to.close();
  });

  test("takes no transactions from queries, which one left open would hold up", async () => {
    const to = create();
    const session = await to.open({ dataset: "ds" });
    for (const sql of ["begin", "/* now */ START transaction;", "commit", "rollback", "abort", "end"]) {
      await expect(session.query(sql)).rejects.toMatchObject({
        code: "DESTINATION_QUERY",
        message: "a query cannot begin or end a transaction",
      });
    }
    expect(await session.query("select 1::bigint as begin")).toEqual([{ begin: 1n }]);
    await session.close();
    await to.close();
  });
});
