import { carriedColumns, own } from "./carried.ts";
import { continued } from "./continued.ts";
import { parseExact } from "./exact-json.ts";
import { defaultNormalizers, defaultSettings, SCHEMA_ENGINE_VERSION, type StoredSchema } from "./stored.ts";
import { loadsTable, STATE_TABLE, stateTable, SYSTEM_TABLES, versionTable } from "./system-tables.ts";
import type { ColumnSchema, Tables, TableSchema, WriteDisposition } from "./types.ts";
import { schemaVersionHash } from "./version-hash.ts";

const PREVIOUS_HASHES = 10;

/** What a resource says about its root table. */
export interface ResourceFacts {
  /** Name of the resource, as written; default: the table's name. */
  resource?: string;
  write?: WriteDisposition;
  /** Absent: rows are not merged. */
  merge?: MergeFacts;
  /** What the table's contract is from now on; absent: what it was. */
  contract?: Contract;
  /** Levels of nested tables below it, where the resource says so. */
  maxNesting?: number;
}

/** dlt's `schema_contract`: a mode for all entities, or for some of tables, columns and data_type. */
export type Contract = NonNullable<TableSchema["schema_contract"]>;

/** What the document says of a merge, beside the marks of columns. Times are ISO 8601. */
export interface MergeFacts {
  strategy: string;
  deduplicated?: boolean;
  skipUnchanged?: boolean;
  boundary?: string;
  /** What marks a valid row of scd2; absent: null. */
  active?: string;
}

/** dlt's document before any data: version 1, with the tables `_dlt_version` and `_dlt_loads`. */
export function emptyDocument(name: string): StoredSchema {
  const schema: StoredSchema = {
    version: 1,
    version_hash: "",
    engine_version: SCHEMA_ENGINE_VERSION,
    name,
    tables: { _dlt_version: versionTable(), _dlt_loads: loadsTable() },
    settings: defaultSettings(),
    normalizers: defaultNormalizers(),
    previous_hashes: [],
  };
  schema.version_hash = schemaVersionHash(schema);
  return schema;
}

/** Reads a document from `_dlt_version.schema`. Throws `SCHEMA_INVALID` when it is none, or one that {@link continued}
 *  refuses. */
export function parseDocument(text: string): StoredSchema {
  return continued(parseExact(text, "the stored schema"));
}

/** The document after a load. `tables` are the engine's data tables (those of `previous` included); `resources` has the
 *  facts of the root tables loaded now; `contract` holds where tables have none of their own. Tables that are not given stay
 *  as they are. Where nothing changed the result is `previous` itself. Column order is kept as given. */
export function nextDocument(
  previous: StoredSchema,
  tables: Tables,
  resources: Record<string, ResourceFacts> = {},
  contract?: Contract,
): StoredSchema {
  const merged: Tables = {};
  const data = { ...dataTables(previous.tables), ...dataTables(tables) };
  for (const name of [...SYSTEM_TABLES].filter((n) => n !== STATE_TABLE)) {
    merged[name] = previous.tables[name] ?? (name === "_dlt_version" ? versionTable() : loadsTable());
  }
  const isGiven = (name: string) => Object.hasOwn(tables, name);
  for (const table of Object.values(data)) {
    if (table.parent !== undefined) continue;
    const [before, facts] = [own(previous.tables, table.name), own(resources, table.name)];
    merged[table.name] = isGiven(table.name) ? rootTable(table, before, facts) : table;
  }
  // Of several schemas in a dataset dlt's state is in the first.
  const isSecond = Object.keys(seenTables(previous.tables)).length > 0 && !previous.tables[STATE_TABLE];
  if (!isSecond) merged[STATE_TABLE] = previous.tables[STATE_TABLE] ?? stateTable();
  for (const table of Object.values(data)) {
    if (table.parent === undefined) continue;
    merged[table.name] = isGiven(table.name) ? nestedTable(table, own(previous.tables, table.name)) : table;
  }
  const settings =
    contract === undefined ? previous.settings : { ...previous.settings, schema_contract: contract };
  const next = { ...previous, tables: merged, settings, normalizers: withRootKeys(previous, merged) };
  const bumped = bumpDocument(next);
  return bumped === next ? previous : bumped;
}

/** The same document when its content is what its hash says; else the next version, descending from it. */
export function bumpDocument(schema: StoredSchema): StoredSchema {
  const hash = schemaVersionHash(schema);
  if (hash === schema.version_hash) return schema;
  const ancestors = schema.previous_hashes;
  return {
    ...schema,
    version: schema.version + 1,
    version_hash: hash,
    previous_hashes: ancestors.includes(schema.version_hash)
      ? ancestors
      : [schema.version_hash, ...ancestors].slice(0, PREVIOUS_HASHES),
  };
}

/** Tables that hold data: all but dlt's own. */
export function dataTables(tables: Tables): Tables {
  const data = Object.create(null) as Tables;
  for (const [name, table] of Object.entries(tables)) if (!SYSTEM_TABLES.includes(name)) data[name] = table;
  return data;
}

/** Tables that are at the destination: those that have had data. Of others the document has only been told. */
export function seenTables(tables: Tables): Tables {
  const seen = Object.create(null) as Tables;
  for (const table of Object.values(dataTables(tables)))
    if (table["x-normalizer"]?.["seen-data"]) seen[table.name] = table;
  return seen;
}

function rootTable(
  table: TableSchema,
  before: TableSchema | undefined,
  facts: ResourceFacts = {},
): TableSchema {
  const isTold = facts.merge !== undefined || (facts.write !== undefined && facts.write !== "merge");
  const merge = isTold ? mergeHints(facts.merge) : undefined;
  return {
    ...omitted(before, merge ? MERGE_HINTS : []),
    ...omitted(table, [...RUN_ONLY, ...(merge ? MERGE_HINTS : [])]),
    columns: withVersions(describeVariants(carriedColumns(table.columns, before)), before, facts),
    ...merge,
    write_disposition: facts.write ?? table.write_disposition ?? before?.write_disposition ?? "append",
    ...(facts.contract === undefined ? {} : { schema_contract: facts.contract }),
    resource: facts.resource ?? table.resource ?? before?.resource ?? table.name,
    ...seenData(table, before, facts.maxNesting),
  };
}

/** What the engine tells the run of a table, and no document keeps. */
const RUN_ONLY = ["x-runlet-nested"];

const MERGE_HINTS = [
  "x-merge-strategy",
  "x-stage-data-deduplicated",
  "x-merge-skip-unchanged-rows",
  "x-boundary-timestamp",
] as const;

function mergeHints(merge: MergeFacts | undefined): Partial<TableSchema> {
  if (!merge) return {};
  return {
    "x-merge-strategy": merge.strategy,
    ...(merge.deduplicated ? { "x-stage-data-deduplicated": true } : {}),
    ...(merge.skipUnchanged ? { "x-merge-skip-unchanged-rows": true } : {}),
    ...(merge.boundary === undefined ? {} : { "x-boundary-timestamp": merge.boundary }),
  };
}

function omitted(table: TableSchema | undefined, hints: readonly string[]): TableSchema {
  return Object.fromEntries(
    Object.entries(table ?? {}).filter(([name]) => !hints.includes(name)),
  ) as unknown as TableSchema;
}

/** The column that ends validity says what marks a valid row: null when nothing else does. A version of the user's own is
 *  said to be no key, since it may come back. */
function withVersions(
  columns: Record<string, ColumnSchema>,
  before: TableSchema | undefined,
  { merge }: ResourceFacts,
): Record<string, ColumnSchema> {
  const until = Object.values(columns).find((column) => column["x-valid-to"]);
  if (!until) return columns;
  const known = before?.columns[until.name]?.["x-active-record-timestamp"] ?? null;
  const active = merge?.strategy === "scd2" ? (merge.active ?? null) : known;
  const version = Object.values(columns).find(
    (column) => column["x-row-version"] && column.name !== "_dlt_id",
  );
  return {
    ...columns,
    [until.name]: { ...until, "x-active-record-timestamp": active },
    ...(version ? { [version.name]: { ...version, unique: false, row_key: false } } : {}),
  };
}

function nestedTable(table: TableSchema, before: TableSchema | undefined): TableSchema {
  const columns = describeVariants(carriedColumns(table.columns, before));
  return { ...before, ...table, columns, ...seenData(table, before) };
}

function seenData(
  table: TableSchema,
  before: TableSchema | undefined,
  maxNesting?: number,
): Pick<TableSchema, "x-normalizer"> {
  return {
    "x-normalizer": {
      ...before?.["x-normalizer"],
      ...table["x-normalizer"],
      ...(maxNesting === undefined ? {} : { max_nesting: maxNesting }),
      "seen-data": true,
    },
  };
}

function describeVariants(columns: Record<string, ColumnSchema>): Record<string, ColumnSchema> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [
      name,
      column.variant && column.description === undefined
        ? { ...column, description: `Variant of column ${name} generated by dlt` }
        : column,
    ]),
  );
}

/** dlt notes in the normalizer's settings which root tables pass their row id on to nested tables: those that merge
 *  (by any strategy but scd2) or have a nested table with a root key. */
function withRootKeys(previous: StoredSchema, tables: Tables): StoredSchema["normalizers"] {
  const propagated: Record<string, Record<string, string>> = {};
  for (const table of Object.values(dataTables(tables))) {
    if (table.parent === undefined) {
      const merges = table.write_disposition === "merge" && table["x-merge-strategy"] !== "scd2";
      if (merges || previous.normalizers.json.config?.root_key_propagation)
        propagated[table.name] = { _dlt_id: "_dlt_root_id" };
    } else if (Object.values(table.columns).some((c) => c.root_key)) {
      propagated[rootOf(table, tables)] = { _dlt_id: "_dlt_root_id" };
    }
  }
  if (Object.keys(propagated).length === 0) return previous.normalizers;
  const { json, ...rest } = previous.normalizers;
  const propagation = json.config?.propagation;
  return {
    ...rest,
    json: {
      ...json,
      config: {
        ...json.config,
        propagation: { ...propagation, tables: { ...propagation?.tables, ...propagated } },
      },
    },
  };
}

function rootOf(table: TableSchema, tables: Tables): string {
  let root = table;
  while (root.parent !== undefined && tables[root.parent]) root = tables[root.parent]!;
  return root.name;
}
