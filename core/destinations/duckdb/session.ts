import { readRows } from "../../arrow/ipc-rows.ts";
import { RunletError } from "../../errors.ts";
import type { Json } from "../../json.ts";
import type { DestinationLoad, DestinationSession, OpenOptions, StoredDataset } from "../contract.ts";
import type { DuckDBDriver } from "./driver.ts";
import { destinationError } from "./errors.ts";
import { DuckDBLoad } from "./load.ts";
import { DuckDBReader } from "./query.ts";
import { isLoaded, readStored } from "./system-rows.ts";

/** One dataset in one DuckDB database. */
export class DuckDBSession implements DestinationSession {
  readonly #driver: DuckDBDriver;
  readonly #options: OpenOptions;
  readonly #file: string | undefined;
  readonly #reader: DuckDBReader;
  #load: DuckDBLoad | undefined;

  /** `file` is the database's file name for messages; absent in memory. */
  constructor(driver: DuckDBDriver, options: OpenOptions, file: string | undefined) {
    this.#driver = driver;
    this.#options = options;
    this.#file = file;
    this.#reader = new DuckDBReader(driver, options.dataset);
  }

  async restore(pipelineName: string, schemaName: string): Promise<StoredDataset> {
    const { dataset } = this.#options;
    try {
      const connection = await this.#driver.connect();
      try {
        return await readStored(connection, dataset, pipelineName, schemaName);
      } finally {
        await connection.close();
      }
    } catch (error) {
      throw destinationError(error, "DESTINATION_FAILED", `cannot read the state of dataset ${dataset}`);
    }
  }

  async hasLoad(loadId: string): Promise<boolean> {
    const { dataset } = this.#options;
    try {
      const connection = await this.#driver.connect();
      try {
        return await isLoaded(connection, dataset, loadId);
      } finally {
        await connection.close();
      }
    } catch (error) {
      throw destinationError(error, "DESTINATION_FAILED", `cannot read the loads of dataset ${dataset}`);
    }
  }

  async datasets(): Promise<string[]> {
    const found = await this.query<{ name: string }>(
      `select schema_name as name from duckdb_tables() where table_name = '_dlt_loads' order by table_oid desc`,
    );
    return found.map(({ name }) => name);
  }

  async begin(loadId: string): Promise<DestinationLoad> {
    if (!this.#driver.claimWriter()) {
      throw new RunletError(
        "DESTINATION_LOCKED",
        `${this.#file ?? "the database"} is being loaded by another run of this process`,
        { hint: "wait for that run, or load to another file" },
      );
    }
    let load: DuckDBLoad | undefined;
    try {
      const connection = await this.#driver.connect();
      load = new DuckDBLoad({
        connection,
        loadId,
        dataset: this.#options.dataset,
        durable: this.#driver.durable ?? this.#file !== undefined,
        signal: this.#options.signal,
        ended: async () => {
          this.#driver.releaseWriter();
          this.#load = undefined;
          await connection.close();
        },
      });
      this.#load = load;
      await load.start();
      return load;
    } catch (error) {
      if (load) await load.rollback();
      else this.#driver.releaseWriter();
      throw destinationError(error, "DESTINATION_FAILED", `cannot begin load ${loadId}`);
    }
  }

  async query<T = Record<string, Json>>(sql: string, parameters?: readonly Json[]): Promise<T[]> {
    const { stream, utc } = await this.#reader.query(sql, parameters);
    try {
      return readRows(stream, { utc }) as T[];
    } catch (error) {
      throw destinationError(error, "DESTINATION_QUERY", "the result cannot be read");
    }
  }

  async arrow(sql: string): Promise<Uint8Array> {
    return (await this.#reader.query(sql)).stream;
  }

  /** Ends a load that is open by rolling it back. */
  async close(): Promise<void> {
    try {
      await this.#load?.rollback();
      await this.#reader.close();
    } finally {
      // The file stays locked until its driver is closed.
      await this.#driver.close();
    }
  }
}
