import {
  attachStatements,
  CATALOG,
  type DuckDBConnection,
  DuckDBError,
  type InsertTarget,
  JSON_SEED,
} from "../../core/destinations/duckdb/driver.ts";
import { quoteName } from "../../core/destinations/sql/quote.ts";
import type { DatabaseEngine } from "../../core/destinations/duckdb/open-databases.ts";
import type { EngineOptions } from "./engine.ts";
import { insertStream } from "./native-insert.ts";
import type { NativeBindings, NativeConnection, NativeDatabase } from "./native-library.ts";
import { resultStream } from "./native-result.ts";

/** How DuckDB words the failures of the file system, on their own or as the reason why a commit failed. */
const STORAGE = /\bCould not (?:write|read|sync|fsync|truncate|create|seek)\b|No space left|Disk quota/i;

function nativeError(error: unknown): DuckDBError {
  if (error instanceof DuckDBError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  // An appender's errors have lost their kind.
  const message = cause.message.replace(/^Failed to append: (?=.*constraint)/i, "Constraint Error: ");
  const failure = new DuckDBError(message, { cause });
  if (!["IO", "TransactionContext"].includes(failure.kind) || !STORAGE.test(message)) return failure;
  return new DuckDBError(message, { cause, storage: cause });
}

class NativeEngine implements DatabaseEngine {
  readonly timeZones = true;
  readonly #bindings: NativeBindings;
  readonly #database: NativeDatabase;

  constructor(bindings: NativeBindings, database: NativeDatabase) {
    this.#bindings = bindings;
    this.#database = database;
  }

  connect(): Promise<NativeSession> {
    return NativeSession.open(this.#bindings, this.#database);
  }

  async close(): Promise<void> {
    try {
      const connection = await this.connect();
      await connection.exec("USE memory");
      await connection.exec(`DETACH ${CATALOG}`);
      await connection.close();
    } catch {
      // What was committed is on disk.
    } finally {
      this.#bindings.close_sync(this.#database);
    }
  }
}

export class NativeSession implements DuckDBConnection {
  readonly catalog: string;
  readonly scratch: string;
  readonly #bindings: NativeBindings;
  readonly #connection: NativeConnection;

  private constructor(
    bindings: NativeBindings,
    connection: NativeConnection,
    catalog: string,
    scratch: string,
  ) {
    this.#bindings = bindings;
    this.#connection = connection;
    this.catalog = catalog;
    this.scratch = scratch;
  }

  /** A new connection, in UTC. */
  static async open(
    bindings: NativeBindings,
    database: NativeDatabase,
    catalog = CATALOG,
    scratch = "memory",
  ): Promise<NativeSession> {
    try {
      const connection = await bindings.connect(database);
      await bindings.query(connection, "SET TimeZone = 'UTC'");
      return new NativeSession(bindings, connection, catalog, scratch);
    } catch (error) {
      throw nativeError(error);
    }
  }

  async exec(sql: string): Promise<void> {
    try {
      await this.#bindings.query(this.#connection, sql);
    } catch (error) {
      throw nativeError(error);
    }
  }

  async query(sql: string): Promise<Uint8Array> {
    try {
      return await resultStream(this.#bindings, await this.#bindings.query(this.#connection, sql));
    } catch (error) {
      throw nativeError(error);
    }
  }

  async insertArrow(stream: Uint8Array, { catalog, schema, table }: InsertTarget): Promise<void> {
    try {
      const appender = this.#bindings.appender_create_ext(this.#connection, catalog, schema, table);
      try {
        insertStream(this.#bindings, appender, stream);
      } catch (error) {
        // It would append what it has when it is closed.
        this.#bindings.appender_clear(appender);
        throw error;
      } finally {
        this.#bindings.appender_close_sync(appender);
      }
    } catch (error) {
      throw nativeError(error);
    }
  }

  /** Forced: a query of another session that is just writing is waited for. */
  checkpoint(): Promise<void> {
    return this.exec(`FORCE CHECKPOINT ${quoteName(this.catalog)}`);
  }

  async close(): Promise<void> {
    this.#bindings.disconnect_sync(this.#connection);
  }
}

/** Opens one database with the native addon. */
export async function openNative(bindings: NativeBindings, options: EngineOptions): Promise<DatabaseEngine> {
  const database = await bindings.open(":memory:", bindings.create_config());
  const engine = new NativeEngine(bindings, database);
  try {
    const connection = await engine.connect();
    await connection.exec(`CREATE TABLE ${JSON_SEED} (json JSON)`);
    for (const statement of attachStatements(options)) await connection.exec(statement);
    await connection.close();
    return engine;
  } catch (error) {
    bindings.close_sync(database);
    throw error;
  }
}
