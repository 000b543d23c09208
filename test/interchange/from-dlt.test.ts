import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { incremental, pipeline, resource, source } from "../../core/index.ts";
import type { StoredSchema } from "../../core/schema/stored.ts";
import { together } from "./stores.ts";

// runlet goes on with what dlt has written, in turns with it.

const { missing, dlt, inFile, stores } = together();

const TIMES = ["00", "01", "02", "03"].map((hour) => `2024-01-01T${hour}:00:00Z`);

/** Records of four turns: those at the boundary come again, late ones beside them. */
const TURNS = [
  {
    texts: [
      { id: 1, at: TIMES[0] },
      { id: 2, at: TIMES[1], more: { x: [1.5, "é"] } },
      { id: 3, at: TIMES[1] },
    ],
    keyed: [
      { id: 0, place: { n: 1 } },
      { id: 1, place: { n: 2 } },
      { id: 2, place: { n: 3 } },
    ],
    least: [
      { id: 1, n: 5 },
      { id: 2, n: 1 },
    ],
    lagged: [
      { id: 1, at: TIMES[0], run: 1 },
      { id: 2, at: TIMES[1], run: 1 },
    ],
  },
  {
    texts: [
      { id: 1, at: TIMES[0] },
      { more: { x: [1.5, "é"] }, id: 2, at: TIMES[1] },
      { id: 3, at: TIMES[1] },
      { id: 4, at: TIMES[1] },
      { id: 5, at: TIMES[2] },
    ],
    keyed: [
      { id: 2, place: { n: 3 }, changed: true },
      { id: 3, place: { n: 3 } },
      { id: 4, place: { n: 4.5 } },
    ],
    least: [
      { id: 2, n: 1 },
      { id: 0, n: 2 },
      { id: 3, n: -3 },
    ],
    lagged: [
      { id: 0, at: "2023-12-31T23:59:59Z", run: 2 },
      { id: 1, at: TIMES[0], run: 2 },
      { id: 3, at: TIMES[2], run: 2 },
    ],
  },
  {
    texts: [
      { id: 4, at: TIMES[1] },
      { id: 5, at: TIMES[2] },
      { id: 6, at: TIMES[2] },
    ],
    keyed: [
      { id: 3, place: { n: 3 } },
      { id: 4, place: { n: 4.5 }, changed: true },
      { id: 5, place: { n: 4.5 } },
    ],
    least: [
      { id: 3, n: -3 },
      { id: 4, n: -3 },
    ],
    lagged: [
      { id: 0, at: TIMES[0], run: 3 },
      { id: 2, at: TIMES[1], run: 3 },
      { id: 4, at: TIMES[3], run: 3 },
    ],
  },
  {
    texts: [
      { id: 5, at: TIMES[2] },
      { id: 6, at: TIMES[2] },
      { id: 7, at: TIMES[3] },
    ],
    keyed: [
      { id: 4, place: { n: 4.5 } },
      { id: 5, place: { n: 4.5 }, changed: true },
      { id: 6, place: { n: 4.5 } },
    ],
    least: [
      { id: 3, n: -3 },
      { id: 4, n: -3 },
    ],
    lagged: [{ id: 0, at: TIMES[1], run: 4 }],
  },
] as const satisfies Record<string, object[]>[];

describe.skipIf(missing).each(Object.keys(stores))(missing ?? "%s", (name) => {
  test("dlt and runlet take turns: each knows the columns and the state of the other", async () => {
    const { to, place } = stores[name]!("turns");
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
    // A pipeline of dlt's asks the destination once, in its first run: each turn is a new one, in the same working folder.
    const turn = () => dlt.attach("turns", place, "turns", { how: "pipeline", working: `turns-${name}` });
    await turn();
    await dlt.run([{ name: "orders", records: [{ id: 1 }], state: { dlt: 1 } }], { source: "turns" });
    await orders([{ id: 2, name: "two" }], 1);
    await turn();
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
    const versions = await dataset.query<{ version: bigint; document: string }>(
      'select version, "schema" as document from _dlt_version order by inserted_at',
    );
    expect(versions.map(({ version }) => Number(version))).toEqual([2, 3, 4, 5]);
    const documents = versions.map(({ document }) => JSON.parse(document) as StoredSchema);
    documents.slice(1).forEach(({ previous_hashes: ancestors }, i) => {
      expect(ancestors.slice(0, i + 1)).toEqual(
        documents
          .slice(0, i + 1)
          .map(({ version_hash }) => version_hash)
          .reverse(),
      );
    });
    const loads = await dataset.query<{ load_id: string }>(
      "select load_id from _dlt_loads order by inserted_at",
    );
    expect(loads).toHaveLength(4);
    expect(loads.map(({ load_id }) => Number(load_id))).toEqual(
      loads.map(({ load_id }) => Number(load_id)).sort((a, b) => a - b),
    );
  });

  test("a cursor goes on from where the other has left it: no record twice, none lost", async () => {
    const { to, place } = stores[name]!("cursors");
    const taken: Record<string, unknown[]> = {};
    const given = (turn: (typeof TURNS)[number]) => [
      { name: "texts", records: turn.texts, options: { cursor: { path: "at" } } },
      {
        name: "keyed",
        records: turn.keyed,
        options: { cursor: { path: "place.n", initial: 2 }, primaryKey: ["id"] },
      },
      { name: "least", records: turn.least, options: { cursor: { path: "n", order: "min" } } },
      {
        name: "lagged",
        records: turn.lagged,
        options: { cursor: { path: "at", lag: 3600 }, primaryKey: ["id"], write: "merge" },
      },
    ];
    for (const [i, turn] of TURNS.entries()) {
      if (i % 2 === 0) {
        await dlt.attach("cursors", place, "cursors", { how: "pipeline", working: `cursors-${name}` });
        await dlt.run(given(turn), { source: "cursors" });
      } else {
        const { dataset } = await pipeline(
          "cursors",
          source("cursors", {}, [
            resource("texts", { cursor: incremental("at") }, turn.texts),
            resource(
              "keyed",
              { cursor: incremental("place.n", { initial: 2 }), primaryKey: ["id"] },
              turn.keyed,
            ),
            resource("least", { cursor: incremental("n", { order: "min" }) }, turn.least),
            resource(
              "lagged",
              { write: "merge", primaryKey: "id", cursor: incremental("at", { lag: 3600 }) },
              turn.lagged,
            ),
          ]),
          { dataset: "cursors" },
        ).run({ to });
        for (const table of ["texts", "keyed", "least", "lagged"])
          taken[table] = (await dataset.query<{ id: bigint }>(`select id from ${table} order by id`)).map(
            ({ id }) => Number(id),
          );
      }
    }
    expect(taken).toEqual({
      texts: [1, 2, 3, 4, 5, 6, 7],
      keyed: [1, 2, 3, 4, 5, 6],
      least: [1, 2, 3, 4],
      lagged: [1, 2, 3, 4],
    });
    const { state } = await dlt.attach("cursors", place, "cursors", {
      how: "sync",
      working: `cursors-${name}`,
    });
    const { resources } = state.sources!["cursors"] as unknown as {
      resources: Record<string, { incremental: Record<string, { unique_hashes: string[] }> }>;
    };
    expect(resources).toMatchObject({
      texts: { incremental: { at: { initial_value: null, last_value: TIMES[3] } } },
      keyed: { incremental: { "place.n": { initial_value: 2, last_value: 4.5 } } },
      least: { incremental: { n: { last_value: -3 } } },
      lagged: { incremental: { at: { last_value: TIMES[3], unique_hashes: [] } } },
    });
    expect(resources["texts"]!.incremental["at"]!.unique_hashes).toHaveLength(1);
  });

  test("a cursor over Python's datetimes is refused before anything is read, and one over texts by dlt", async () => {
    const { to, place } = stores[name]!("typed");
    const working = `typed-${name}`;
    const given = (table: string) => ({
      name: table,
      records: [{ at: "2024-01-02T03:04:05+00:00" }],
      options: { cursor: { path: "at" } },
      datetimes: ["at"],
    });
    await dlt.attach("typed", place, "typed", { how: "pipeline", working });
    await dlt.run([given("a")], { source: "typed" });
    let read = 0;
    const mine = (table: string, options: object = {}) =>
      pipeline(
        "typed",
        source("typed", {}, [
          resource(table, { cursor: incremental("at"), ...options }, () => {
            read++;
            return [{ at: "2024-01-03T00:00:00+00:00" }];
          }),
        ]),
        { dataset: "typed" },
      );
    await expect(mine("a").run({ to })).rejects.toMatchObject({
      code: "CURSOR_INVALID",
      message: expect.stringContaining("the cursor at of a as a Python datetime, 2024-01-02T03:04:05+00:00"),
    });
    expect(read).toBe(0);
    const { dataset } = await mine("a").run({ to, refresh: "data" });
    expect(await dataset.query("select count(*) n from a")).toEqual([{ n: 1n }]);
    await dlt.attach("typed", place, "typed", { how: "pipeline", working });
    await expect(dlt.run([given("a")], { source: "typed" })).rejects.toThrow(
      "'>' not supported between instances of 'str' and 'datetime.datetime'",
    );
  });
});

const allStores = { ...stores, "DuckDB, WebAssembly": (name: string) => inFile(name, "wasm") };

describe.skipIf(missing).each(Object.keys(allStores))(missing ?? "%s", (name) => {
  test("columns narrower than runlet makes them take what fits, and refuse the rest", async () => {
    const { to, place } = allStores[name as keyof typeof allStores]("narrow");
    const merged = { write: "merge", strategy: "upsert", primaryKey: ["small"] };
    const hints = {
      code: { data_type: "text", precision: 10 },
      price: { data_type: "decimal", precision: 10, scale: 2 },
      small: { data_type: "bigint", precision: 16 },
      medium: { data_type: "bigint", precision: 32 },
    };
    await dlt.attach("narrow", place, "narrow", { how: "pipeline" });
    await dlt.run([
      {
        name: "t",
        records: [{ id: 1, code: "abc", price: "1.5", small: 1, medium: 1, l: [{ n: 1 }] }],
        options: { hints },
      },
      { name: "u", records: [{ small: 1, medium: 1 }], options: { ...merged, hints } },
    ]);
    const run = (t: object, ...u: object[]) =>
      pipeline(
        "narrow",
        source("narrow", {}, [
          resource("t", {}, [t]),
          resource("u", { write: "merge", strategy: "upsert", primaryKey: "small" }, u),
        ]),
        { dataset: "narrow" },
      ).run({ to });
    const { dataset } = await run(
      { id: 2, code: "def", price: "2.25", small: -32_768, medium: 2_147_483_647, l: [{ n: 2 ** 40 }] },
      { small: 1, medium: -2_147_483_648 },
      { small: 2, medium: null },
    );
    const wanted = {
      t: [
        { id: 1n, code: "abc", price: "1.50", small: 1, medium: 1 },
        { id: 2n, code: "def", price: "2.25", small: -32_768, medium: 2_147_483_647 },
      ],
      u: [
        { small: 1, medium: -2_147_483_648 },
        { small: 2, medium: null },
      ],
    };
    const found = async () => ({
      t: await dataset.query(
        "select id, code, cast(price as varchar) price, small, medium from t order by id",
      ),
      u: await dataset.query("select small, medium from u order by 1"),
    });
    expect(await found()).toEqual(wanted);
    for (const [t, u, table, column] of [
      [{ small: 32_768 }, { small: 3 }, "t", "small"],
      [{ medium: -2_147_483_649 }, { small: 3 }, "t", "medium"],
      [{ id: 3 }, { small: 4, medium: 2 ** 31 }, "u", "medium"],
    ] as const)
      await expect(run({ id: 3, ...t }, { small: 2, medium: 2 }, u)).rejects.toMatchObject({
        code: "DESTINATION_SCHEMA",
        message: expect.stringContaining(
          `column ${column} of table ${table} holds a value that is out of range`,
        ),
        where: { table, column },
      });
    expect(await found()).toEqual(wanted);
    const { document } = (await dlt.attach("narrow", place, "narrow", { how: "sync" })).schemas["narrow"]!;
    expect(document.tables["t"]!.columns).toMatchObject({
      code: { precision: 10 },
      price: { precision: 10, scale: 2 },
      small: { precision: 16 },
      medium: { precision: 32 },
    });
  });
});

describe.skipIf(missing)(missing ?? "dlt's own tools", () => {
  test("its command line and the queries of its dashboard tell of what runlet wrote", async () => {
    const { to, place } = inFile("tools");
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
    const { to, place } = inFile("snippet");
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
