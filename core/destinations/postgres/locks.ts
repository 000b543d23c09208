import { RunletError } from "../../errors.ts";
import type { Connection } from "./connection.ts";

/** Locks that runlet's loads, and nobody else, take on names within a database; held to the end of the transaction, gone
 *  with the connection. They never wait: who comes second is told so. Advisory locks, because a lock on the table itself
 *  would have to wait for readers and for vacuum. */
export class LoadLocks {
  readonly #connection: Connection;
  readonly #dataset: string;

  constructor(connection: Connection, dataset: string) {
    this.#connection = connection;
    this.#dataset = dataset;
  }

  /** That no other load has the table to itself.
   *  @throws RunletError CONCURRENT_RUN */
  async shareTable(table: string): Promise<void> {
    await this.#take("pg_try_advisory_xact_lock_shared", `table ${table}`, `table ${table}`);
  }

  /** That no other load writes to the table: it is created, or its rows are replaced.
   *  @throws RunletError CONCURRENT_RUN */
  async ownTable(table: string): Promise<void> {
    await this.#take("pg_try_advisory_xact_lock", `table ${table}`, `table ${table}`);
  }

  /** That this load is not running elsewhere.
   *  @throws RunletError CONCURRENT_RUN */
  async ownLoad(loadId: string): Promise<void> {
    await this.#take("pg_try_advisory_xact_lock", `load ${loadId}`, `load ${loadId}`);
  }

  /** Waits for whoever runs a load. */
  async awaitLoad(loadId: string): Promise<void> {
    await this.#connection.run("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [
      this.#key(`load ${loadId}`),
    ]);
  }

  /** Waits until no other load of the dataset is committing; that takes each but a moment. */
  async awaitCommits(): Promise<void> {
    await this.#connection.run("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [
      this.#key("commit"),
    ]);
  }

  async #take(lock: string, name: string, printed: string): Promise<void> {
    const { rows } = await this.#connection.rows(`SELECT ${lock}(hashtextextended($1, 0))`, [
      this.#key(name),
    ]);
    if (rows[0]![0] === true) return;
    throw new RunletError("CONCURRENT_RUN", `another run is loading ${printed} of dataset ${this.#dataset}`, {
      hint: "nothing was loaded: run again when that run has ended",
    });
  }

  #key(name: string): string {
    return `runlet ${JSON.stringify([this.#dataset, name])}`;
  }
}
