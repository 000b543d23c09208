import { existsSync } from "node:fs";
import {
  attachStatements,
  CATALOG,
  type DuckDBConnection,
  type DuckDBDriver,
  DuckDBError,
  type DuckDBOpenOptions,
  JSON_SEED,
} from "../../core/destinations/duckdb/driver.ts";
import { jsonSeedStream } from "../../core/destinations/duckdb/json-seed.ts";
import { RunletError } from "../../core/errors.ts";
import { isWritable, locateFile, refuseForeignFile, storageError } from "./database-file.ts";
import { closeFiles, FILE_RUNTIME, setDatabase, takeFailure } from "./file-runtime.ts";
import { loadLibrary, type WasmBindings } from "./library.ts";
import { type FileLock, lockFile } from "./lock.ts";

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

/** One engine over one database; sessions of the process that name the same file share it. */
class Engine {
  readonly bindings: WasmBindings;
  readonly #lock: FileLock | undefined;
  writing = false;
  #broken: unknown;

  constructor(bindings: WasmBindings, lock: FileLock | undefined) {
    this.bindings = bindings;
    this.#lock = lock;
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

  connect(): Connection {
    return new Connection(
      this,
      this.call((bindings) => bindings.connect()._conn),
    );
  }

  close(): void {
    try {
      const connection = this.connect();
      connection.run("USE memory");
      connection.run(`DETACH ${CATALOG}`);
      connection.disconnect();
      keepForReuse(this.bindings);
    } catch {
      // What was committed is on disk; a broken engine has nothing more to write.
    } finally {
      closeFiles(this.bindings.mod);
      this.#lock?.release();
    }
  }
}

class Connection implements DuckDBConnection {
  readonly #engine: Engine;
  readonly #id: number;

  constructor(engine: Engine, id: number) {
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
    return fileToStream(this.run(sql));
  }

  async insertArrow(stream: Uint8Array, table: string): Promise<void> {
    this.insert(stream, table, false);
  }

  async close(): Promise<void> {
    this.disconnect();
  }
}

/** Cuts the stream out of Arrow's file format: magic and padding of 8 bytes before it; footer, its length in 4 bytes
 *  and the magic `ARROW1` after it (https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format). */
function fileToStream(file: Uint8Array): Uint8Array {
  const footer = new DataView(file.buffer, file.byteOffset).getUint32(file.length - 10, true);
  return file.subarray(8, file.length - 10 - footer);
}

/** The files that are open in this process, and how many sessions hold each. */
const files = new Map<string, { engine: Promise<Engine>; holders: number }>();

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

/** Opens a DuckDB database with duckdb-wasm's blocking build, in this thread; see `OpenDuckDB` for what it throws. */
export async function openDuckDB(options: DuckDBOpenOptions): Promise<DuckDBDriver> {
  const key = options.path === undefined ? undefined : locateFile(options.path, options.existing ?? false);
  const file = (key === undefined ? undefined : files.get(key)) ?? {
    engine: openEngine({ ...options, path: key }),
    holders: 0,
  };
  // Counted before waiting: the last other holder may close meanwhile.
  file.holders++;
  if (key !== undefined) files.set(key, file);
  const leave = (): boolean => {
    if (--file.holders > 0) return false;
    if (key !== undefined) files.delete(key);
    return true;
  };
  const engine = await file.engine.catch((error: unknown) => {
    leave();
    throw error;
  });
  let held = true;
  return {
    timeZones: false,
    async connect() {
      const connection = engine.connect();
      connection.run(`USE ${CATALOG}`);
      return connection;
    },
    async close() {
      if (!held) return;
      held = false;
      if (leave()) engine.close();
    },
    claimWriter() {
      if (engine.writing) return false;
      return (engine.writing = true);
    },
    releaseWriter() {
      engine.writing = false;
    },
  };
}

async function openEngine(options: DuckDBOpenOptions): Promise<Engine> {
  const library = await loadLibrary();
  const { path } = options;
  let lock: FileLock | undefined;
  let readOnly = false;
  if (path !== undefined) {
    try {
      refuseForeignFile(path);
      readOnly = existsSync(path) && !isWritable(path);
      if (!readOnly) lock = lockFile(path);
    } catch (error) {
      throw error instanceof RunletError ? error : storageError(path, error);
    }
  }
  let engine: Engine | undefined;
  try {
    const bindings = takeIdle() ?? (await library.create(FILE_RUNTIME));
    setDatabase(bindings.mod, path);
    engine = new Engine(bindings, lock);
    engine.call(() => bindings.open(CONFIG));
    const connection = engine.connect();
    connection.insert(jsonSeedStream(), JSON_SEED, true);
    for (const statement of attachStatements({ ...options, readOnly })) connection.run(statement);
    connection.disconnect();
    return engine;
  } catch (error) {
    if (engine) closeFiles(engine.bindings.mod);
    lock?.release();
    throw error;
  }
}
