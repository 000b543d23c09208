/** What runlet needs of a DuckDB engine. The embedded WebAssembly build, a worker thread around it, the browser's
 *  asynchronous build and the native addon can all be behind it. */
export interface DuckDBDriver {
  /** Whether the engine knows time zones (extension `icu`), without which most functions of TIMESTAMPTZ are missing. */
  readonly timeZones: boolean;
  /** A new connection. Its default catalog is {@link CATALOG}. */
  connect(): Promise<DuckDBConnection>;
  /** Lets go of the database; the last holder closes it. */
  close(): Promise<void>;
  /** Whether a commit has to be written to a file; absent: when the destination has a path. */
  readonly durable?: boolean;
  /** Claims the one place for a writing transaction in this process; false when it is taken. */
  claimWriter(): boolean;
  releaseWriter(): void;
}

export interface DuckDBConnection {
  /** The database it loads into; absent: {@link CATALOG}. */
  readonly catalog?: string;
  /** A database in the engine's memory that holds {@link JSON_SEED}; absent: `memory`. */
  readonly scratch?: string;
  /** Runs one statement. */
  exec(sql: string): Promise<void>;
  /** Runs one statement and returns its result as a complete Arrow IPC stream. */
  query(sql: string): Promise<Uint8Array>;
  /** Appends a complete Arrow IPC stream to an existing table, by the columns' POSITION. The table's schema is the
   *  connection's current one, or that of temporary tables. */
  insertArrow(stream: Uint8Array, into: InsertTarget): Promise<void>;
  /** Writes what is committed to the file, durably. */
  checkpoint(): Promise<void>;
  close(): Promise<void>;
}

export interface InsertTarget {
  catalog: string;
  schema: string;
  table: string;
}

/** `native`: the addon `@duckdb/node-api`; `wasm`: `@duckdb/duckdb-wasm`. Files of one open in the other. */
export type DuckDBDriverName = "native" | "wasm";

export interface DuckDBOpenOptions {
  /** A file; absent: in memory. */
  path?: string;
  /** Version of the file format, such as `v1.3.0`; older DuckDBs cannot read it. */
  storageVersion: string;
  /** Memory DuckDB may use, such as `256MB`; absent: its own default. */
  memoryLimit?: string;
  /** Whether the file must exist already. */
  existing?: boolean;
  /** Absent: the host chooses. A file that is open in this process stays with the driver that opened it. */
  driver?: DuckDBDriverName;
  /** Only reads. In browsers: a copy in memory of what the file holds now, also while another tab has it open. */
  readOnly?: boolean;
  /** Browsers: where duckdb-wasm's files are. */
  files?: DuckDBFiles;
}

/** Where duckdb-wasm's two files are: URLs of the page's origin, or of another that allows it (CORS). */
export interface DuckDBFiles {
  /** `@duckdb/duckdb-wasm/dist/duckdb-eh.wasm`. */
  mainModule: string | URL;
  /** `@duckdb/duckdb-wasm/dist/duckdb-browser-eh.worker.js`; of the page's origin, as every worker. */
  mainWorker: string | URL;
}

/** Opens a database: exclusive, locked against other processes, {@link attachStatements} executed.
 *  Throws `RunletError` (DRIVER_MISSING, DESTINATION_LOCKED, STORAGE_FAILED, DESTINATION_FAILED) or {@link DuckDBError}. */
export type OpenDuckDB = (options: DuckDBOpenOptions) => Promise<DuckDBDriver>;

/** What an engine threw. `storage` is the file system's error when that was the cause. */
export class DuckDBError extends Error {
  override readonly name = "DuckDBError";
  /** DuckDB's kind of exception: `Binder`, `Catalog`, `Constraint`, …; empty when unknown. */
  readonly kind: string;
  readonly storage: Error | undefined;

  constructor(message: string, options: { storage?: Error | undefined; cause?: unknown } = {}) {
    const { kind, text } = parseMessage(message);
    super(text, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.storage = options.storage;
  }
}

/** DuckDB reports errors as `Kind Error: text`, the Arrow road as JSON. */
function parseMessage(message: string): { kind: string; text: string } {
  if (message.startsWith("{")) {
    try {
      const parsed = JSON.parse(message) as { exception_type?: string; exception_message?: string };
      if (parsed.exception_message)
        return { kind: parsed.exception_type ?? "", text: parsed.exception_message };
    } catch {
      return { kind: "", text: message };
    }
  }
  const match = /^([A-Za-z ]+?) Error: /.exec(message);
  return match ? { kind: match[1]!, text: message.slice(match[0].length) } : { kind: "", text: message };
}

/** Name the database is attached as; no dataset has it. */
export const CATALOG = "_runlet";
/** Empty table in the engine's own memory whose column `json` has the type JSON: without the json extension the type
 *  has no name, but a column can be copied. */
export const JSON_SEED = "_runlet_json";

/** What every driver executes on opening, before anything else. */
export function attachStatements(options: DuckDBOpenOptions): string[] {
  const settings = options.path === undefined ? [] : ["RECOVERY_MODE no_wal_writes"];
  if (options.path !== undefined && options.readOnly) settings.push("READ_ONLY");
  if (options.path !== undefined)
    settings.push(`STORAGE_VERSION '${options.storageVersion.replaceAll("'", "''")}'`);
  const path = (options.path ?? ":memory:").replaceAll("'", "''");
  return [
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    // An engine that is used again may have another database's limit.
    options.memoryLimit
      ? `SET memory_limit = '${options.memoryLimit.replaceAll("'", "''")}'`
      : "RESET memory_limit",
    `ATTACH '${path}' AS ${CATALOG}${settings.length ? ` (${settings.join(", ")})` : ""}`,
  ];
}
