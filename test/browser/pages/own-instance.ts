// What a page does that has a DuckDB of its own.
import type { AsyncDuckDB } from "@duckdb/duckdb-wasm";
import { pipeline, resource, type Json } from "runlet";
import { duckdb } from "runlet/duckdb";

interface Library {
  AsyncDuckDB: new (logger: object, worker: Worker) => AsyncDuckDB;
  VoidLogger: new () => object;
}

export async function run(library: string, dist: string): Promise<unknown> {
  const { AsyncDuckDB, VoidLogger } = (await import(library)) as Library;
  const db = new AsyncDuckDB(new VoidLogger(), new Worker(`${dist}/duckdb-browser-eh.worker.js`));
  await db.instantiate(new URL(`${dist}/duckdb-eh.wasm`, location.href).href);
  await db.open({});
  const own = await db.connect();
  await own.query("create table mine as select 42 as answer");
  const items = resource("items", { columns: { raw: { type: "json" } } }, [
    { id: 1, big: 9007199254740993n, at: "2024-02-29T00:00:00Z", raw: { a: [1] }, tags: ["x", "y"] },
  ]);
  const shop = pipeline("shop", items);
  const first = await shop.run({ to: duckdb({ db }) });
  const second = await shop.run({ to: duckdb({ db: own }) });
  const asked = await second.dataset.query(
    "select count(*)::int as n, max(big)::varchar as big, max(raw::varchar) as raw from items",
  );
  const count = async (sql: string) =>
    Number(Object.values((await own.query(sql)).toArray()[0]!.toJSON())[0]);
  const both = await count("select count(*) from shop_dataset.items__tags, mine");
  const databases = await count("select count(*) from duckdb_databases() where not internal");
  await db.terminate();
  return { destination: first.destination, asked: asked as Json, both, databases };
}
