import type { Tables, TableSchema, WriteDisposition } from "../schema/types.ts";
import type { Json } from "../json.ts";
import type { SchemaStep, StepKind } from "../schema/steps.ts";
import type { MergePlan, MergeStrategy } from "./merge-plan.ts";

/** What a destination can do; declared once, drives every stage. */
export interface Capabilities {
  /** Longest identifier in characters. */
  readonly maxIdentifierLength: number;
  /** What becomes visible at once. */
  readonly atomicity: "package" | "table";
  readonly dispositions: readonly WriteDisposition[];
  /** Ways to merge, where `merge` is offered. */
  readonly mergeStrategies?: readonly MergeStrategy[];
  /** Changes of tables that are there, beside what loads do by themselves; absent: none. */
  readonly alters?: readonly StepKind[];
  /** Arrow IPC bytes per table the destination likes to receive at once. */
  readonly preferredStreamBytes: number;
}

/** A place to load to (and, for stores, to read from). Creating one opens nothing. */
export interface Destination {
  readonly kind: string;
  /** Printed form without secrets: `duckdb:gh.duckdb`. */
  readonly address: string;
  readonly capabilities: Capabilities;
  /** dlt's name of this type of destination, which a pipeline's state names: `dlt.destinations.duckdb`. */
  readonly dltType?: string;
  /** Gone with its session or process, as a database in memory: there is nothing to come back to after a crash. */
  readonly ephemeral?: boolean;
  /** The address means a place relative to the working folder. */
  readonly relative?: boolean;
  /** Opens the destination for one dataset. */
  open(options: OpenOptions): Promise<DestinationSession>;
}

export interface OpenOptions {
  /** Dataset (database schema) name, already normalised. */
  dataset: string;
  /** Values that `Value`s of the destination resolve from. */
  resolve?(value: unknown): Promise<string>;
  /** What `run({ env })` holds under a name, as it is: a binding, such as a bucket. */
  binding?(name: string): unknown;
  /** Declares a credential of the destination that no message of the run may show. */
  conceal?(value: string, name: string): void;
  signal?: AbortSignal;
  /** Refuse to create the database: it must be there already, as for a query. */
  existing?: boolean;
}

/** What a dataset remembers of a pipeline. */
export interface StoredDataset {
  /** The newest schema document of the schema name, as stored in `_dlt_version`. */
  schema?: Json;
  /** The newest state document of the pipeline whose load has status 0, decoded. */
  state?: Json;
  /** The latest load id or `inserted_at` in `_dlt_loads`, of whatever pipeline: microseconds since the Unix epoch. */
  latestMicros?: number;
}

export interface DestinationSession {
  /** Reads the newest schema and state; empty on a new dataset. */
  restore(pipelineName: string, schemaName: string): Promise<StoredDataset>;
  /** Whether `_dlt_loads` has this load with status 0: its package is in, whole. */
  hasLoad(loadId: string): Promise<boolean>;
  /** Takes away what a run that is known to be dead left of this load; nothing where it is committed. Absent where a
   *  destination forgets unfinished loads by itself. */
  discard?(loadId: string): Promise<void>;
  /** Names of the datasets at this destination that runlet or dlt has loaded into, the latest made first. */
  datasets(): Promise<string[]>;
  /** Names of the schemas in the dataset; absent where a query tells. */
  schemas?(): Promise<string[]>;
  /** Of the columns of a table those that hold a value; absent where a query tells. */
  filled?(table: string, columns: readonly string[]): Promise<string[]>;
  /** Starts the one transaction of a load. Nothing of it is visible before {@link DestinationLoad.commit}. */
  begin(loadId: string): Promise<DestinationLoad>;
  /** Runs SQL with the dataset as the default schema. Integers beyond 2^53 come back as bigint. */
  query<T = Record<string, Json>>(sql: string, params?: readonly Json[]): Promise<T[]>;
  /** Runs SQL and returns one complete Arrow IPC stream. */
  arrow(sql: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface DestinationLoad {
  /** Makes the table exist with exactly these columns (complete ones, in order): creates it or adds columns.
   *  With `replace` its old rows, and those of every table given as `replace`, are gone in this transaction. With `merge`
   *  what is written to it waits, until {@link merge}. */
  prepare(table: TableSchema, disposition: WriteDisposition): Promise<void>;
  /** Appends one complete Arrow IPC stream (schema, record batches, end-of-stream). The stream's columns are a
   *  subset, in any order, of the table's; names and types are checked before anything is inserted. The callee
   *  may keep the bytes, but neither change nor detach them: the load package is written from them meanwhile. */
  write(table: string, stream: Uint8Array): Promise<void>;
  /** Whether nobody keeps a stream once {@link write} has resolved: its memory is then used for the next. */
  readonly borrows?: boolean;
  /** Folds a number variant (`from`) into its base column, widening it, where every value is exact.
   *  Returns false, changing nothing, when it is not. */
  widen(table: string, base: string, variant: string): Promise<boolean>;
  /** Changes tables that are there, each step of a kind that the capabilities have in `alters`; before any of those tables
   *  is prepared. What is not there already needs no dropping.
   *  @throws RunletError DESTINATION_SCHEMA where a value would not keep its value */
  alter?(steps: readonly SchemaStep[]): Promise<void>;
  /** Merges the rows that wait for these tables, after all is written and widened. Tables without any are left alone, but
   *  for the rows nested in what goes. Only where the capabilities offer `merge`. */
  merge?(plan: MergePlan): Promise<void>;
  /** Writes schema version, state and the `_dlt_loads` row, and commits all. After this returns the load is durable. */
  commit(facts: CommitFacts): Promise<void>;
  /** Undoes everything since `begin`. */
  rollback(): Promise<void>;
}

export interface CommitFacts {
  loadId: string;
  schemaName: string;
  /** dlt's schema document; stored in `_dlt_version` when `schemaVersionHash` is not there yet. */
  schema: Json;
  schemaVersion: number;
  schemaVersionHash: string;
  engineVersion: number;
  /** Version hashes of the newest schema and state when the run started; absent where there was none. A destination
   *  that other processes can write to meanwhile compares them within the transaction, and refuses with CONCURRENT_RUN,
   *  nothing changed, when they are not the newest any more. */
  basedOn?: { schemaVersionHash?: string; stateVersionHash?: string };
  /** dlt's pipeline-state row; absent when the state did not change. */
  state?: {
    pipelineName: string;
    version: number;
    engineVersion: number;
    /** dlt's encoding: base64 of zlib of typed JSON. */
    encoded: string;
    versionHash: string;
    /** Root `_dlt_id` of the row. */
    dltId: string;
  };
  /** ISO 8601 time with microseconds and offset. */
  insertedAt: string;
}

export type { MergePlan, MergeStrategy, Tables, TableSchema, WriteDisposition };
