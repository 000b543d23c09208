import { duckdb, type DuckDBDestination } from "../core/destinations/duckdb/index.ts";
import { RunletError } from "../core/errors.ts";
import { isOpenHere, opfsAddress } from "./duckdb/open.ts";
import { COMPANIONS, snapshot } from "./duckdb/database-file.ts";
import { found, OPFS, opfsFile, opfsFolder, opfsPath, opfsRoot } from "./opfs.ts";
import { isQuotaError, quotaExceeded } from "./quota.ts";

/** A DuckDB database kept in this origin's private file system. */
export interface SavedDatabase {
  /** Without folders and ending: `github`. */
  readonly name: string;
  /** What `duckdb()` takes: `opfs://github.duckdb`. */
  readonly address: string;
  readonly bytes: number;
  /** When it was last written. */
  readonly modified: Date;
}

const ENDING = ".duckdb";

/** The databases of this origin, folders included, by name. */
export async function listDatabases(): Promise<SavedDatabase[]> {
  const databases: SavedDatabase[] = [];
  const visit = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
    for await (const [name, handle] of folder.entries()) {
      if (handle.kind === "directory") await visit(handle as FileSystemDirectoryHandle, `${path}${name}/`);
      else if (name.endsWith(ENDING)) {
        const file = await found((handle as FileSystemFileHandle).getFile());
        if (!file) continue;
        databases.push({
          name: name.slice(0, -ENDING.length),
          address: OPFS + path + name,
          bytes: file.size,
          modified: new Date(file.lastModified),
        });
      }
    }
  };
  await visit(await opfsRoot(), "");
  return databases.sort((a, b) => (a.address < b.address ? -1 : 1));
}

/** Removes a database and what is beside it; nothing happens when there is none.
 *  @throws RunletError DESTINATION_LOCKED while it is open, here or in another tab */
export async function deleteDatabase(address: string): Promise<void> {
  const path = opfsAddress(address);
  const { folders, name } = opfsPath(path);
  const folder = await opfsFolder(folders);
  if (isOpenHere(path)) throw locked(name, "open in this page");
  for (const ending of ["", ...COMPANIONS]) {
    try {
      await found(folder?.removeEntry(name + ending) ?? Promise.resolve());
    } catch (cause) {
      if ((cause as DOMException).name !== "NoModificationAllowedError") throw cause;
      throw locked(name, "open in another tab or window", cause);
    }
  }
}

/** The database as a file to take away: what is committed in it, also while it is open in another tab. */
export async function exportDatabase(address: string): Promise<File> {
  const path = opfsAddress(address);
  return new File([await snapshot(path)], opfsPath(path).name, { type: "application/vnd.duckdb" });
}

/** Keeps a `.duckdb` file, under its own name unless another is given, and returns its address.
 *  @throws RunletError DESTINATION_FAILED when there is one, or when it is no DuckDB database */
export async function importDatabase(file: File, address: string = file.name): Promise<string> {
  const path = opfsAddress(address);
  if ((await file.slice(8, 12).text()) !== "DUCK") {
    throw new RunletError("DESTINATION_FAILED", `${file.name} is no DuckDB database`, {
      hint: "a database file ends in .duckdb or .db; data files are read by a pipeline",
    });
  }
  // An empty file is what an import leaves that was cut off.
  if ((await (await opfsFile(path))?.getFile())?.size) {
    throw new RunletError("DESTINATION_FAILED", `${path} exists`, {
      hint: "give another address, or delete it before",
    });
  }
  // Nor may another database's log be taken for this one's.
  await deleteDatabase(path);
  const handle = await opfsFile(path, { create: true });
  try {
    await file.stream().pipeTo(await handle.createWritable());
  } catch (cause) {
    await deleteDatabase(path);
    throw isQuotaError(cause) ? await quotaExceeded(path, cause) : cause;
  }
  return path;
}

/** A copy in memory of what a saved database holds now, to look at while another tab has it open. */
export function openCopy(address: string): DuckDBDestination {
  return duckdb(opfsAddress(address), { readOnly: true });
}

function locked(name: string, how: string, cause?: unknown): RunletError {
  return new RunletError("DESTINATION_LOCKED", `${name} is ${how}`, {
    hint: "close it there first",
    ...(cause === undefined ? {} : { cause }),
  });
}
