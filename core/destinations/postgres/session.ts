import { RunletError } from "../../errors.ts";
import type { Json } from "../../json.ts";
import type { DestinationLoad, DestinationSession, OpenOptions, StoredDataset } from "../contract.ts";
import type { ServerAddress } from "./address.ts";
import { arrowResult } from "./arrow-result.ts";
import { Connection, loadDriver } from "./connection.ts";
import type { PostgresOptions } from "./destination.ts";
import { destinationError } from "./errors.ts";
import { PostgresLoad } from "./load.ts";
import { LoadLocks } from "./locks.ts";
import { asObjects, runQuery } from "./query.ts";
import { isCommitted, readStored } from "./system-rows.ts";
import { ensureSchema } from "./tables.ts";

/** One dataset, a schema, of one Postgres database. Each load has a connection of its own; questions share one. */
export class PostgresSession implements DestinationSession {
  readonly #connect: () => Connection;
  readonly #dataset: string;
  readonly #signal: AbortSignal | undefined;
  readonly #uniqueIndexes: boolean;
  #reader: Connection;
  /** Ends when everything asked of the reader so far has ended: it runs one transaction at a time. */
  #asked: Promise<unknown> = Promise.resolve();
  #load: PostgresLoad | undefined;
  /** Whether the place for a load is taken, also while it begins. */
  #loading = false;

  private constructor(
    connect: () => Connection,
    reader: Connection,
    open: OpenOptions,
    options: PostgresOptions,
  ) {
    this.#connect = connect;
    this.#reader = reader;
    this.#dataset = open.dataset;
    this.#signal = open.signal;
    this.#uniqueIndexes = options.uniqueIndexes ?? true;
  }

  /** Connects. @throws RunletError DRIVER_MISSING, DESTINATION_FAILED */
  static async open(
    address: ServerAddress,
    open: OpenOptions,
    options: PostgresOptions,
  ): Promise<PostgresSession> {
    const driver = await loadDriver();
    const connect = (): Connection => new Connection(driver, address, options.socket);
    let reader: Connection | undefined;
    try {
      reader = connect();
      await reader.run("SELECT 1");
      return new PostgresSession(connect, reader, open, options);
    } catch (error) {
      await reader?.close();
      throw destinationError(error, "DESTINATION_FAILED", "cannot connect to the Postgres server");
    }
  }

  async restore(pipelineName: string, schemaName: string): Promise<StoredDataset> {
    try {
      return await this.#ask((reader) => readStored(reader, this.#dataset, pipelineName, schemaName));
    } catch (error) {
      throw destinationError(
        error,
        "DESTINATION_FAILED",
        `cannot read the state of dataset ${this.#dataset}`,
      );
    }
  }

  async hasLoad(loadId: string): Promise<boolean> {
    try {
      return await this.#ask((reader) => isCommitted(reader, this.#dataset, loadId));
    } catch (error) {
      throw destinationError(
        error,
        "DESTINATION_FAILED",
        `cannot read the loads of dataset ${this.#dataset}`,
      );
    }
  }

  async datasets(): Promise<string[]> {
    const found = await this.query<{ name: string }>(
      `select n.nspname as name from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       where c.relname = '_dlt_loads' and c.relkind in ('r', 'p', 'v') and has_schema_privilege(n.oid, 'USAGE')
       order by c.oid desc`,
    );
    return found.map(({ name }) => name);
  }

  async begin(loadId: string): Promise<DestinationLoad> {
    if (this.#loading) {
      throw new RunletError("DESTINATION_LOCKED", "this session has a load under way", {
        hint: "end that load, or open another session",
      });
    }
    this.#loading = true;
    const connection = this.#connect();
    const dataset = this.#dataset;
    const load = new PostgresLoad({
      connection,
      dataset,
      loadId,
      uniqueIndexes: this.#uniqueIndexes,
      signal: this.#signal,
      probe: () => this.#probe(loadId),
      ended: async () => {
        this.#loading = false;
        this.#load = undefined;
        await connection.close();
      },
    });
    this.#load = load;
    try {
      await ensureSchema(connection, dataset);
      await load.start();
      return load;
    } catch (error) {
      await load.rollback();
      throw destinationError(error, "DESTINATION_FAILED", `cannot begin load ${loadId}`);
    }
  }

  async #probe(loadId: string): Promise<boolean> {
    const connection = this.#connect();
    try {
      return await connection.transaction("READ ONLY", async () => {
        await new LoadLocks(connection, this.#dataset).awaitLoad(loadId);
        return isCommitted(connection, this.#dataset, loadId);
      });
    } finally {
      await connection.close();
    }
  }

  async query<T = Record<string, Json>>(sql: string, parameters?: readonly Json[]): Promise<T[]> {
    return asObjects(await this.#ask((reader) => runQuery(reader, this.#dataset, sql, parameters))) as T[];
  }

  async arrow(sql: string): Promise<Uint8Array> {
    return arrowResult(await this.#ask((reader) => runQuery(reader, this.#dataset, sql)));
  }

  /** Runs `work` on the reader when what was asked before has ended; on a new one if the last one was lost. */
  #ask<T>(work: (reader: Connection) => Promise<T>): Promise<T> {
    const answer = this.#asked.then(async () => {
      if (this.#reader.lost) {
        await this.#reader.close();
        this.#reader = this.#connect();
      }
      return work(this.#reader);
    });
    this.#asked = answer.catch(() => undefined);
    return answer;
  }

  /** Ends a load that is open by rolling it back. */
  async close(): Promise<void> {
    await this.#load?.rollback();
    await this.#reader.close();
  }
}
