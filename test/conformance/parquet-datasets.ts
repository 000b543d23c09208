// Datasets as Parquet, in a folder in memory, which every runtime can make, or in another. Web standards only.
import { fromParquet, parquet, type Folder } from "runlet/parquet";
import type { PipelineCase, World } from "./case.ts";
import type { DatasetOutcome } from "./dataset.ts";
import { readable, sha256 } from "./outcome.ts";
import { load } from "./run-case.ts";
import { thrown } from "./suite.ts";

/** Rows of an Arrow IPC stream: `core/arrow/json-rows`. */
export type RowsOf = (stream: Uint8Array) => Record<string, unknown>[];

/** The cases that are datasets of one run: the rows of all their files, read back. `folderFor`: an empty one for a case. */
export async function parquetOutcomes(
  cases: Record<string, PipelineCase>,
  world: Omit<World, "nonce">,
  rowsOf: RowsOf,
  folderFor: (name: string) => Folder = inMemory,
): Promise<Record<string, DatasetOutcome | string>> {
  const outcome: Record<string, DatasetOutcome | string> = {};
  for (const [name, each] of Object.entries(cases)) {
    if (!isParquetDataset(each)) continue;
    outcome[name] = await parquetOutcome(each, world, rowsOf, folderFor(name)).catch(thrown);
  }
  return outcome;
}

/** What later runs replace lies there until it is cleared away: one run only. */
export const isParquetDataset = ({ dataset, runs }: PipelineCase): boolean =>
  dataset === true && (runs === undefined || runs.length === 1);

async function parquetOutcome(of: PipelineCase, world: Omit<World, "nonce">, rowsOf: RowsOf, folder: Folder) {
  const { error } = await load(of, { ...world, nonce: "" }, parquet(folder), { packages: "none" });
  if (error) return thrown(error);
  const rows = new Map<string, string[]>();
  const written = await folder.open({});
  for (const { name } of await written.list("")) {
    const table = /([^/]+)\/[^/]+\.parquet$/.exec(name)?.[1];
    if (!table) continue;
    const lines = rowsOf(await fromParquet((await written.get(name))!)).map((row) =>
      JSON.stringify(readable(row)),
    );
    rows.set(table, [...(rows.get(table) ?? []), ...lines]);
  }
  const outcome: DatasetOutcome = {};
  for (const [table, lines] of [...rows].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const sorted = new TextEncoder().encode(lines.sort().join("\n"));
    outcome[table] = { rows: lines.length, sha256: await sha256(sorted) };
  }
  return outcome;
}

function inMemory(): Folder {
  const files = new Map<string, Uint8Array>();
  const under = (prefix: string) => [...files].filter(([name]) => name.startsWith(prefix)).sort();
  return {
    at: "memory",
    open: async () => ({
      async put(name, bytes, { ifAbsent } = {}) {
        if (ifAbsent && files.has(name)) return false;
        files.set(name, bytes.slice());
        return true;
      },
      get: async (name) => files.get(name),
      list: async (prefix) =>
        under(prefix).map(([name, bytes]) => ({ name, bytes: bytes.length, modified: Date.now() })),
      async folders(prefix) {
        const below = under(prefix).map(([name]) => name.slice(prefix.length).split("/"));
        return [...new Set(below.filter((parts) => parts.length > 1).map(([first]) => first!))].sort();
      },
      remove: async (name) => void files.delete(name),
    }),
  };
}
