import {
  attachStatements,
  CATALOG,
  type DuckDBConnection,
  DuckDBError,
  type DuckDBOpenOptions,
  type InsertTarget,
  JSON_SEED,
} from "../../core/destinations/duckdb/driver.ts";
import { jsonSeedStream } from "../../core/destinations/duckdb/json-seed.ts";
import { resultStream } from "../../core/destinations/duckdb/result-stream.ts";
import { RunletError } from "../../core/errors.ts";
import { isQuotaError, quotaExceeded } from "../quota.ts";
import { DatabaseFile } from "./database-file.ts";
import { giveBack, takeWorker } from "./idle.ts";
import type { DuckDBWorker } from "./worker.ts";

/** Values as they are, not rounded to doubles; positions in files as they are, not through a cache. */
const CONFIG = {
  useDirectIO: true,
  query: {
    castBigIntToDouble: false,
    castDecimalToDouble: false,
    castTimestampToDate: false,
    castDurationToTime64: false,
  },
};

/** DuckDB in a worker, on one database. */
export class BrowserEngine {
  readonly timeZones = false;
  readonly worker: DuckDBWorker;
  readonly #file: DatabaseFile | undefined;
  /** Bytes inserted: a measure of what the engine's memory has grown to. */
  #inserted = 0;
  #broken = false;

  private constructor(worker: DuckDBWorker, file: DatabaseFile | undefined) {
    this.worker = worker;
    this.#file = file;
  }

  static async open(options: DuckDBOpenOptions): Promise<BrowserEngine> {
    const file = options.path === undefined ? undefined : new DatabaseFile(options.path);
    await file?.check(options.existing === true || options.readOnly === true);
    const worker = await takeWorker(options.files);
    const engine = new BrowserEngine(worker, file);
    try {
      const path = await file?.give(worker, options.readOnly ?? false);
      await engine.call("OPEN", CONFIG);
      const connection = await engine.connect();
      await connection.insert(jsonSeedStream(), { name: JSON_SEED, create: true });
      for (const statement of attachStatements({ ...options, path })) await connection.exec(statement);
      // Else some functions go and fetch the extension they are in from DuckDB's server, whatever is set.
      await connection.exec("SET enable_external_access = false");
      await connection.close();
      return engine;
    } catch (error) {
      worker.terminate();
      throw error;
    }
  }

  /** Asks the worker. @throws RunletError STORAGE_FAILED when there is no room, else DuckDBError */
  async call<T>(type: string, data: unknown, transfer?: Transferable[]): Promise<T> {
    if (this.#broken) throw new DuckDBError("the DuckDB engine has stopped after a fault");
    try {
      return await this.worker.request<T>(type, data, transfer);
    } catch (cause) {
      if (cause instanceof RunletError) throw cause;
      const error = cause instanceof Error ? cause : new Error(String(cause));
      // A trap, or an exception that came through the engine from the file, leaves it in no known state.
      if (error.name !== "Error") this.#broken = true;
      const failure = new DuckDBError(error.message, { cause });
      // What is wrong with a statement may name a column called quota.
      const isOfFile = this.#broken || ["", "IO", "TransactionContext"].includes(failure.kind);
      if (isOfFile && isQuotaError(error)) {
        throw await quotaExceeded(this.#file?.name ?? "the database", error);
      }
      throw failure;
    }
  }

  async connect(): Promise<BrowserConnection> {
    return new BrowserConnection(this, await this.call<number>("CONNECT", null));
  }

  get isBroken(): boolean {
    return this.#broken;
  }

  inserted(bytes: number): void {
    this.#inserted += bytes;
  }

  /** Lets go of the database, what is committed being in its file; never rejects. */
  async close(): Promise<void> {
    try {
      const connection = await this.connect();
      await connection.exec("USE memory");
      await connection.exec(`DETACH ${CATALOG}`);
      await connection.close();
      await this.#file?.takeBack(this.worker);
      giveBack(this.worker, this.#inserted);
    } catch {
      // Nothing is lost: a commit has ended with a checkpoint.
      this.terminate();
    }
  }

  terminate(): void {
    this.worker.terminate();
  }
}

class BrowserConnection implements DuckDBConnection {
  readonly #engine: BrowserEngine;
  readonly #id: number;

  constructor(engine: BrowserEngine, id: number) {
    this.#engine = engine;
    this.#id = id;
  }

  async exec(sql: string): Promise<void> {
    await this.#engine.call("RUN_QUERY", [this.#id, sql]);
  }

  async query(sql: string): Promise<Uint8Array> {
    return resultStream(await this.#engine.call<Uint8Array>("RUN_QUERY", [this.#id, sql]));
  }

  /** The engine looks the name up itself: a name in parts may also mean an attached database. */
  insertArrow(stream: Uint8Array, { table }: InsertTarget): Promise<void> {
    this.#engine.inserted(stream.byteLength);
    return this.insert(stream, { name: table, create: false });
  }

  /** A copy goes to the worker: the caller's bytes stay where they are. */
  async insert(stream: Uint8Array, options: { name: string; create: boolean }): Promise<void> {
    const copy = await copied(stream);
    await this.#engine.call("INSERT_ARROW_FROM_IPC_STREAM", [this.#id, copy, options], [copy.buffer]);
  }

  async checkpoint(): Promise<void> {
    await this.exec(`CHECKPOINT ${CATALOG}`);
  }

  async close(): Promise<void> {
    // An engine that has stopped has no connections; what stopped it is the error to report.
    if (!this.#engine.isBroken) await this.#engine.call("DISCONNECT", this.#id);
  }
}

/** Bytes copied in one go: the page is to stay alive meanwhile. */
const STEP = 2 * 1024 * 1024;

async function copied(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const copy = new Uint8Array(bytes.byteLength);
  for (let at = 0; at < bytes.byteLength; at += STEP) {
    if (at > 0) await turn();
    copy.set(bytes.subarray(at, at + STEP), at);
  }
  return copy;
}

/** Lets the page do what is waiting: timers would take 4 ms each. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
