import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { duckdb } from "../../core/destinations/duckdb/index.ts";
import { postgres } from "../../core/destinations/postgres/index.ts";
import { type Destination, memory, type MemoryStore, pipeline, resource, secret } from "../../core/index.ts";
import { openDuckDB } from "../../host-node/duckdb/index.ts";
import { openSocket } from "../../host-node/socket.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { installTestHost } from "./host.ts";

// Corners of merging that have to come out alike at every destination.

const folder = mkdtempSync(join(tmpdir(), "runlet-corners-"));
const file = join(folder, "corners.duckdb");
let server: PostgresServer;
beforeAll(async () => {
  installTestHost({ PEPPER: "pepper" });
  server = await startPostgres();
}, 60_000);
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
}, 60_000);

type Options = Record<string, unknown>;
const upsert: Options = { write: "merge", strategy: "upsert", primaryKey: "id" };
const byId: Options = { write: "merge", primaryKey: "id" };

let datasets = 0;

describe.each(["memory", "duckdb", "postgres"] as const)("%s", (kind) => {
  let to: Destination;
  beforeAll(() => {
    to =
      kind === "memory"
        ? memory()
        : kind === "duckdb"
          ? duckdb(file, { driver: "native", open: openDuckDB })
          : postgres(server.url("postgres"), { socket: openSocket, uniqueIndexes: true });
  });

  /** A dataset of its own: loads one after the other, each with its options. */
  function dataset() {
    const name = `corner_${++datasets}`;
    return {
      name,
      load: (options: Options, data: object[]) =>
        pipeline("p", resource("t", options as object, data), { dataset: name }).run({ to }),
      async read(...columns: string[]): Promise<unknown[][]> {
        const [table, wanted] = columns[0]!.startsWith("t__")
          ? [columns[0]!, columns.slice(1)]
          : ["t", columns];
        const rows =
          kind === "memory"
            ? (to as MemoryStore).tables(name)[table]!
            : await to
                .open({ dataset: name, existing: true })
                .then((session) =>
                  session
                    .query<Record<string, unknown>>(`select * from ${table}`)
                    .finally(() => session.close()),
                );
        const shown = (value: unknown) => (value === null || value === undefined ? null : String(value));
        return rows.map((row) => wanted.map((column) => shown(row[column]))).sort();
      },
    };
  }

  test.each([upsert, byId])("a key inside an object (%j)", async (how) => {
    const { load, read } = dataset();
    const options = { ...how, primaryKey: "who.id" };
    await load(options, [{ who: { id: 1 }, v: 1, l: [1] }]);
    await load(options, [
      { who: { id: 1 }, v: 2, l: [2] },
      { who: { id: 2 }, v: 3 },
    ]);
    expect(await read("who__id", "v")).toEqual([
      ["1", "2"],
      ["2", "3"],
    ]);
    expect(await read("t__l", "value")).toEqual([["2"]]);
  });

  test("a key in an object that is missing stops the load", async () => {
    const { load } = dataset();
    for (const record of [{ who: null, v: 1 }, { v: 1 }, { who: { name: "x" } }])
      await expect(
        load({ ...byId, primaryKey: "who.id" }, [{ who: { id: 1 } }, record]),
      ).rejects.toMatchObject({
        code: "NULL_IN_KEY",
      });
  });

  test.each([byId, upsert])("a key that gets fractions while it is first loaded (%j)", async (how) => {
    const { load, read } = dataset();
    const records = [
      { id: 2, v: 1 },
      { id: 2.5, v: 2 },
      { id: 2.5, v: 3 },
      { id: 2, v: 4 },
    ];
    for (let n = 0; n < 2; n++) await load({ ...how, columns: { id: "double" } }, records);
    expect(await read("id", "v")).toEqual([
      ["2", "4"],
      ["2.5", "3"],
    ]);
  });

  // The value would be in a variant, and the key null; dlt refuses it, too.
  test.each([byId, upsert])(
    "a key that is of another type than its column stops the load (%j)",
    async (how) => {
      const { load, read } = dataset();
      await load(how, [{ id: 1, v: 1 }]);
      for (const id of [2.5, "x", 123456789012345678901234567890n, true])
        await expect(
          load(how, [
            { id: 1, v: 2 },
            { id, v: 3 },
          ]),
        ).rejects.toMatchObject({
          code: "NULL_IN_KEY",
          where: { column: "id", record: 2 },
        });
      expect(await read("id", "v")).toEqual([["1", "1"]]);
      await load(how, [{ id: "1", v: 2 }]);
      expect(await read("id", "v")).toEqual([["1", "2"]]);
    },
  );

  test("a masked key", async () => {
    const { load, read } = dataset();
    const masked = (mask: object) => ({ ...upsert, columns: { id: mask } });
    const hmac = masked({ type: "text", mask: "hmac", key: secret("PEPPER") });
    await load(hmac, [{ id: "ada", v: 1 }]);
    await load(hmac, [
      { id: "ada", v: 2 },
      { id: "bob", v: 3 },
    ]);
    expect((await read("v")).flat()).toEqual(["2", "3"]);
    expect((await read("id")).flat()).not.toContain("ada");
  });

  test.each([byId, upsert, { ...upsert, strategy: "insert-only" }])(
    "a time marks a row as deleted (%j)",
    async (how) => {
      const { load, read } = dataset();
      const options = { ...how, hardDelete: "gone_at" };
      await load(options, [
        { id: 1, l: [1] },
        { id: 2, l: [2], gone_at: "2024-01-01T00:00:00Z" },
        { id: 3, l: [3] },
      ]);
      expect(await read("id")).toEqual([["1"], ["3"]]);
      expect(await read("t__l", "value")).toEqual([["1"], ["3"]]);
      await load(options, [
        { id: 1, gone_at: "2024-01-01T00:00:00Z" },
        { id: 4, l: [4] },
      ]);
      const left = how["strategy"] === "insert-only" ? ["1", "3", "4"] : ["3", "4"];
      expect((await read("id")).flat()).toEqual(left);
      expect((await read("t__l", "value")).flat()).toEqual(left);
    },
  );

  test("of records of equal order the last stays; those without a value lose", async () => {
    const { load, read } = dataset();
    for (const order of ["asc", "desc"] as const) {
      await load({ ...byId, dedupSort: { column: "at", order } }, [
        { id: 1, at: 1, v: "first" },
        { id: 1, at: null, v: "none" },
        { id: 1, at: 1, v: "last" },
        { id: 2, v: "only" },
      ]);
      expect(await read("id", "v")).toEqual([
        ["1", "last"],
        ["2", "only"],
      ]);
    }
  });

  test("a table whose row ids are UNIQUE, as dlt makes them, takes versions", async (context) => {
    if (kind === "memory") return context.skip();
    const { load, read, name } = dataset();
    await load(byId, [{ id: 1, v: 1, l: [1] }]);
    if (kind === "duckdb") {
      const instance = await DuckDBInstance.create(file);
      const connection = await instance.connect();
      await connection.run(
        `create or replace table ${name}.t (id bigint not null, v bigint, _dlt_load_id varchar not null, _dlt_id varchar unique not null)`,
      );
      await connection.run(`insert into ${name}.t values (1, 1, '1', 'x')`);
      connection.closeSync();
      instance.closeSync();
    }
    const versions = { write: "merge", strategy: "scd2" };
    for (const v of [1, 2, 1]) await load(versions, [{ id: 1, v, l: [1] }]);
    expect((await read("v")).flat()).toEqual(["1", "1", "1", "2"]);
    await load(upsert, [{ id: 1, v: 3 }]);
    expect((await read("v")).flat()).toEqual(["3"]);
    await expect(load(upsert, [{ v: 3 }])).rejects.toMatchObject({ code: "NULL_IN_KEY" });
  });
});
