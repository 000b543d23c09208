import { RunletError } from "../core/errors.ts";
import { folderName } from "../core/packages/folder-name.ts";
import type { Storage, StorageLock, StoredItem } from "../core/packages/storage.ts";
import { found, opfsFile, opfsFolder, opfsPath } from "./opfs.ts";
import { isQuotaError, quotaExceeded } from "./quota.ts";

/** The folder of everything that is kept for runs, in the origin's private file system. */
const HOME = ".runlet";

/** Says that the folder before it is to be gone: removing one takes a while, in which the tab may be closed. */
const REMOVED = ".removed";

/** How long a lock is waited for: a page that is being left lets go of it a little later. */
const PATIENCE_MS = 500;

/** A durable folder in the origin's private file system, `.runlet/<name>`. Written files appear when they are whole: the
 *  browser writes them aside and swaps them in. */
export function opfsStorage(name: string): Storage {
  const folders = [HOME, folderName(name)];
  const place = `opfs://${folders.join("/")}`;
  const at = (item: string) => (item === "" ? place : `${place}/${item}`);
  const guarded = async <T>(doing: string, item: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof RunletError) throw cause;
      if (isQuotaError(cause)) throw await quotaExceeded(`cannot ${doing} ${at(item)}`, cause);
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new RunletError("STORAGE_FAILED", `cannot ${doing} ${at(item)}: ${message}`, {
        hint: 'run without load packages: run({ packages: "none" })',
        cause,
      });
    }
  };
  return {
    place,
    workingFolder: "opfs://",
    write: (item, bytes) => guarded("write", item, () => writeWhole(at(item), bytes)),
    read: (item) =>
      guarded("read", item, async () => {
        const file = await (await opfsFile(at(item)))?.getFile();
        return file && new Uint8Array(await file.arrayBuffer());
      }),
    list: (folder) =>
      guarded("read", folder, () => listed([...folders, ...folder.split("/").filter(Boolean)])),
    remove: (item) => guarded("remove", item, () => removeWhole(at(item))),
    lock: (item, what) => guarded("lock", item, () => hold(at(item), what)),
  };
}

async function writeWhole(path: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
  const file = await opfsFile(path, { create: true });
  const writable = await file.createWritable();
  try {
    if (bytes instanceof Uint8Array) await writable.write(bytes as Uint8Array<ArrayBuffer>);
    else for await (const part of bytes) await writable.write(part as Uint8Array<ArrayBuffer>);
  } catch (error) {
    await writable.abort().catch(() => undefined);
    throw error;
  }
  await writable.close();
}

async function listed(steps: readonly string[]): Promise<StoredItem[]> {
  const folder = await opfsFolder(steps);
  if (!folder) return [];
  const items: StoredItem[] = [];
  const removed = new Set<string>();
  for await (const [name, handle] of folder.entries()) {
    if (name.endsWith(REMOVED)) removed.add(name.slice(0, -REMOVED.length));
    else if (handle.kind === "directory") items.push({ name, isFolder: true, bytes: 0 });
    // A file that was begun and never written is empty; one that is gone meanwhile is not listed.
    else {
      const file = await found((handle as FileSystemFileHandle).getFile());
      if (file && file.size > 0) items.push({ name, isFolder: false, bytes: file.size });
    }
  }
  for (const name of removed) await removeMarked(folder, name);
  return items.filter(({ name }) => !removed.has(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function removeWhole(path: string): Promise<void> {
  const { folders, name } = opfsPath(path);
  const folder = await opfsFolder(folders);
  if (!folder) return;
  await folder.getFileHandle(name + REMOVED, { create: true });
  await removeMarked(folder, name);
}

async function removeMarked(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  await found(folder.removeEntry(name, { recursive: true }));
  await found(folder.removeEntry(name + REMOVED));
}

/** Locks of the browser end with the page or worker that holds them. */
async function hold(name: string, what: string): Promise<StorageLock> {
  let release: (() => void) | undefined;
  const held = await new Promise<boolean>((resolve, reject) => {
    const asked = navigator.locks.request(name, { signal: AbortSignal.timeout(PATIENCE_MS) }, () => {
      resolve(true);
      return new Promise<void>((done) => (release = done));
    });
    asked.catch((error: Error) => (error.name === "TimeoutError" ? resolve(false) : reject(error)));
  });
  if (!held) {
    throw new RunletError("CONCURRENT_RUN", `${what} is being run in this browser, in another tab or here`, {
      hint: "nothing was changed · wait for that run, or close its tab",
    });
  }
  return { release: async () => release?.() };
}
