import type { CsvOptions, Format } from "../binding/contract.ts";
import type { Client, HttpConfig } from "../http/config.ts";
import type { Json } from "../json.ts";
import type { DataType } from "../schema/types.ts";
import type { Incremental } from "./incremental.ts";
import type { Value } from "./value.ts";

/** dlt's eleven column types. */
export type DltType = DataType;

/** How a picked field arrives in JavaScript. Times are ISO 8601 text, decimals keep their digits as text. */
export interface JsType {
  text: string;
  double: number;
  bool: boolean;
  timestamp: string;
  bigint: bigint;
  binary: Uint8Array;
  json: Json;
  decimal: string;
  wei: string;
  date: string;
  time: string;
}

/** A hint for one field: its type, `"drop"`, or more. `json` keeps all that is below the field in one column. `as` names
 *  the column; `nullable: false` makes a record without a value NULL_IN_KEY; `precision` and `scale` are a decimal's;
 *  `mask` hides the value, with all that is below it, before it is stored: `hmac` (hex HMAC-SHA256 under `key`), `redact`
 *  or `null`. */
export type Column =
  | DltType
  | "drop"
  | {
      type?: DltType;
      as?: string;
      nullable?: boolean;
      precision?: number;
      scale?: number;
      mask?: "hmac" | "redact" | "null";
      key?: Value<string>;
    };

/** How a resource meets what is in the dataset already. */
export type Write =
  | ({ write?: "append" | "replace" | "skip"; primaryKey?: Key } & None<"strategy" | MergeOption>)
  | DeleteInsert
  | Upsert
  | Cdc
  | InsertOnly
  | Scd2;

/** Fields of the data; a dot leads inside. */
type Key = string | string[];
type None<Names extends string> = { [Name in Names]?: never };
type MergeOption =
  | "mergeKey"
  | "hardDelete"
  | "dedupSort"
  | "deduplicated"
  | "skipUnchanged"
  | "rowVersion"
  | "validity"
  | "boundary"
  | "active";

/** What merges by keys may be told beside the key. */
interface ByKey {
  /** Field that marks a record as deleted: by `true`, or by any value when it is no boolean. */
  hardDelete?: string;
  /** Of records of one primary key the first by this field stays, within a load; default: the last that comes
   *  (`insert-only`: the first). A name alone: ascending. */
  dedupSort?: string | { column: string; order: "asc" | "desc" };
  /** No primary key comes twice in a load: nobody need look for doubles. */
  deduplicated?: boolean;
}

/** Whether rows that come as they are stay as they are, with the load they came with; else they are written anew.
 *  `rowVersion`: field that is another whenever the record is; without it all values of a row are compared. */
type Skipping =
  { skipUnchanged: true; rowVersion?: string } | ({ skipUnchanged?: false } & None<"rowVersion">);

/** Rows of a key that comes go, with all that is nested in them, and those that come are added. `primaryKey`: one row per
 *  key; `mergeKey`: all rows of the key, such as a day's. With both, either counts. */
type DeleteInsert = { write: "merge"; strategy?: "delete-insert" } & ByKey &
  ({ primaryKey: Key; mergeKey?: Key } | { primaryKey?: Key; mergeKey: Key }) &
  None<"skipUnchanged" | "rowVersion" | "validity" | "boundary" | "active">;

/** `upsert`: as delete-insert, with row ids made of the key. */
type Upsert = { write: "merge"; strategy: "upsert"; primaryKey: Key } & ByKey &
  Skipping &
  None<"mergeKey" | "validity" | "boundary" | "active">;

/** `cdc`: as upsert, and the rows that have not come go: all of them, or with `mergeKey` those of the keys that have
 *  come. */
type Cdc = { write: "merge"; strategy: "cdc"; primaryKey: Key; mergeKey?: Key } & ByKey &
  Skipping &
  None<"validity" | "boundary" | "active">;

/** `insert-only`: a key that is there is left alone. */
type InsertOnly = { write: "merge"; strategy: "insert-only"; primaryKey: Key } & ByKey &
  None<"mergeKey" | "skipUnchanged" | "rowVersion" | "validity" | "boundary" | "active">;

/** Slowly changing dimension, type 2: a record that differs is added, and the rows that have not come are closed: all
 *  of them, or with `mergeKey` those of the keys that have come. */
type Scd2 = {
  write: "merge";
  strategy: "scd2";
  mergeKey?: Key;
  /** Field that tells versions apart; default: the hash of the record. */
  rowVersion?: string;
  /** Columns of validity; default `_dlt_valid_from`, `_dlt_valid_to`. */
  validity?: [from: string, to: string];
  /** Time of the change, ISO 8601; default: the load's. */
  boundary?: string | Date;
  /** Marks a row that is valid, in place of null: `9999-12-31T00:00:00Z`. */
  active?: string | Date;
} & None<"primaryKey" | "hardDelete" | "dedupSort" | "deduplicated" | "skipUnchanged">;

/** A Standard Schema (zod, valibot, arktype). Its output types the row of `map`, and is what is loaded where records are
 *  validated. One that describes itself as JSON Schema, too (zod from 4.2, arktype), hints column types. */
export interface StandardJson<T> {
  readonly "~standard": {
    readonly types?: { readonly output: T } | undefined;
    readonly validate?: ((value: unknown) => Validated | Promise<Validated>) | undefined;
    readonly jsonSchema?:
      | {
          output(options: { target: string; libraryOptions?: Record<string, unknown> | undefined }): object;
        }
      | undefined;
  };
}

type Validated =
  | { readonly value: unknown; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string;
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
      }[];
    };

/** A value that every record of a resource gets: what JSON holds, a time, or a `setting()`. */
export type Constant = Json | Date | Value<string> | Value<number> | Value<bigint> | Value<boolean>;

export type Mode = "evolve" | "freeze" | "discard_row" | "discard_value";
/** What may change in the schema: new tables, new columns of tables that are there, and types of columns (variants,
 *  widening). `freeze` stops the load, `discard_row` leaves out the record or the row of a list, `discard_value` the value
 *  (of a new table: its rows). A mode alone is for all three; what is not said may evolve. */
export type Contract = Mode | { tables?: Mode; columns?: Mode; data_type?: Mode };

type NotMerged = None<"strategy" | MergeOption>;

/** What is said of a nested table, named by the lists that fill it (`labels`, `pull_request.labels`). With a key it stands on
 *  its own, as in dlt: it has no parent, is written in its own way (default: append), and keeps what its parent's row loses.
 *  Where the table around it merges, `_dlt_root_id` says which row an element was last in. Without a key it stays with its
 *  parent. */
export type Nested = { columns?: Record<string, Column> } & (
  | ({ write?: never; primaryKey?: never } & NotMerged)
  | ({ write?: "append" | "replace"; primaryKey: Key } & NotMerged)
  | DeleteInsert
  | Upsert
  | (Scd2 & { mergeKey: Key })
);

/** Records go to the table that their field `by` names; to the resource's where it names none. */
export interface Routed {
  by: string;
  columns?: Record<string, Record<string, Column>>;
}

/** Options of a resource. `columns` and `primaryKey` name fields of the data; a dot leads inside (`address.zip`), also into
 *  the objects of a list (`labels.color`); elements that are no objects are the list's `value` (`tags.value`). A key that has
 *  dots itself stands in brackets: `['first.name']`. A hint for a field that never comes changes nothing, but a column of the
 *  record itself with a type is there from the first record on. */
export type Options<Cur, Cfg, Row> = Write & {
  cursor?: Incremental<Cur>;
  config?: { [K in keyof Cfg]: Value<Cfg[K]> };
  http?: HttpConfig;
  schema?: StandardJson<Row>;
  /** Whether each record is held against `schema`; what the schema makes of it (defaults, coercions, the keys it lets
   *  through) is loaded. One that breaks it is SCHEMA_CONTRACT, or set aside with `onBadRecord: "quarantine"`. Records then
   *  become objects. Default: true beside `map`, whose row the schema types, else false: bytes stay bytes. */
  validate?: boolean;
  columns?: Record<string, Column>;
  /** Columns that every record gets, in the place of what it has itself under the name. */
  constants?: Record<string, Constant>;
  /** Where the records are: `data.items`, `payload[*].rows`. */
  records?: string;
  /** How bytes are read. Default: as the file's name or the content type tells, else as JSON: one document or lines. */
  format?: Format;
  /** How comma-separated text is read; what is not said is found out. */
  csv?: CsvOptions;
  /** Table name, or the field that names each record's table; default: the resource's name. What else the resource says
   *  of its table holds for each of those tables; `columns` adds hints for some of them, by table name. */
  table?: string | Routed;
  /** Nested tables, by the path of their lists: columns, and those that have a key of their own. */
  nested?: Record<string, Nested>;
  contract?: Contract;
  /** Levels of nested tables below the resource's; deeper values stay JSON. Default: the run's. */
  maxNesting?: number;
  /** `text`: a key that only was null gets a nullable text column, with the type of the first value that comes for it in
   *  whatever load, as long as the column holds nothing else; `none`: it gets none. Default: the run's. */
  nullColumns?: "text" | "none";
  /** The function keeps its place itself, in `state`, set before it yields what leads there: a run whose `maxDuration`
   *  or `maxBytes` is over may end after any piece it yields, and the next run calls it again. Without it only
   *  `http.pages()` and `files()`, returned as they are, are left before their end. */
  resumable?: boolean;
  /** Changes, drops (null) or multiplies rows. The one road through objects: integers beyond 2^53 are bigint. */
  map?: (row: NoInfer<Row>) => object | object[] | null;
};

/** What a resource's function receives. */
export interface Context<Cur, Cfg> {
  readonly cursor: { readonly start: Cur; readonly end?: Cur };
  readonly config: Cfg;
  readonly http: Client;
  /** Kept with the dataset between runs; changes are stored with the load. */
  readonly state: Record<string, Json>;
  /** As {@link state}, shared by the resources of one source. */
  readonly sourceState: Record<string, Json>;
  readonly signal: AbortSignal;
}

/** Options of any resource, types erased. */
export interface AnyOptions {
  readonly write?: "append" | "replace" | "skip" | "merge";
  readonly primaryKey?: string | string[];
  readonly strategy?: string;
  readonly mergeKey?: string | string[];
  readonly hardDelete?: string;
  readonly dedupSort?: string | { readonly column: string; readonly order: "asc" | "desc" };
  readonly deduplicated?: boolean;
  readonly skipUnchanged?: boolean;
  readonly rowVersion?: string;
  readonly validity?: readonly [from: string, to: string];
  readonly boundary?: string | Date;
  readonly active?: string | Date;
  readonly cursor?: Incremental<unknown>;
  readonly config?: Record<string, Value<unknown>>;
  readonly http?: HttpConfig;
  readonly schema?: StandardJson<unknown>;
  readonly validate?: boolean;
  readonly columns?: Record<string, Column>;
  readonly constants?: Record<string, Constant>;
  readonly records?: string;
  readonly format?: Format;
  readonly csv?: CsvOptions;
  readonly table?: string | Routed;
  readonly nested?: Record<string, Nested>;
  readonly contract?: Contract;
  readonly maxNesting?: number;
  readonly nullColumns?: "text" | "none";
  readonly resumable?: boolean;
  readonly map?: (row: never) => object | object[] | null;
}

/** How the engine normalises in one run. */
export interface Normalising {
  /** Levels of nested tables below a root; default 1000. */
  maxNesting?: number;
  /** A number that does not fit its column: `widen` (default) the column where no value changes, or give it a
   *  `variant` column, as dlt does. */
  onTypeConflict?: "widen" | "variant";
  /** What a key gets that only was null: no column, as in dlt (`none`, default), or one of `text` until a value comes. */
  nullColumns?: "text" | "none";
  /** A malformed record: stop with an error (default), or set it aside in `_runlet_rejects`. */
  onBadRecord?: "error" | "quarantine";
  /** Largest depth, record size in bytes, columns per table, tables, and engine memory in bytes. */
  limits?: { depth?: number; recordBytes?: number; columns?: number; tables?: number; memoryBytes?: number };
}
