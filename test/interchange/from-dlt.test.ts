import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pipeline, resource, source } from "../../core/index.ts";
import { installTestHost } from "../pipeline/host.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { Partner } from "./partner.ts";
import { missingDlt } from "./python.ts";
import { inFile, onServer, type Store } from "./stores.ts";

// runlet goes on with what dlt has written, in turns with it.

const missing = missingDlt();
if (missing) console.log(`dlt does not take part: ${missing}`);

const folder = mkdtempSync(join(tmpdir(), "runlet-from-dlt-"));
let server: PostgresServer | undefined;
let dlt: Partner;
beforeAll(async () => {
  installTestHost({});
  if (missing) return;
  dlt = new Partner();
  server = await startPostgres();
}, 60_000);
afterAll(async () => {
  await dlt?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const STORES: Record<string, (name: string) => Store> = {
  DuckDB: (name) => inFile(folder, name),
  Postgres: () => onServer(server!),
};

describe.skipIf(missing).each(Object.keys(STORES))(missing ?? "%s", (name) => {
  test("dlt and runlet take turns: each knows the columns and the state of the other", async () => {
    const { to, place } = STORES[name]!("turns");
    const orders = (records: object[], seen: number) =>
      pipeline(
        "turns",
        source("turns", {}, [
          resource("orders", {}, ({ state }) => {
            state["runlet"] = seen;
            return records;
          }),
        ]),
        { dataset: "turns" },
      ).run({ to });
    await dlt.attach("turns", place, "turns", { how: "pipeline", working: `turns-${name}` });
    await dlt.run([{ name: "orders", records: [{ id: 1 }], state: { dlt: 1 } }], { source: "turns" });
    await orders([{ id: 2, name: "two" }], 1);
    await dlt.run(
      [
        {
          name: "orders",
          records: [{ id: 3, name: "three", at: "2024-01-02T03:04:05Z" }],
          state: { dlt: 2 },
        },
      ],
      {
        source: "turns",
      },
    );
    const { dataset } = await orders(
      [{ id: 4, name: "four", at: "2024-01-02T03:04:05Z", lines: [{ n: 1 }] }],
      2,
    );
    const found = await dlt.attach("turns", place, "turns", { how: "sync", working: `turns-${name}` });
    expect(found.state["sources"]).toEqual({ turns: { resources: { orders: { dlt: 2, runlet: 2 } } } });
    expect(await dlt.rowCounts()).toEqual({ orders: 4, orders__lines: 1 });
    expect(Object.keys(found.schemas["turns"]!.document.tables["orders"]!.columns).sort()).toEqual([
      "_dlt_id",
      "_dlt_load_id",
      "at",
      "id",
      "name",
    ]);
    const loads = await dataset.query<{ load_id: string }>(
      "select load_id from _dlt_loads order by inserted_at",
    );
    expect(loads).toHaveLength(4);
    expect(loads.map(({ load_id }) => Number(load_id))).toEqual(
      loads.map(({ load_id }) => Number(load_id)).sort((a, b) => a - b),
    );
  });

  test("columns narrower than runlet makes them take what fits", async () => {
    const { to, place } = STORES[name]!("narrow");
    await dlt.attach("narrow", place, "narrow", { how: "pipeline" });
    await dlt.run([
      {
        name: "t",
        records: [{ id: 1, code: "abc", price: "1.5" }],
        options: {
          hints: {
            code: { data_type: "text", precision: 10 },
            price: { data_type: "decimal", precision: 10, scale: 2 },
          },
        },
      },
    ]);
    const run = pipeline("narrow", resource("t", {}, [{ id: 2, code: "def", price: "2.25" }]), {
      dataset: "narrow",
    });
    const { dataset } = await run.run({ to });
    expect(await dataset.query("select id, code, cast(price as varchar) price from t order by id")).toEqual([
      { id: 1n, code: "abc", price: "1.50" },
      { id: 2n, code: "def", price: "2.25" },
    ]);
    const { document } = (await dlt.attach("narrow", place, "narrow", { how: "sync" })).schemas["narrow"]!;
    expect(document.tables["t"]!.columns).toMatchObject({
      code: { precision: 10 },
      price: { precision: 10, scale: 2 },
    });
  });
});

describe.skipIf(missing)(missing ?? "dlt's own tools", () => {
  test("its command line and the queries of its dashboard tell of what runlet wrote", async () => {
    const { to, place } = inFile(folder, "tools");
    const { loadId } = await pipeline("tools", resource("issues", {}, [{ id: 1, labels: ["a"] }]), {
      dataset: "data",
    }).run({ to });
    const env = { DESTINATION__DUCKDB__CREDENTIALS: (place as { duckdb: string }).duckdb };
    const at = ["--pipelines-dir", join(dlt.folder, "tools")];
    await dlt.attach("tools", place, "data", { how: "sync", working: "tools" });
    expect(dlt.command(["pipeline", ...at, "tools", "info"], env)).toContain("dlt.destinations.duckdb");
    expect(dlt.command(["pipeline", ...at, "tools", "schema"], env)).toContain("issues__labels");
    expect(await dlt.loads()).toEqual([{ load_id: loadId, status: 0, schema_name: "tools" }]);
    expect(await dlt.countsOf(loadId)).toEqual({ issues: 1, _dlt_pipeline_state: 1 });
  });

  test("the snippet of docs/dlt.md runs", async () => {
    const { to, place } = inFile(folder, "snippet");
    await pipeline("shop", resource("orders", { write: "merge", primaryKey: "id" }, [{ id: 1 }, { id: 2 }]), {
      dataset: "data",
    }).run({ to });
    const [snippet] = /```python\n([^]*?)```/.exec(readFileSync("docs/dlt.md", "utf8"))!.slice(1);
    const path = (place as { duckdb: string }).duckdb;
    const program = snippet!.replace('"shop.duckdb"', JSON.stringify(path));
    expect(program).not.toBe(snippet);
    const file = join(dlt.folder, "snippet.py");
    writeFileSync(file, program);
    const printed = dlt.python([file]);
    expect(printed).toContain("3 rows");
  });
});
