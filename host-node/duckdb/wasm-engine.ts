import {
  attachStatements,
  CATALOG,
  type DuckDBConnection,
  DuckDBError,
  type InsertTarget,
  JSON_SEED,
} from "../../core/destinations/duckdb/driver.ts";
import { jsonSeedStream } from "../../core/destinations/duckdb/json-seed.ts";
import { resultStream } from "../../core/destinations/duckdb/result-stream.ts";
import type { DatabaseEngine } from "../../core/destinations/duckdb/open-databases.ts";
import type { EngineOptions } from "./engine.ts";
import { closeFiles, FILE_RUNTIME, setDatabase, takeFailure } from "./file-runtime.ts";
import { loadLibrary, type WasmBindings } from "./wasm-library.ts";

/** DuckDB's access modes and Arrow settings: values as they are, not rounded to doubles. */
const CONFIG = {
  useDirectIO: true,
  query: {
    castBigIntToDouble: false,
    castDecimalToDouble: false,
    castTimestampToDate: false,
    castDurationToTime64: false,
  },
};

class WasmEngine implements DatabaseEngine {
  readonly timeZones = false;
  readonly bindings: WasmBindings;
  #broken: unknown;

  constructor(bindings: WasmBindings) {
    this.bindings = bindings;
  }

  /** Calls the engine; after a WebAssembly trap it refuses every further call. */
  call<T>(run: (bindings: WasmBindings) => T): T {
    if (this.#broken)
      throw new DuckDBError("the DuckDB engine has stopped after a fault", { cause: this.#broken });
    takeFailure(this.bindings.mod);
    try {
      return run(this.bindings);
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) this.#broken = error;
      throw new DuckDBError(error instanceof Error ? error.message : String(error), {
        storage: takeFailure(this.bindings.mod),
        cause: error,
      });
    }
  }

  get isBroken(): boolean {
    return this.#broken !== undefined;
  }

  async connect(): Promise<WasmConnection> {
    return new WasmConnection(
      this,
      this.call((bindings) => bindings.connect()._conn),
    );
  }

  async close(): Promise<void> {
    try {
      const connection = await this.connect();
      connection.run("USE memory");
      connection.run(`DETACH ${CATALOG}`);
      connection.disconnect();
      // It would go on believing that a file it once opened is there.
      this.bindings.dropFiles();
      keepForReuse(this.bindings);
    } catch {
      // What was committed is on disk; a broken engine has nothing more to write.
    } finally {
      closeFiles(this.bindings.mod);
    }
  }
}

class WasmConnection implements DuckDBConnection {
  readonly #engine: WasmEngine;
  readonly #id: number;

  constructor(engine: WasmEngine, id: number) {
    this.#engine = engine;
    this.#id = id;
  }

  /** The result in Arrow's file format. */
  run(sql: string): Uint8Array {
    return this.#engine.call((bindings) => bindings.runQuery(this.#id, sql));
  }

  insert(stream: Uint8Array, table: string, create: boolean): void {
    this.#engine.call((bindings) =>
      bindings.insertArrowFromIPCStream(this.#id, stream, { name: table, create }),
    );
  }

  disconnect(): void {
    this.#engine.call((bindings) => bindings.disconnect(this.#id));
  }

  // The blocking build works within these calls; errors are to arrive as rejections all the same.
  async exec(sql: string): Promise<void> {
    this.run(sql);
  }

  async query(sql: string): Promise<Uint8Array> {
    return resultStream(this.run(sql));
  }

  /** The engine looks the name up itself: a name in parts may also mean an attached database. */
  async insertArrow(stream: Uint8Array, { table }: InsertTarget): Promise<void> {
    this.insert(stream, table, false);
  }

  async checkpoint(): Promise<void> {
    this.run(`CHECKPOINT ${CATALOG}`);
  }

  async close(): Promise<void> {
    // An engine that has stopped has no connections; what stopped it is the error to report.
    if (!this.#engine.isBroken) this.disconnect();
  }
}

/** Starting an engine takes most of a second, opening another database in one that has run a few milliseconds. Its
 *  memory never shrinks, so one that has grown is let go. */
let idle: WasmBindings | undefined;
const IDLE_BYTES = 128 * 1024 * 1024;

function keepForReuse(bindings: WasmBindings): void {
  if (bindings.mod.HEAPU8.length <= IDLE_BYTES) idle = bindings;
}

function takeIdle(): WasmBindings | undefined {
  const taken = idle;
  idle = undefined;
  return taken;
}

/** Starts duckdb-wasm's blocking build, in this thread, on one database. */
export async function openWasm(options: EngineOptions): Promise<DatabaseEngine> {
  const bindings = takeIdle() ?? (await (await loadLibrary()).create(FILE_RUNTIME));
  setDatabase(bindings.mod, options.path);
  const engine = new WasmEngine(bindings);
  try {
    engine.call(() => bindings.open(CONFIG));
    const connection = await engine.connect();
    connection.insert(jsonSeedStream(), JSON_SEED, true);
    for (const statement of attachStatements(options)) connection.run(statement);
    connection.disconnect();
    return engine;
  } catch (error) {
    closeFiles(bindings.mod);
    throw error;
  }
}
