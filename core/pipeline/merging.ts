import { type MergeStrategy, MERGE_STRATEGIES } from "../destinations/merge-plan.ts";
import type { ColumnHint, TableHints } from "../binding/contract.ts";
import type { AnyOptions } from "./options.ts";

/** Default names of the columns of validity, as dlt's. */
const VALIDITY = ["_dlt_valid_from", "_dlt_valid_to"] as const;

/** How a resource merges, complete. Fields are those of the data. */
export interface Merging {
  readonly strategy: MergeStrategy;
  readonly primaryKey: readonly string[];
  readonly mergeKey: readonly string[];
  readonly hardDelete?: string;
  readonly dedupSort?: { readonly column: string; readonly order: "asc" | "desc" };
  readonly deduplicated?: boolean;
  readonly skipUnchanged?: boolean;
  readonly rowVersion?: string;
  readonly validity: readonly [from: string, to: string];
  /** ISO 8601. */
  readonly boundary?: string;
  /** ISO 8601. */
  readonly active?: string;
}

/** How the resource merges; undefined when it does not. */
export function mergingOf(options: AnyOptions): Merging | undefined {
  if (options.write !== "merge") return undefined;
  const { hardDelete, dedupSort, deduplicated, skipUnchanged, rowVersion, boundary, active } = options;
  return {
    strategy: (options.strategy ?? "delete-insert") as MergeStrategy,
    primaryKey: [options.primaryKey ?? []].flat(),
    mergeKey: [options.mergeKey ?? []].flat(),
    validity: options.validity ?? VALIDITY,
    ...(hardDelete === undefined ? {} : { hardDelete }),
    ...(dedupSort === undefined
      ? {}
      : { dedupSort: typeof dedupSort === "string" ? { column: dedupSort, order: "asc" } : dedupSort }),
    ...(deduplicated ? { deduplicated } : {}),
    ...(skipUnchanged ? { skipUnchanged } : {}),
    ...(rowVersion === undefined ? {} : { rowVersion }),
    ...(boundary === undefined ? {} : { boundary: isoTime(boundary) }),
    ...(active === undefined ? {} : { active: isoTime(active) }),
  };
}

/** Options of a merge, and the strategies that heed them; absent: all of them. */
const HEEDED: Partial<Record<keyof AnyOptions, readonly MergeStrategy[]>> = {
  strategy: MERGE_STRATEGIES,
  mergeKey: ["delete-insert", "cdc", "scd2"],
  hardDelete: ["delete-insert", "upsert", "cdc", "insert-only"],
  dedupSort: ["delete-insert", "upsert", "cdc", "insert-only"],
  deduplicated: ["delete-insert", "upsert", "cdc", "insert-only"],
  skipUnchanged: ["upsert", "cdc"],
  rowVersion: ["upsert", "cdc", "scd2"],
  validity: ["scd2"],
  boundary: ["scd2"],
  active: ["scd2"],
};

/** What is wrong with how a resource is to be merged; undefined when nothing is. The compiler says most of it, too. */
export function mergeFault(options: AnyOptions): string | undefined {
  const given = (Object.keys(HEEDED) as (keyof AnyOptions)[]).filter((name) => options[name] !== undefined);
  if (options.write !== "merge") return given[0] && `${given[0]} means something with write: "merge" only`;
  const strategy = (options.strategy ?? "delete-insert") as MergeStrategy;
  if (!MERGE_STRATEGIES.includes(strategy))
    return `"${strategy}" is no merge strategy; there are ${MERGE_STRATEGIES.join(", ")}`;
  const other = given.find((name) => !HEEDED[name]!.includes(strategy));
  if (other) return `${other} means nothing with strategy "${strategy}"`;
  const { primaryKey, mergeKey } = mergingOf({
    ...options,
    boundary: undefined,
    active: undefined,
  } as AnyOptions)!;
  if (strategy === "delete-insert" && primaryKey.length + mergeKey.length === 0)
    return "merge needs a primaryKey or a mergeKey";
  if (strategy === "scd2" && primaryKey.length)
    return 'primaryKey means nothing with strategy "scd2"; mergeKey names the rows that come in parts';
  if (strategy !== "delete-insert" && strategy !== "scd2" && primaryKey.length === 0)
    return `strategy "${strategy}" needs a primaryKey`;
  if (options.dedupSort !== undefined && primaryKey.length === 0) return "dedupSort needs a primaryKey";
  if (options.rowVersion !== undefined && strategy !== "scd2" && !options.skipUnchanged)
    return `rowVersion means nothing with strategy "${strategy}" but beside skipUnchanged`;
  const order = typeof options.dedupSort === "object" ? options.dedupSort.order : "asc";
  if (order !== "asc" && order !== "desc") return `dedupSort: the order is "asc" or "desc"`;
  const [from, to] = options.validity ?? VALIDITY;
  if (!from || !to || from === to) return "validity names two columns: [from, to]";
  for (const name of ["boundary", "active"] as const) {
    const time = options[name];
    if (time !== undefined && Number.isNaN(Date.parse(String(time))))
      return `${name} is no time: ${String(time)}`;
  }
  return undefined;
}

/** What the engine has to know of a merge: what row ids are made of, and the fields that have a part in it. */
export function mergeHints(merging: Merging): {
  table: Omit<TableHints, "columns">;
  fields: readonly (readonly [field: string, hint: Partial<ColumnHint>])[];
} {
  const { strategy, validity, hardDelete, dedupSort, mergeKey, rowVersion } = merging;
  const [from, to] = validity;
  return {
    table: {
      rowId: rowIdOf(merging),
      rootKey: strategy !== "scd2",
      recordNumber: numbersRecords(merging),
    },
    fields: [
      ...mergeKey.map((field) => [field, { mergeKey: true, nullable: false }] as const),
      ...(rowVersion === undefined ? [] : [[rowVersion, { rowVersion: true, nullable: false }] as const]),
      ...(hardDelete === undefined ? [] : [[hardDelete, { hardDelete: true }] as const]),
      ...(dedupSort ? [[dedupSort.column, { dedupSort: dedupSort.order }] as const] : []),
      ...(strategy === "scd2"
        ? [
            [`['${from}']`, { type: "timestamp", validFrom: true }] as const,
            [`['${to}']`, { type: "timestamp", validTo: true }] as const,
          ]
        : []),
    ],
  };
}

function rowIdOf({ strategy, rowVersion }: Merging): NonNullable<TableHints["rowId"]> {
  if (strategy === "scd2") return rowVersion === undefined ? "row" : "random";
  return strategy === "delete-insert" ? "random" : "key";
}

/** Whether rows that wait carry the number of their record: where ids are made of keys, two records may have the same. */
export function numbersRecords({ strategy }: Merging): boolean {
  return strategy !== "delete-insert";
}

/** Whether what has not come is taken for gone, so that a half-read resource must not be merged. */
export function mergesWhole({ strategy, mergeKey }: Merging): boolean {
  return (strategy === "scd2" || strategy === "cdc") && mergeKey.length === 0;
}

function isoTime(time: string | Date): string {
  return typeof time === "string" ? time : time.toISOString();
}
