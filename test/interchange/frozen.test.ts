import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { duckdb } from "../../core/destinations/duckdb/index.ts";
import { type Destination, type LoadInfo, pipeline, resource, source } from "../../core/index.ts";
import type { Json } from "../../core/json.ts";
import { schemaVersionHash } from "../../core/schema/version-hash.ts";
import { decodeState, type PipelineState } from "../../core/schema/state.ts";
import type { StoredSchema } from "../../core/schema/stored.ts";
import { parseExact } from "../../core/schema/exact-json.ts";
import { openDuckDB } from "../../host-node/duckdb/index.ts";
import { type CellValue, cell } from "../oracle/canonical.ts";
import { micros, optionsOf } from "../oracle/sequences.ts";
import { installTestHost } from "../pipeline/host.ts";

// Datasets that dlt has written, frozen: runlet goes on with each as dlt itself did.

interface Run {
  source: string;
  resources: { name: string; records: string[]; options?: Record<string, unknown> }[];
}

interface Frozen {
  about: string;
  pipeline: string;
  dataset: string;
  sql: string[];
  next: Run[];
  /** What dlt made of `next`; absent where runlet does not go on. */
  then?: {
    tables: Record<string, { columns: [name: string, type: string][]; rows: string[][] }>;
    schemas: Record<string, { stored: number; document: StoredSchema }>;
    cursors: Record<string, { last: Json; hashes: string[] }>;
  };
}

const PLACE = "test/data/interchange";
const ALL = readdirSync(PLACE).map((file) => ({
  name: file.replace(".json", ""),
  frozen: parseExact(readFileSync(join(PLACE, file), "utf8"), file) as unknown as Frozen,
}));

const folder = mkdtempSync(join(tmpdir(), "runlet-frozen-"));
beforeAll(() => void installTestHost({}));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;

/** A file with the dataset, as dlt left it, then changed. */
async function thawed({ sql }: Frozen, ...changes: string[]): Promise<Destination> {
  const path = join(folder, `${made++}.duckdb`);
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  for (const statement of [...sql, ...changes]) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
  return duckdb(path, { open: openDuckDB });
}

/** The pipeline of a run. */
function piped({ pipeline: name, dataset }: Frozen, { source: from, resources }: Run) {
  const made = resources.map(({ name, records, options = {} }) =>
    resource(name, optionsOf(options) as object, records.join("\n")),
  );
  return pipeline(name, source(from, {}, made), { dataset });
}

async function goOn(frozen: Frozen, to: Destination): Promise<LoadInfo> {
  let info: LoadInfo | undefined;
  for (const run of frozen.next)
    info = await piped(frozen, run).run({ to, normalise: { onTypeConflict: "variant" } });
  return info!;
}

type Row = Record<string, Json>;

async function documentsOf({ dataset }: LoadInfo): Promise<Record<string, StoredSchema>> {
  const rows = await dataset.query<{ schema: string }>(
    'select "schema" from _dlt_version order by inserted_at',
  );
  const all = rows.map(({ schema }) => parseExact(schema, "a schema") as unknown as StoredSchema);
  return Object.fromEntries(all.map((schema) => [schema.name, schema]));
}

/** States in the order of their loads. */
async function statesOf({ dataset }: LoadInfo): Promise<PipelineState[]> {
  const rows = await dataset.query<{ state: string }>(
    "select state from _dlt_pipeline_state order by _dlt_load_id",
  );
  return Promise.all(rows.map(({ state }) => decodeState(state)));
}

/** As `then` has them. */
function cursorsOf({ sources = {} }: PipelineState): unknown {
  type Kept = { incremental?: Record<string, { last_value: Json; unique_hashes: string[] }> };
  return Object.fromEntries(
    Object.entries(sources).flatMap(([name, { resources }]) =>
      Object.entries((resources ?? {}) as Record<string, Kept>).flatMap(([table, { incremental = {} }]) =>
        Object.entries(incremental).map(([path, { last_value: last, unique_hashes: hashes }]) => [
          `${name}.${table}.${path}`,
          { last, hashes: hashes.toSorted() },
        ]),
      ),
    ),
  );
}

/** All rows of a table as canonical cells of the columns. */
async function rowsOf(
  { dataset }: LoadInfo,
  table: string,
  columns: [string, string][],
): Promise<string[][]> {
  const list = columns.map(([name, type]) =>
    TEXTS.includes(type) ? `cast("${name}" as varchar) "${name}"` : `"${name}"`,
  );
  const rows = await dataset.query<Row>(`select ${list.join(", ") || "1"} from "${table}"`);
  return rows.map((row) => columns.map(([name, type]) => cell(valueOf(row[name], type), type))).sort();
}

const TEXTS = ["decimal", "json", "date", "time"];

function valueOf(value: Json | undefined, type: string): CellValue {
  if (value === null || value === undefined) return null;
  if (type === "timestamp") return micros(String(value));
  if (type === "date") return BigInt(Date.parse(String(value)) / 86_400_000);
  if (type === "time") return micros(`1970-01-01T${String(value)}`);
  return value as CellValue;
}

describe.each(ALL.filter(({ frozen }) => frozen.then))("$name: $frozen.about", ({ frozen }) => {
  let to: Destination;
  let info: LoadInfo;
  beforeAll(async () => {
    to = await thawed(frozen);
    info = await goOn(frozen, to);
  }, 60_000);

  test("the tables are those that dlt made of the same run", async () => {
    for (const [table, { columns, rows }] of Object.entries(frozen.then!.tables)) {
      const found = await rowsOf(info, table, columns);
      expect({ table, rows: found }).toEqual({ table, rows: rows.map((row) => row).sort() });
    }
  });

  test("the schema is dlt's, version by version", async () => {
    const documents = await documentsOf(info);
    expect(Object.keys(documents).sort()).toEqual(Object.keys(frozen.then!.schemas).sort());
    for (const [name, { stored, document: wanted }] of Object.entries(frozen.then!.schemas)) {
      const [counted] = await info.dataset.query<{ n: bigint }>(
        "select count(*) n from _dlt_version where schema_name = ?",
        [name],
      );
      const { previous_hashes: mine, version_hash, ...found } = documents[name]!;
      const { previous_hashes: theirs, version_hash: hash, ...dlt } = wanted;
      expect(found).toEqual(dlt);
      expect(Number(counted!.n)).toBe(stored);
      expect(version_hash).toBe(schemaVersionHash(documents[name]!));
      expect([version_hash, mine[0]]).toEqual([hash, theirs[0]]);
    }
  });

  test("the state is left as it is where cursors have not moved; these are where dlt's are", async () => {
    const written = frozen.sql.filter((sql) => /^INSERT INTO "[^"]*"\."_dlt_pipeline_state"/.test(sql));
    expect(written.length).toBeGreaterThan(0);
    const { cursors } = frozen.then!;
    const states = await statesOf(info);
    expect(states).toHaveLength(written.length + (Object.keys(cursors).length ? 1 : 0));
    expect(cursorsOf(states.at(-1)!)).toEqual(cursors);
  });

  test("the load comes after dlt's, with a row of its own", async () => {
    const loads = await info.dataset.query<{ load_id: string; status: bigint }>(
      "select load_id, status from _dlt_loads order by inserted_at",
    );
    const ids = loads.map(({ load_id }) => load_id);
    expect(ids.at(-1)).toBe(info.loadId);
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(loads.every(({ status }) => status === 0n)).toBe(true);
  });
});

const named = (name: string) => ALL.find((each) => each.name === name)!.frozen;

/** Changes the newest schema as text. */
const inSchema = (from: string, to: string) =>
  `UPDATE data._dlt_version SET schema = replace(schema, '${from}', '${to}')`;

async function tablesAndRows(to: Destination, dataset: string): Promise<unknown> {
  const session = await to.open({ dataset });
  try {
    const names = await session.query<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = ? order by 1",
      [dataset],
    );
    return await Promise.all(
      names.map(async ({ name }) => [name, await session.query(`select count(*) n from "${name}"`)]),
    );
  } finally {
    await session.close();
  }
}

describe("a dataset that runlet cannot go on with is refused, and nothing is written", () => {
  const small = named("grown");
  test.each<[what: string, frozen: Frozen, changes: string[], message: string]>([
    ["another naming convention", named("naming"), [], "names tables and columns by sql_ci_v1"],
    [
      "a naming convention of the user's own",
      small,
      [inSchema('"names":"snake_case"', '"names":"my.naming"')],
      "names tables and columns by my.naming",
    ],
    [
      "another normaliser",
      small,
      [inSchema("dlt.common.normalizers.json.relational", "my.normalizer")],
      "makes tables by my.normalizer",
    ],
    [
      "values that nested tables get from their roots",
      small,
      [
        inSchema(
          'json.relational"}',
          'json.relational","config":{"propagation":{"tables":{"orders":{"id":"order_id"}}}}}',
        ),
      ],
      "passes id on to nested tables",
    ],
    [
      "an older engine",
      small,
      [inSchema('"engine_version":11', '"engine_version":9')],
      "has engine version 9",
    ],
    [
      "a newer engine",
      small,
      [inSchema('"engine_version":11', '"engine_version":12')],
      "has engine version 12",
    ],
    ["a schema that is no JSON", small, ["UPDATE data._dlt_version SET schema = '{'"], "is not JSON"],
    [
      "a state that cannot be unpacked",
      small,
      ["UPDATE data._dlt_pipeline_state SET state = 'eJx'"],
      "the stored pipeline state cannot be unpacked",
    ],
  ])("%s", async (_, frozen, changes, message) => {
    const to = await thawed(frozen, ...changes);
    const before = await tablesAndRows(to, frozen.dataset);
    await expect(goOn(frozen, to)).rejects.toMatchObject({
      code: "SCHEMA_INVALID",
      message: expect.stringContaining(message),
    });
    expect(await tablesAndRows(to, frozen.dataset)).toEqual(before);
  });
});

describe("what other versions of dlt leave", () => {
  const small = named("grown");

  test("columns that runlet does not know in the system tables stay empty", async () => {
    const tables = ["_dlt_loads", "_dlt_version", "_dlt_pipeline_state"];
    const to = await thawed(
      small,
      ...tables.map((table) => `ALTER TABLE data.${table} ADD COLUMN _dlt_sentinel VARCHAR`),
    );
    const { dataset, loadId } = await goOn(small, to);
    expect(await dataset.query("select _dlt_sentinel from _dlt_loads where load_id = ?", [loadId])).toEqual([
      { _dlt_sentinel: null },
    ]);
  });

  test("columns that an older one did not have are added", async () => {
    const to = await thawed(
      small,
      "ALTER TABLE data._dlt_pipeline_state DROP COLUMN version_hash",
      "ALTER TABLE data._dlt_loads DROP COLUMN schema_version_hash",
    );
    const [run] = small.next;
    const stateful = resource("orders", {}, ({ state }) => {
      state["seen"] = 1;
      return run!.resources[0]!.records.join("\n");
    });
    const { dataset, loadId } = await pipeline("shop", source("shop", {}, [stateful]), {
      dataset: "data",
    }).run({ to });
    expect(await dataset.query("select count(*) n from orders")).toEqual([{ n: 2n }]);
    expect(
      await dataset.query(
        "select schema_version_hash is not null as known from _dlt_loads where load_id = ?",
        [loadId],
      ),
    ).toEqual([{ known: true }]);
  });

  test("a state that is not packed, of an older engine, is read and stored as a current one", async () => {
    const old = JSON.stringify({
      _state_version: 7,
      _state_engine_version: 3,
      _version_hash: "old",
      pipeline_name: "shop",
      dataset_name: "data",
      default_schema_name: "shop",
      schema_names: ["shop"],
      destination: "dlt.destinations.duckdb",
      sources: { shop: { resources: { orders: { page: 3 } } } },
    });
    const to = await thawed(
      small,
      `UPDATE data._dlt_pipeline_state SET state = '${old}', version_hash = 'old'`,
    );
    const state = (await statesOf(await goOn(small, to))).at(-1)!;
    expect(state).toMatchObject({
      _state_version: 8,
      _state_engine_version: 4,
      destination_type: "dlt.destinations.duckdb",
      sources: { shop: { resources: { orders: { page: 3 } } } },
    });
    expect(state).not.toHaveProperty("destination");
  });

  test("a table that was only declared is not taken for one that is there", async () => {
    const declared =
      '"nothing":{"name":"nothing","columns":{"id":{"name":"id","data_type":"bigint"}},"write_disposition":"append","resource":"nothing"},';
    const to = await thawed(small, inSchema('"tables":{', `"tables":{${declared}`));
    const info = await goOn(small, to);
    const { shop } = await documentsOf(info);
    expect(shop!.tables["nothing"]).toEqual(JSON.parse(`{${declared.slice(0, -1)}}`).nothing);
    expect(info.tables).not.toHaveProperty("nothing");
    const filled = pipeline("shop", source("shop", {}, [resource("nothing", {}, [{ id: 1 }])]), {
      dataset: "data",
    });
    const { dataset } = await filled.run({ to });
    expect(await dataset.query("select id from nothing")).toEqual([{ id: 1n }]);
  });

  test("a pipeline under another name has a state of its own, and the schema of its source", async () => {
    const to = await thawed(small);
    const [run] = small.next;
    const info = await piped({ ...small, pipeline: "another" }, run!).run({ to });
    const states = await statesOf(info);
    expect(states.map(({ pipeline_name }) => pipeline_name)).toEqual(["shop", "another"]);
    expect(states[1]).toMatchObject({
      _state_version: 1,
      default_schema_name: "shop",
      schema_names: ["shop"],
    });
    expect(Object.keys((await documentsOf(info)).shop!.tables)).toContain("orders__tags");
  });

  test("a second schema of a pipeline is noted in its state, in dlt's order", async () => {
    const to = await thawed(small);
    const second = pipeline("shop", source("Accounts", {}, [resource("a", {}, [{ id: 1 }])]), {
      dataset: "data",
    });
    const info = await second.run({ to });
    expect((await statesOf(info)).at(-1)).toMatchObject({
      default_schema_name: "shop",
      schema_names: ["accounts", "shop"],
    });
    expect(Object.keys(await documentsOf(info)).sort()).toEqual(["accounts", "shop"]);
  });

  test("a dataset that was renamed is continued under its new name", async () => {
    const moved = {
      ...small,
      dataset: "moved",
      sql: small.sql.map((sql) => sql.replaceAll(/"?\bdata\b"?(?=\.)|(?<=CREATE SCHEMA )"data"/g, "moved")),
    };
    const info = await goOn(moved, await thawed(moved));
    expect((await statesOf(info)).at(-1)).toMatchObject({ _state_version: 2, dataset_name: "moved" });
  });
});
