import { readRows } from "../../arrow/ipc-rows.ts";
import { RunletError } from "../../errors.ts";
import { quoteName, quoteText } from "../sql/quote.ts";
import {
  type DuckDBConnection,
  type DuckDBDriver,
  DuckDBError,
  type InsertTarget,
  JSON_SEED,
} from "./driver.ts";
import { jsonSeedStream } from "./json-seed.ts";
import { resultStream } from "./result-stream.ts";

/** A database of the application: an `AsyncDuckDB` of `@duckdb/duckdb-wasm`, one of its blocking build's, or a connection
 *  of either; on Node also a `DuckDBInstance` of `@duckdb/node-api`. It stays open, and the application may use it
 *  meanwhile. */
export type OwnDuckDB = WasmInstance | WasmConnection | NativeInstance;

/** The part of `AsyncDuckDB` and `DuckDBBindings` that is used, the same in every version since 1.28. */
export interface WasmInstance {
  connect(): unknown;
  runQuery(connection: number, sql: string): unknown;
  insertArrowFromIPCStream(
    connection: number,
    stream: Uint8Array,
    options?: { name: string; create?: boolean },
  ): unknown;
}

/** The part of `AsyncDuckDBConnection` and of the blocking build's `DuckDBConnection` that is used. */
export interface WasmConnection {
  useUnsafe<T>(callback: (bindings: WasmInstance, connection: number) => T): T;
  close(): unknown;
}

export interface NativeInstance {
  connect(): Promise<unknown>;
  closeSync(): void;
}

/** A database in memory attached to an instance while it is loaded to or queried. */
export const SCRATCH = "_runlet_memory";

interface Instance {
  holders: number;
  writing: boolean;
  attached: Promise<void> | undefined;
  /** Settles when what was attached is detached. */
  detached: Promise<void>;
}

export interface InstanceFacts {
  /** The database that is loaded to. */
  catalog: string;
  /** Whether a commit is only in the file after a checkpoint. */
  durable: boolean;
  timeZones: boolean;
}

/** How an instance is spoken to. */
export interface InstanceAccess {
  /** A new connection that loads to `catalog`. */
  connect(catalog: string): Promise<DuckDBConnection>;
  facts(): Promise<InstanceFacts>;
  /** Called for the first of several sessions: attaches {@link SCRATCH}, with {@link JSON_SEED} in it. */
  attach(): Promise<void>;
}

const instances = new WeakMap<object, Instance>();

export function isWasmInstance(db: OwnDuckDB): db is WasmInstance {
  return "runQuery" in db && "insertArrowFromIPCStream" in db;
}

export function isWasmConnection(db: OwnDuckDB): db is WasmConnection {
  return "useUnsafe" in db;
}

/** A driver over an instance of duckdb-wasm, or the one behind a connection. Loads go to the database that is current
 *  there. */
export function openOwn(db: WasmInstance | WasmConnection): Promise<DuckDBDriver> {
  const given = isWasmConnection(db) ? db : undefined;
  const wasm = given ? given.useUnsafe((bindings: WasmInstance) => bindings) : (db as WasmInstance);
  return instanceDriver(wasm, {
    connect: (catalog) => OwnConnection.open(wasm, catalog),
    facts: () => factsOf(wasm, given),
    attach: () => attach(wasm),
  });
}

/** A driver over an instance; its sessions share what is attached to it. Throws DESTINATION_FAILED. */
export async function instanceDriver(db: object, access: InstanceAccess): Promise<DuckDBDriver> {
  const here = instances.get(db) ?? {
    holders: 0,
    writing: false,
    attached: undefined,
    detached: Promise.resolve(),
  };
  instances.set(db, here);
  const { catalog, durable, timeZones } = await access.facts().catch(unusable);
  here.holders++;
  here.attached ??= here.detached.then(() => access.attach());
  await here.attached.catch((error: unknown) => {
    if (--here.holders === 0) here.attached = undefined;
    return unusable(error);
  });
  let held = true;
  return {
    timeZones,
    durable,
    async connect() {
      const connection = await access.connect(catalog);
      try {
        await connection.exec(`USE ${quoteName(catalog)}`);
        return connection;
      } catch (error) {
        await connection.close();
        throw error;
      }
    },
    async close() {
      if (!held) return;
      held = false;
      if (--here.holders > 0) return;
      here.attached = undefined;
      const detached = detach(access, catalog);
      // A session that is opened meanwhile attaches again.
      here.detached = detached.catch(() => undefined);
      await detached;
    },
    claimWriter() {
      if (here.writing) return false;
      return (here.writing = true);
    },
    releaseWriter() {
      here.writing = false;
    },
  };
}

function unusable(cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new RunletError("DESTINATION_FAILED", `the given DuckDB cannot be used: ${reason}`, {
    hint: "give an open one; of duckdb-wasm: await db.instantiate(…); await db.open({})",
    cause,
  });
}

async function detach(access: InstanceAccess, catalog: string): Promise<void> {
  const connection = await access.connect(catalog);
  try {
    await connection.exec(`DETACH DATABASE IF EXISTS ${SCRATCH}`);
  } finally {
    await connection.close();
  }
}

async function factsOf(wasm: WasmInstance, given: WasmConnection | undefined): Promise<InstanceFacts> {
  // The application's own connection knows which database it uses; a new one does not.
  const asked = given ? OwnConnection.of(wasm, given) : await OwnConnection.open(wasm, SCRATCH);
  try {
    const first = async (sql: string) => readRows(await asked.query(sql))[0];
    const { name } = (await first("SELECT current_database() AS name")) as { name: string };
    const file = await first(
      `SELECT path FROM duckdb_databases() WHERE database_name = ${quoteText(name)} AND path IS NOT NULL`,
    );
    const icu = await first("SELECT 1 FROM duckdb_extensions() WHERE extension_name = 'icu' AND loaded");
    return { catalog: name, durable: file !== undefined, timeZones: icu !== undefined };
  } finally {
    if (!given) await asked.close();
  }
}

async function attach(wasm: WasmInstance): Promise<void> {
  const connection = await OwnConnection.open(wasm, SCRATCH);
  try {
    await connection.exec(`ATTACH IF NOT EXISTS ':memory:' AS ${SCRATCH}`);
    await connection.exec(`USE ${SCRATCH}`);
    await connection.exec(`DROP TABLE IF EXISTS ${JSON_SEED}`);
    await connection.insert(jsonSeedStream(), { name: JSON_SEED, create: true });
  } finally {
    await connection.close();
  }
}

class OwnConnection implements DuckDBConnection {
  readonly catalog: string;
  readonly scratch = SCRATCH;
  readonly #wasm: WasmInstance;
  readonly #connection: WasmConnection;
  readonly #id: number;

  private constructor(wasm: WasmInstance, connection: WasmConnection, catalog: string) {
    this.#wasm = wasm;
    this.#connection = connection;
    this.#id = connection.useUnsafe((_bindings, id) => id);
    this.catalog = catalog;
  }

  static async open(wasm: WasmInstance, catalog: string): Promise<OwnConnection> {
    return new OwnConnection(wasm, (await wasm.connect()) as WasmConnection, catalog);
  }

  static of(wasm: WasmInstance, connection: WasmConnection): OwnConnection {
    return new OwnConnection(wasm, connection, SCRATCH);
  }

  async exec(sql: string): Promise<void> {
    await this.#run(() => this.#wasm.runQuery(this.#id, sql));
  }

  async query(sql: string): Promise<Uint8Array> {
    return resultStream((await this.#run(() => this.#wasm.runQuery(this.#id, sql))) as Uint8Array);
  }

  insertArrow(stream: Uint8Array, { table }: InsertTarget): Promise<void> {
    return this.insert(stream, { name: table, create: false });
  }

  /** A copy, since the asynchronous build takes the bytes away from the caller. */
  async insert(stream: Uint8Array, options: { name: string; create: boolean }): Promise<void> {
    await this.#run(() => this.#wasm.insertArrowFromIPCStream(this.#id, stream.slice(), options));
  }

  async checkpoint(): Promise<void> {
    try {
      await this.exec(`CHECKPOINT ${quoteName(this.catalog)}`);
    } catch (error) {
      // The application is in a transaction: it is its database, and its next checkpoint writes this load, too.
      if (!/other (write )?transactions/i.test((error as Error).message)) throw error;
    }
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #run<T>(work: () => T | Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      throw new DuckDBError(cause instanceof Error ? cause.message : String(cause), { cause });
    }
  }
}
