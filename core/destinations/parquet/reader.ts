import { RunletError } from "../../errors.ts";
import { host } from "../../host.ts";
import type { Json } from "../../json.ts";
import {
  LOADS_TABLE,
  loadsTable,
  STATE_TABLE,
  stateTable,
  VERSION_TABLE,
  versionTable,
} from "../../schema/system-tables.ts";
import type { ColumnSchema, TableSchema } from "../../schema/types.ts";
import type { DuckDBConnection, DuckDBDriver } from "../duckdb/driver.ts";
import { destinationError } from "../duckdb/errors.ts";
import { DuckDBLoad } from "../duckdb/load.ts";
import { DuckDBReader, type QueryResult } from "../duckdb/query.ts";
import { qualified, schemaOf } from "../duckdb/tables.ts";
import { quoteName, quoteText } from "../sql/quote.ts";
import { tokenize } from "../sql/statement.ts";
import { inParallel } from "./in-parallel.ts";
import type { Lake } from "./lake.ts";
import type { ParquetLibrary } from "./library.ts";
import { type LakeTable, sameName, type Snapshot, type StateRow, type VersionRow } from "./snapshot.ts";

const ROWS_PER_INSERT = 500;
const READ_AT_ONCE = 16;
/** Files that another run replaces while they are read are looked up again, so often. */
const ATTEMPTS = 5;

/** Queries a dataset of Parquet files in a DuckDB in memory, into which the tables that a query names are read. */
export class LakeReader {
  readonly #lake: Lake;
  readonly #library: ParquetLibrary;
  readonly #dataset: string;
  #driver: DuckDBDriver | undefined;
  #reader: DuckDBReader | undefined;
  /** Of what is in the database, as text to compare; and the tables whose rows are. */
  #state = "";
  #filled = new Set<string>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(lake: Lake, library: ParquetLibrary, dataset: string) {
    this.#lake = lake;
    this.#library = library;
    this.#dataset = dataset;
  }

  /** Runs one statement on the newest snapshot, one after the other. Throws DESTINATION_QUERY. */
  query(sql: string, parameters: readonly Json[] = []): Promise<QueryResult> {
    const result = this.#queue.then(async () => {
      await this.#refresh(sql);
      return this.#reader!.query(sql, parameters);
    });
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #refresh(sql: string): Promise<void> {
    const named = namesIn(sql);
    for (let attempt = 1; ; attempt++) {
      const snapshot = await this.#lake.visible();
      try {
        await this.#hold(snapshot);
        await this.#fill(snapshot, named);
        return;
      } catch (error) {
        this.#state = "";
        if (error instanceof MissingFile && attempt < ATTEMPTS) continue;
        if (error instanceof MissingFile)
          throw new RunletError("DESTINATION_FAILED", `${error.message}, which a commit lists, is missing`, {
            hint: "it was taken away by something else than runlet: restore it, or replace the table",
          });
        throw destinationError(error, "DESTINATION_FAILED", `cannot read dataset ${this.#dataset}`);
      }
    }
  }

  /** Makes the database that of a snapshot: all tables, none with rows yet. */
  async #hold(snapshot: Snapshot): Promise<void> {
    const { sequence, loads } = snapshot;
    const state = `${sequence} ${loads.length} ${loads.at(-1)?.load_id}`;
    if (this.#driver && state === this.#state) return;
    this.#driver ??= await openDatabase();
    await this.#reader?.close();
    this.#reader = new DuckDBReader(this.#driver, this.#dataset);
    this.#filled = new Set();
    await this.#within(async (load, connection) => {
      for (const table of Object.values(snapshot.tables)) await load.prepare(described(table), "append");
      if (loads.length === 0) return;
      for (const table of [loadsTable(), versionTable(), stateTable()])
        await load.prepare(nullable(table), "append");
      await insert(connection, this.#dataset, LOADS_TABLE, loads);
    }, true);
    this.#state = state;
  }

  /** Reads the tables that are named. */
  async #fill(snapshot: Snapshot, named: (table: string) => boolean): Promise<void> {
    const wanted = Object.values(snapshot.tables).filter(
      ({ name }) => named(name) && !this.#filled.has(name),
    );
    const system = snapshot.loads.length === 0 ? [] : [VERSION_TABLE, STATE_TABLE];
    const systemWanted = system.filter((name) => named(name) && !this.#filled.has(name));
    if (wanted.length + systemWanted.length === 0) return;
    await this.#within(async (load, connection) => {
      for (const table of wanted) {
        await load.prepare(described(table), "append");
        for (const file of table.files) await load.write(table.name, await this.#read(file.name));
      }
      for (const name of systemWanted) {
        const rows =
          name === VERSION_TABLE
            ? await this.#systemRows<VersionRow>(name, Object.values(snapshot.versions), versionKey)
            : await this.#systemRows<StateRow>(name, Object.values(snapshot.states), stateKey);
        const ids = new Set(snapshot.loads.map(({ load_id }) => load_id));
        const seen = rows.filter((row) => !("_dlt_load_id" in row) || ids.has(row._dlt_load_id));
        await insert(connection, this.#dataset, name, seen);
      }
    });
    for (const { name } of wanted) this.#filled.add(name);
    for (const name of systemWanted) this.#filled.add(name);
  }

  async #read(name: string): Promise<Uint8Array> {
    const bytes = await this.#lake.folder.get(name);
    if (!bytes) throw new MissingFile(name);
    return this.#library.readParquet(bytes, { batchSize: 50_000 }).intoIPCStream();
  }

  /** Rows of a system table: what its files hold and what the commits know. */
  async #systemRows<T>(table: string, known: readonly T[], keyOf: (row: T) => string): Promise<T[]> {
    const { folder } = this.#lake;
    const rows = new Map<string, T>();
    const files = await inParallel(await folder.list(`${table}/`), READ_AT_ONCE, ({ name }) =>
      folder.get(name),
    );
    for (const bytes of files) {
      if (!bytes) continue;
      const row = JSON.parse(new TextDecoder().decode(bytes)) as T;
      rows.set(keyOf(row), row);
    }
    for (const row of known) rows.set(keyOf(row), row);
    return [...rows.values()];
  }

  /** Changes the database in one transaction; with `fresh` the dataset begins empty. */
  async #within(
    work: (load: DuckDBLoad, connection: DuckDBConnection) => Promise<void>,
    fresh = false,
  ): Promise<void> {
    const connection = await this.#driver!.connect();
    try {
      if (fresh)
        await connection.exec(`DROP SCHEMA IF EXISTS ${schemaOf(connection, this.#dataset)} CASCADE`);
      const load = new DuckDBLoad({
        connection,
        dataset: this.#dataset,
        loadId: "",
        durable: false,
        signal: undefined,
        ended: () => Promise.resolve(),
      });
      try {
        await load.start();
        await work(load, connection);
        await connection.exec("COMMIT");
      } catch (error) {
        await load.rollback();
        throw error;
      }
    } finally {
      await connection.close();
    }
  }

  async close(): Promise<void> {
    await this.#queue;
    await this.#reader?.close();
    await this.#driver?.close();
    this.#driver = undefined;
    this.#reader = undefined;
    this.#state = "";
  }
}

class MissingFile extends Error {}

async function openDatabase(): Promise<DuckDBDriver> {
  const { duckdb, name } = host();
  if (!duckdb) {
    throw new RunletError(
      "DRIVER_MISSING",
      `Parquet files are queried with DuckDB, which ${name} does not have`,
      {
        hint: "query them elsewhere: with runlet query, DuckDB, or any other reader of Parquet",
      },
    );
  }
  try {
    return await duckdb({ storageVersion: "v1.3.0" });
  } catch (error) {
    throw destinationError(error, "DESTINATION_FAILED", "cannot open an in-memory database");
  }
}

/** Whether a statement may mean a table: its name is a word, a quoted name or within a string of it. */
function namesIn(sql: string): (table: string) => boolean {
  const names = new Set<string>();
  let strings = "";
  for (const { kind, text } of tokenize(sql)) {
    if (kind === "word") names.add(sameName(text));
    else if (kind === "quoted") names.add(sameName(text.slice(1, -1).replaceAll('""', '"')));
    else if (kind === "string") strings += `${sameName(text)}\n`;
  }
  return (table) => names.has(sameName(table)) || strings.includes(sameName(table));
}

function described(table: LakeTable): TableSchema {
  const columns = table.columns.map((column) => [column.name, { ...column, nullable: true } as ColumnSchema]);
  return { name: table.name, columns: Object.fromEntries(columns) as Record<string, ColumnSchema> };
}

function nullable(table: TableSchema): TableSchema {
  return described({ name: table.name, columns: Object.values(table.columns), files: [] });
}

async function insert(
  connection: DuckDBConnection,
  dataset: string,
  table: string,
  rows: readonly object[],
): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_PER_INSERT) {
    const part = rows.slice(at, at + ROWS_PER_INSERT);
    const names = [...new Set(part.flatMap((row) => Object.keys(row)))];
    const values = part.map(
      (row) => `(${names.map((name) => literal((row as Record<string, unknown>)[name])).join(", ")})`,
    );
    await connection.exec(
      `INSERT INTO ${qualified(connection, dataset, table)} (${names.map(quoteName).join(", ")}) VALUES ${values.join(", ")}`,
    );
  }
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  return typeof value === "number" ? String(value) : quoteText(String(value));
}

const versionKey = (row: VersionRow): string => `${row.schema_name} ${row.version_hash}`;
const stateKey = (row: StateRow): string => `${row.pipeline_name} ${row._dlt_load_id}`;
