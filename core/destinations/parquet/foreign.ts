import { RunletError } from "../../errors.ts";
import type { OpenFolder } from "../../folders/folder.ts";
import { LOADS_TABLE, STATE_TABLE, VERSION_TABLE } from "../../schema/system-tables.ts";
import type { TableSchema } from "../../schema/types.ts";
import { completeColumns } from "../duckdb/tables.ts";
import { inParallel } from "./in-parallel.ts";
import { systemParts } from "./names.ts";
import {
  type Commit,
  type DataFile,
  type LoadRow,
  sameName,
  type Snapshot,
  type StateRow,
  type TableChange,
  type VersionRow,
} from "./snapshot.ts";

const READ_AT_ONCE = 16;

/** What dlt did to the dataset since the last commit: a commit's worth of changes, without its number. */
export type Foreign = Pick<Commit, "loads" | "versions" | "states" | "tables">;

/** Finds the loads of dlt that no commit knows: those with a file in `_dlt_loads`, which dlt writes last. Their data are
 *  the Parquet files named after them; files that dlt's `replace` took away are no longer part of their tables.
 *  Undefined: there are none. */
export async function foreignLoads(folder: OpenFolder, snapshot: Snapshot): Promise<Foreign | undefined> {
  const known = new Set(snapshot.loads.map(({ load_id }) => load_id));
  const found = (await folder.list(`${LOADS_TABLE}/`)).flatMap(({ name }) => {
    const parts = systemParts(name, 2);
    return parts && !known.has(parts[1]!) ? [{ name, loadId: parts[1]! }] : [];
  });
  if (found.length === 0) return undefined;
  const ids = new Set(found.map(({ loadId }) => loadId));
  const loads = (await inParallel(found, READ_AT_ONCE, ({ name }) => row<LoadRow>(folder, name))).filter(
    (load) => load?.status === 0,
  ) as LoadRow[];
  loads.sort((a, b) => (a.load_id < b.load_id ? -1 : 1));
  const versions = await newestVersions(folder, snapshot);
  const states = await newestStates(folder, snapshot, ids);
  return { loads, versions, states, tables: await tablesOf(folder, snapshot, ids, versions) };
}

/** The newest schema of each name, where it is newer than the snapshot's. */
async function newestVersions(folder: OpenFolder, snapshot: Snapshot): Promise<VersionRow[]> {
  const rows = await inParallel(await newest(folder, VERSION_TABLE), READ_AT_ONCE, (name) =>
    row<VersionRow>(folder, name),
  );
  return rows.flatMap((version) => {
    const mine = version && snapshot.versions[version.schema_name];
    const newer = version && (!mine || Date.parse(version.inserted_at) > Date.parse(mine.inserted_at));
    return newer && version.version_hash !== mine?.version_hash ? [version] : [];
  });
}

async function newestStates(
  folder: OpenFolder,
  snapshot: Snapshot,
  ids: ReadonlySet<string>,
): Promise<StateRow[]> {
  const names = await newest(folder, STATE_TABLE, (loadId) => ids.has(loadId));
  const rows = await inParallel(names, READ_AT_ONCE, (name) => row<StateRow>(folder, name));
  return rows.flatMap((state) => {
    const mine = state && snapshot.states[state.pipeline_name];
    return state && (!mine || state._dlt_load_id > mine._dlt_load_id) ? [state] : [];
  });
}

/** The newest file of each name in a folder of `<name>__<load id>__<hash>.jsonl`. */
async function newest(
  folder: OpenFolder,
  table: string,
  counts: (loadId: string) => boolean = () => true,
): Promise<string[]> {
  const best = new Map<string, { loadId: string; name: string }>();
  for (const { name } of await folder.list(`${table}/`)) {
    const [of, loadId] = systemParts(name, 3) ?? [];
    if (of === undefined || loadId === undefined || !counts(loadId)) continue;
    if (!(best.get(of) && best.get(of)!.loadId > loadId)) best.set(of, { loadId, name });
  }
  return [...best.values()].map(({ name }) => name);
}

async function tablesOf(
  folder: OpenFolder,
  snapshot: Snapshot,
  ids: ReadonlySet<string>,
  versions: readonly VersionRow[],
): Promise<TableChange[]> {
  const items = await folder.list("");
  const there = new Set(items.map(({ name }) => name));
  const added = new Map<string, DataFile[]>();
  for (const { name, bytes } of items) {
    const [, table, loadId] = /^([^_/][^/]*|_(?!dlt_|runlet_)[^/]*)\/(.+)\.[^./]+\.parquet$/.exec(name) ?? [];
    if (table === undefined || !ids.has(loadId!)) continue;
    added.set(table, [...(added.get(table) ?? []), { name, bytes }]);
  }
  const described = [...Object.values(snapshot.versions), ...versions].flatMap(({ schema }) =>
    Object.values((JSON.parse(schema) as { tables: Record<string, TableSchema> }).tables),
  );
  const changes = new Map<string, TableChange>();
  for (const table of described) {
    const key = sameName(table.name);
    const mine = snapshot.tables[key];
    const add = added.get(table.name) ?? [];
    const remove = (mine?.files ?? []).filter(({ name }) => !there.has(name)).map(({ name }) => name);
    if (add.length === 0 && remove.length === 0) continue;
    const names = new Set(mine?.columns.map(({ name }) => sameName(name)));
    const more = completeColumns(table)
      .filter(({ name }) => !names.has(sameName(name)))
      .map(({ name, data_type, precision, scale, timezone }) => ({
        name,
        ...(data_type === undefined ? {} : { data_type }),
        ...(precision === undefined ? {} : { precision }),
        ...(scale === undefined ? {} : { scale }),
        ...(timezone === undefined ? {} : { timezone }),
      }));
    changes.set(key, { name: table.name, columns: [...(mine?.columns ?? []), ...more], add, remove });
  }
  return [...changes.values()];
}

async function row<T>(folder: OpenFolder, name: string): Promise<T | undefined> {
  const bytes = await folder.get(name);
  if (!bytes) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as T;
  } catch (cause) {
    throw new RunletError("DESTINATION_FAILED", `${name} is no JSON`, {
      hint: "it is a file of dlt's dataset: restore it, or load to another dataset",
      cause,
    });
  }
}
