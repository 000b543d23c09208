import type { DataType, SchemaChange, Tables } from "../schema/types.ts";

/** Steps from a value to one inside it: object keys; `null` stands for every element of an array.
 *  `data.items` is `["data", "items"]`, `payload[*].rows` is `["payload", null, "rows"]`. */
export type Path = readonly (string | null)[];

/** Configuration of one engine: one load, one thread. Serialised as JSON to the engine. */
export interface EngineConfig {
  loadId: string;
  /** Unsigned 64-bit number in decimal; with it the row ids are reproducible. */
  seed: string;
  /** Tables to continue from. */
  tables?: Tables;
  /** Hints per root table. */
  hints?: Record<string, TableHints>;
  /** By names of their own, which inputs refer to. */
  cursors?: Record<string, CursorConfig>;
  /** In code points; default 65536. */
  maxIdentifierLength?: number;
  /** Levels of nested tables below a root; default 1000. */
  maxTableNesting?: number;
  onTypeConflict?: "widen" | "variant";
  onBadRecord?: "error" | "quarantine";
  /** Adds `_dlt_root_id` to all nested tables; tables that have it already keep it. */
  rootKey?: boolean;
  /** Defaults: depth 512 (at most 1024), recordBytes 64 MiB (at most 256 MiB), columns per table 10,000, tables 4,096,
   *  memoryBytes 4 GiB. */
  limits?: { depth?: number; recordBytes?: number; columns?: number; tables?: number; memoryBytes?: number };
  /** Bytes of input after which batches are cut; default 524288. */
  batchBytes?: number;
}

/** What may change in a table and those nested in it; what is not said may evolve. Tables made in this load get their
 *  columns whatever the contract says. */
export interface TableContract {
  /** New nested tables, and the table itself. */
  tables?: ContractMode;
  /** New columns. */
  columns?: ContractMode;
  /** Values that would need a variant column, or a wider type; other types, precision or nullability by hints. */
  data_type?: ContractMode;
}

/** `freeze` stops with SCHEMA_CONTRACT; the others leave out the row with all that is nested in it, or the value. */
export type ContractMode = "freeze" | "discard_row" | "discard_value";

/** Which records are taken by the value at `path`: those from `start` on (at `start` those whose hashes are not in
 *  `startHashes`), up to `end`. Values are JSON text: of a number of any size, true, false or a string. Numbers are compared with
 *  numbers, texts with texts, by code points, but a time that ends in Z comes before those with more of its fraction; a record
 *  whose value cannot be compared, or is beyond all doubles, fails (CURSOR_INVALID). */
export interface CursorConfig {
  path: Path;
  /** Which of two values is the later one; default `max`. `min`: the smaller one, and `end` is below `start`. */
  order?: "max" | "min";
  start?: string;
  /** Records at `start` are left out. */
  openStart?: boolean;
  end?: string;
  /** Records at `end` are taken. */
  closedEnd?: boolean;
  /** A record without the value, or with null there; default: it fails (CURSOR_INVALID). */
  onMissing?: "raise" | "include" | "exclude";
  /** false: records at a boundary are not told apart. */
  deduplicate?: boolean;
  /** What tells them apart: the values at these paths; default: the whole record. */
  key?: readonly Path[];
  /** The key is a value by itself, not a list of one. */
  singleKey?: boolean;
  startHashes?: readonly string[];
  /** What an earlier load has come to; default: `start`, and nothing at it. */
  last?: string | null;
  hashes?: readonly string[];
  taken?: boolean;
  overflow?: boolean;
}

/** What a cursor has come to. */
export interface CursorState {
  /** JSON text of the last value, null when there was none. */
  last: string | null;
  /** Of the records at `last`, as dlt makes them; at most 10,000. */
  hashes: string[];
  /** Whether any record was taken. */
  taken?: boolean;
  /** There were more hashes: those that are here are not all. */
  overflow?: boolean;
}

export interface TableHints {
  columns?: ColumnHint[];
  contract?: TableContract;
  maxTableNesting?: number;
  /** What the ids of root rows are made of: `random` (default, from the seed and the record's place), `key` (dlt's hash of
   *  the primary key: NULL_IN_KEY where a part is missing) or `row` (dlt's hash of the record). Ids of nested rows are then
   *  dlt's, too. */
  rowId?: "random" | "key" | "row";
  /** Adds `_dlt_root_id` to its nested tables. */
  rootKey?: boolean;
  /** Adds `_runlet_record` to the batches of the table and of those nested in it: a number that all rows of a record share,
   *  and that grows from record to record. It is in no schema. */
  recordNumber?: boolean;
  /** Nested tables that stand on their own. Hints for their columns are among `columns`, by the whole path. */
  nested?: readonly NestedHints[];
}

/** Lists at `path` (as in {@link ColumnHint}) fill a table of its own, without `_dlt_parent_id` and `_dlt_list_idx`, as dlt's
 *  nested tables with a key. Where the table around it has a root key, its rows carry `_dlt_root_id`, too. The schema marks
 *  it: `"x-runlet-nested": {"in": "<root table>", "at": <place in nested>}`. */
export interface NestedHints extends Pick<TableHints, "rowId" | "rootKey" | "recordNumber"> {
  path: readonly string[];
}

/** A hint for the value at `path` (keys of the source, lists are passed through: `["labels", "color"]`). Elements that are no
 *  objects are hinted as their list is, or by the name of their column: `["tags", "value"]`. */
export interface ColumnHint {
  path: readonly string[];
  type?: DataType;
  precision?: number;
  scale?: number;
  nullable?: boolean;
  primaryKey?: boolean;
  mergeKey?: boolean;
  /** What a merge takes the column for; the schema document says which column that is. */
  hardDelete?: boolean;
  dedupSort?: "asc" | "desc";
  validFrom?: boolean;
  validTo?: boolean;
  rowVersion?: boolean;
  /** Name of the column, before normalising. */
  as?: string;
  drop?: boolean;
  mask?: "hmac" | "redact" | "null";
  /** Key of `mask: "hmac"`: hex(HMAC-SHA256(key, value as text)). */
  maskKey?: string;
}

/** How bytes are read. `auto`: one JSON document, or newline-delimited JSON when more follows the first line; `csv`:
 *  RFC 4180; `tsv`: the same with tabs. */
export type Format = "auto" | "ndjson" | "json" | "csv" | "tsv";

/** Options of comma-separated text. What is not given is found out from the first 64 KB. */
export interface CsvOptions {
  /** Whether the first record names the columns; default: true, unless `columns` does. */
  header?: boolean;
  /** Names of the columns; without header and names they are `column_1`, `column_2`, … */
  columns?: readonly string[];
  /** One ASCII character that is no letter, digit or sign; default: `,`, `;`, tab or `|`, whichever fits. */
  delimiter?: string;
  /** One ASCII character, or "" for none; default: `"`, or `'` where the text clearly quotes with it. */
  quote?: string;
  /** Lines to pass over before the header. */
  skipRows?: number;
  /** false: every column is text (unless a hint gives it a type). Default true: the first MB decides. */
  types?: boolean;
}

export interface InputOptions {
  format?: Format;
  /** How comma-separated text is read. */
  csv?: CsvOptions;
  /** Where the records are in a JSON document; a list there gives one record per element. */
  records?: Path;
  /** Columns of every record: names (as in the data) and JSON text of their values, which take the place of what a record
   *  has itself under that name. */
  constants?: Record<string, string>;
  /** The record's root table is named by the value at this path. */
  route?: Path;
  /** Name of the cursor that says which records are taken. The others leave no trace: neither rows nor columns. */
  cursor?: string;
  /** Values wanted back, as JSON text: per document (outside the records, at most 31) and per record. */
  capture?: { document?: Path[]; record?: Path[] };
  /** Records to take. What follows them is not looked at: `end` may come anywhere after, also inside a document. */
  limit?: number;
}

/** What {@link Engine.end} returns. Captured values are JSON text, null where missing. */
export interface InputSummary {
  records: number;
  bytes: number;
  rejected: number;
  /** Whether `limit` records were taken. */
  limitReached?: boolean;
  /** Whether `records` led to a value. */
  matched: boolean;
  document: (string | null)[];
  /** Of an input with a cursor: the records left out, whether some came before its start, some behind its end, and whether
   *  some was later than all before. */
  cursor?: { left: number; pastStart?: boolean; pastEnd?: boolean; advanced?: boolean };
  /** One entry per record, in order, when `capture.record` was given. */
  record: (string | null)[][];
}

export interface EngineSchema {
  tables: Tables;
  changes: SchemaChange[];
  /** Rows per table so far. */
  rows: Record<string, number>;
  /** By name, where there are cursors. */
  cursors?: Record<string, CursorState>;
  /** What contracts have left out; absent when nothing. */
  discarded?: Discarded;
}

/** What contracts have left out. */
export interface Discarded {
  /** Records and rows of lists, without what was nested in them. */
  readonly rows: number;
  readonly values: number;
  /** Columns and tables that were violated; the list has the first 1,000 of them, in order of appearance. */
  readonly entries: number;
  readonly list: readonly Discard[];
}

/** What a contract has left out because of one column, or because a table may not be made. */
export interface Discard {
  readonly table: string;
  /** Absent: the table itself. */
  readonly column?: string;
  readonly entity: "tables" | "columns" | "data_type";
  readonly mode: "discard_row" | "discard_value";
  /** Of the value; of a new column, of the first. */
  readonly type?: DataType;
  readonly rows?: number;
  readonly values?: number;
}

/** A record batch: an Arrow IPC encapsulated message (copied out of the engine, the caller's to keep). */
export interface EngineBatch {
  table: string;
  /** Version of the table's Arrow schema the message belongs to. */
  schemaVersion: number;
  rows: number;
  message: Uint8Array;
}

/** The engine, bound to one WebAssembly instance. Every method throws `RunletError`; after a trap the engine is
 *  unusable and says so. */
export interface Engine {
  input(table: string, ordinal: number, options?: InputOptions): number;
  /** Feeds any split of the input's bytes; returns the records completed by this call. */
  push(input: number, chunk: Uint8Array): number;
  /** As {@link push}, for text: encoded straight into the engine's memory. */
  pushText(input: number, text: string): number;
  end(input: number): InputSummary;
  /** Forgets the input: the record it was in, not the records completed before. */
  abort(input: number): void;
  /** The next full batch, or undefined; after the last `end`, `take(true)` drains what is left. */
  take(drain?: boolean): EngineBatch | undefined;
  /** As {@link take}, without a copy: `sink` sees the batch, whose message is a view of the engine's memory that dies
   *  when `sink` returns. False when there is none. */
  takeInto(sink: (batch: EngineBatch) => void, drain?: boolean): boolean;
  /** The Arrow IPC schema message of one version of a table. */
  tableSchema(table: string, version: number): Uint8Array;
  schema(): EngineSchema;
  /** Frees the engine. */
  close(): void;
}

/** An engine that may answer later, since it is on another thread. An {@link Engine} is one that answers at once. */
export interface RunEngine {
  input(table: string, ordinal: number, options?: InputOptions): number | Promise<number>;
  /** As {@link Engine.push}; the count may leave out the records of this chunk, and a fault in it may come with a later
   *  call for the input. With a `limit` both are said at once. */
  push(input: number, chunk: Uint8Array): number | Promise<number>;
  pushText(input: number, text: string): number | Promise<number>;
  end(input: number): InputSummary | Promise<InputSummary>;
  abort(input: number): void;
  /** Only with `drain` may it answer later. */
  takeInto(sink: (batch: EngineBatch) => void, drain?: boolean): boolean | Promise<boolean>;
  /** Of a batch that was taken. */
  tableSchema(table: string, version: number): Uint8Array;
  schema(): EngineSchema | Promise<EngineSchema>;
  close(): void;
}
