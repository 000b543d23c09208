import { existsSync } from "node:fs";
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, rmdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { RunletError } from "../core/errors.ts";
import { failpoint } from "../core/packages/failpoints.ts";
import { folderName } from "../core/packages/folder-name.ts";
import type { Storage, StorageLock, StoredItem } from "../core/packages/storage.ts";
import { environment } from "./environment.ts";
import { holderName, takeLock } from "./lock-file.ts";
import { machine } from "./machine.ts";

/** What is being written, and what is being removed, so that a crash leaves it recognisable. */
const PARTIAL = /\.(partial|removed)(\.\d+)?$/;

/** Bytes per write call: what is written meanwhile can be cut off. */
const WRITE_BYTES = 4 * 1024 * 1024;

/** The folder of everything that is kept for runs: RUNLET_HOME, else `.runlet` in the working directory. */
export function storageHome(): string {
  return environment("RUNLET_HOME") ?? ".runlet";
}

/** Names of the storages there are, sorted. */
export async function storageNames(home = storageHome()): Promise<string[]> {
  const items = await listed(home);
  return items.flatMap(({ name, isFolder }) => (isFolder ? [name] : []));
}

/** A durable folder on the file system, `<home>/<name>`. */
export function storageAt(name: string, home = storageHome()): Storage {
  const place = join(home, folderName(name));
  const at = (item: string) => (item === "" ? place : join(place, item));
  const guarded = async <T>(doing: string, item: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw storageFailure(doing, at(item), error);
    }
  };
  return {
    place,
    workingFolder: process.cwd(),
    write: (item, bytes, { later = false } = {}) =>
      guarded("write", item, () => writeWhole(at(item), bytes, later)),
    read: (item) =>
      guarded("read", item, () => readFile(at(item)).catch((error: unknown) => missing(error, undefined))),
    list: (folder) => guarded("read", folder, () => listed(at(folder))),
    remove: (item) => guarded("remove", item, () => removeWhole(at(item))),
    lock: (item, what) => guarded("lock", item, () => lockIn(place, at(item), what)),
  };
}

async function lockIn(place: string, file: string, what: string): Promise<StorageLock> {
  for (let attempt = 1; ; attempt++) {
    await makeFolder(place);
    try {
      const lock = takeLock(file, (holder) => {
        const since = holder.since ? `, since ${holder.since}` : "";
        return new RunletError("CONCURRENT_RUN", `${what} is being run by ${holderName(holder)}${since}`, {
          hint: `nothing was changed · wait for that run; if it is gone for good, remove ${file}`,
        });
      });
      return {
        async release() {
          lock.release();
          // Folders in which nothing is kept are not left lying about.
          await rmdir(place)
            .then(
              () => rmdir(dirname(place)),
              () => undefined,
            )
            .catch(() => undefined);
        },
      };
    } catch (error) {
      // Another run let go of the folder in between.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || attempt === 3) throw error;
    }
  }
}

async function writeWhole(
  path: string,
  bytes: Uint8Array | AsyncIterable<Uint8Array>,
  later: boolean,
): Promise<void> {
  await makeFolder(dirname(path));
  const partial = `${path}.partial`;
  const file = await open(partial, "w");
  try {
    if (bytes instanceof Uint8Array) await writeBytes(file, bytes);
    else for await (const part of bytes) await writeBytes(file, part);
    await file.sync();
  } finally {
    await file.close();
  }
  if (!later) failpoint("package.seal.during");
  await rename(partial, path);
  if (!later) await syncFolder(dirname(path));
}

async function writeBytes(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength;) {
    const { bytesWritten } = await file.write(bytes, at, Math.min(WRITE_BYTES, bytes.byteLength - at));
    at += bytesWritten;
    failpoint("package.segment.during");
  }
}

/** Makes a folder and those on its way, each name made durable in the folder above it. */
async function makeFolder(path: string): Promise<void> {
  if (existsSync(path)) return;
  const make = () =>
    mkdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  // Those above it are not asked about where they are there: they may not be readable.
  await make().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT" || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await make();
  });
  await syncFolder(dirname(path));
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32" || !machine().mayRead(path)) return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function listed(folder: string): Promise<StoredItem[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) =>
    missing(error, []),
  );
  const items: StoredItem[] = [];
  for (const entry of entries ?? []) {
    const path = join(folder, entry.name);
    if (PARTIAL.test(entry.name)) {
      // What a crash left half removed; half-written blobs are replaced by the next write, or go with their folder.
      if (/\.removed/.test(entry.name)) await rm(path, { recursive: true, force: true });
      continue;
    }
    const isFolder = entry.isDirectory();
    items.push({ name: entry.name, isFolder, bytes: isFolder ? 0 : (await stat(path)).size });
  }
  return items.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A folder cannot be removed at once, but renamed. */
async function removeWhole(path: string): Promise<void> {
  const aside = `${path}.removed.${process.pid}`;
  await rm(aside, { recursive: true, force: true });
  try {
    await rename(path, aside);
  } catch (error) {
    return missing(error, undefined);
  }
  failpoint("package.remove.during");
  await rm(aside, { recursive: true, force: true });
}

function missing<T>(error: unknown, otherwise: T): T {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") return otherwise;
  throw error;
}

function storageFailure(doing: string, path: string, cause: unknown): unknown {
  if (cause instanceof RunletError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  // What failpoints throw in tests is not the file system's.
  if (code === undefined) return cause;
  const hint =
    code === "ENOSPC" || code === "EDQUOT"
      ? "the disk is full: make room, or set RUNLET_HOME to a folder on another disk"
      : "set RUNLET_HOME to a folder that can be written, or run without packages: RUNLET_PACKAGES=none";
  return new RunletError("STORAGE_FAILED", `cannot ${doing} ${path}: ${message}`, { hint, cause });
}
