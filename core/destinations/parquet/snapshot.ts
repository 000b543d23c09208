import type { ColumnSchema } from "../../schema/types.ts";

/** A file of a table. `name` is within the dataset's folder. */
export interface DataFile {
  name: string;
  /** Absent for files that dlt wrote. */
  rows?: number;
  bytes: number;
}

/** A column as the files have it; one that a file has not is null in it. */
export type LakeColumn = Pick<
  ColumnSchema,
  "name" | "data_type" | "nullable" | "precision" | "scale" | "timezone"
>;

export interface LakeTable {
  /** As it is spelled. */
  name: string;
  columns: LakeColumn[];
  /** In the order in which they were committed. */
  files: DataFile[];
}

/** A row of `_dlt_loads`. */
export interface LoadRow {
  load_id: string;
  schema_name: string;
  status: number;
  inserted_at: string;
  schema_version_hash: string;
}

/** A row of `_dlt_version`. */
export interface VersionRow {
  version_hash: string;
  schema_name: string;
  version: number;
  engine_version: number;
  inserted_at: string;
  /** The document's text. */
  schema: string;
}

/** A row of `_dlt_pipeline_state`; dlt's own files have no `_dlt_id`. */
export interface StateRow {
  version: number;
  engine_version: number;
  pipeline_name: string;
  state: string;
  created_at: string;
  version_hash: string;
  _dlt_load_id: string;
  _dlt_id?: string;
}

/** What a dataset is after a commit. */
export interface Snapshot {
  /** Number of the commit; 0: none yet. */
  sequence: number;
  loads: LoadRow[];
  /** The newest by schema name. */
  versions: Record<string, VersionRow>;
  /** The newest by pipeline name. */
  states: Record<string, StateRow>;
  /** By {@link sameName}. */
  tables: Record<string, LakeTable>;
}

/** What a commit changes: one object, whose being there makes the load visible. */
export interface Commit {
  format: 1;
  sequence: number;
  /** The load that was committed; empty: none, the number is taken so that no other commit gets it. */
  loadId: string;
  /** Tells two attempts at one load apart. */
  attempt: string;
  /** Rows of `_dlt_loads`: its own, last, and before it those of loads that dlt did since the last commit. */
  loads: LoadRow[];
  versions: VersionRow[];
  states: StateRow[];
  tables: TableChange[];
}

export interface TableChange {
  name: string;
  /** All columns of the table. */
  columns: LakeColumn[];
  add: DataFile[];
  /** Files that are no longer part of the table. */
  remove: string[];
}

export function emptySnapshot(): Snapshot {
  return { sequence: 0, loads: [], versions: {}, states: {}, tables: {} };
}

/** Names of tables are compared without case. */
export function sameName(name: string): string {
  return name.toLowerCase();
}

/** The snapshot after a commit; what did not change is shared. */
export function applied(before: Snapshot, commit: Commit): Snapshot {
  const after: Snapshot = {
    sequence: commit.sequence,
    loads: [...before.loads, ...commit.loads],
    versions: { ...before.versions },
    states: { ...before.states },
    tables: { ...before.tables },
  };
  for (const row of commit.versions) after.versions[row.schema_name] = row;
  for (const row of commit.states) after.states[row.pipeline_name] = row;
  for (const change of commit.tables) {
    const key = sameName(change.name);
    const gone = new Set(change.remove);
    const kept = (before.tables[key]?.files ?? []).filter(({ name }) => !gone.has(name));
    after.tables[key] = { name: change.name, columns: change.columns, files: [...kept, ...change.add] };
  }
  return after;
}
