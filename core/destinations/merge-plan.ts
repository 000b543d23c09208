/** How rows that come meet rows that are there, as dlt names it.
 *  `delete-insert`: those of the same key go, with all that is nested in them, and the new ones come.
 *  `upsert`: the same, with row ids made of the primary key. `cdc`: as upsert, and the rows that have not come go, of the
 *  merge keys that have come, or without a merge key all of them. `insert-only`: a key that is there is left alone.
 *  `scd2`: rows that differ are added, and those they follow are closed (slowly changing dimension, type 2). */
export const MERGE_STRATEGIES = ["delete-insert", "upsert", "cdc", "insert-only", "scd2"] as const;
export type MergeStrategy = (typeof MERGE_STRATEGIES)[number];

/** Column of staged rows that is in no table: the number of the record a row belongs to, within the load. It ties nested
 *  rows to the very record where row ids, made of keys, cannot tell two records of one key apart. */
export const RECORD_COLUMN = "_runlet_record";

/** A table of a merge, by its columns at the destination. */
export interface MergeTable {
  readonly name: string;
  /** All of them, without {@link RECORD_COLUMN}. */
  readonly columns: readonly string[];
  /** Identifies a row: `_dlt_id`. */
  readonly rowKey: string;
  /** Name of the parent table; absent at the root. */
  readonly parent?: string;
  /** Row key of the parent; absent at the root. */
  readonly parentKey?: string;
  /** Row key of the root; absent at the root. */
  readonly rootKey?: string;
  /** A row that is there stays as it is where these columns equal those of the row that comes; absent or none: it is
   *  written anew. */
  readonly compared?: readonly string[];
}

/** One root table and what is nested in it. All staged rows of these tables are merged in one go. */
export interface MergePlan {
  readonly strategy: MergeStrategy;
  /** The root first, parents before children. */
  readonly tables: readonly [MergeTable, ...MergeTable[]];
  /** Columns of the root table. Without any key rows are appended. */
  readonly primaryKey: readonly string[];
  /** Rows of the same merge key go, too; with scd2 only rows of merge keys that have come are closed. */
  readonly mergeKey: readonly string[];
  /** Of rows of one primary key the first by this order stays; default: the last that came (insert-only: the first). */
  readonly dedupSort?: { readonly column: string; readonly order: "asc" | "desc" };
  /** Column that marks a row as deleted: by `true`, or by any value when it is not boolean. */
  readonly hardDelete?: { readonly column: string; readonly bool: boolean };
  /** No primary key comes twice; rows are not compared with each other. */
  readonly deduplicated?: boolean;
  /** All rows that are there go first. */
  readonly anew?: boolean;
  /** For scd2: columns of validity and row version, ISO 8601 time of the change, and what marks a row that is valid
   *  (absent: null). */
  readonly scd2?: {
    readonly from: string;
    readonly to: string;
    readonly version: string;
    readonly boundary: string;
    readonly active?: string;
  };
}
