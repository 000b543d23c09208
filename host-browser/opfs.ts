import { RunletError } from "../core/errors.ts";

/** Prefix of the addresses of files in the origin's private file system. */
export const OPFS = "opfs://";

/** The root of the origin's private file system. @throws RunletError STORAGE_FAILED where there is none */
export async function opfsRoot(): Promise<FileSystemDirectoryHandle> {
  try {
    return await navigator.storage.getDirectory();
  } catch (cause) {
    throw new RunletError("STORAGE_FAILED", "this page has no private file system (OPFS)", {
      hint: "serve the page over https or from localhost, outside private windows; or load to memory: duckdb()",
      cause,
    });
  }
}

/** Whether the page has a private file system at all: a secure context has. */
export function hasOpfs(): boolean {
  return typeof globalThis.navigator?.storage?.getDirectory === "function";
}

/** Whether files there can be written at once, whole or not at all. */
export function writesWhole(): boolean {
  return hasOpfs() && "createWritable" in FileSystemFileHandle.prototype;
}

/** The folders and the name of `opfs://a/b.duckdb`; a path without the prefix means the same place.
 *  @throws RunletError CONFIG_INVALID */
export function opfsPath(path: string): { folders: string[]; name: string } {
  const steps = (path.startsWith(OPFS) ? path.slice(OPFS.length) : path).split(/[\\/]/).filter(Boolean);
  const name = steps.pop();
  if (name === undefined || [...steps, name].some((step) => /^\.\.?$/.test(step))) {
    throw new RunletError("CONFIG_INVALID", `${path} names no file`, {
      hint: "write it as opfs://name.duckdb",
    });
  }
  return { folders: steps, name };
}

/** The file, or undefined when there is none. With `create` it is made, and the folders on its way. */
export async function opfsFile(path: string, options: { create: true }): Promise<FileSystemFileHandle>;
export async function opfsFile(path: string): Promise<FileSystemFileHandle | undefined>;
export async function opfsFile(
  path: string,
  { create = false } = {},
): Promise<FileSystemFileHandle | undefined> {
  const { folders, name } = opfsPath(path);
  const folder = await opfsFolder(folders, create);
  return folder && (await found(folder.getFileHandle(name, { create })));
}

/** The folder, or undefined when there is none. */
export async function opfsFolder(
  steps: readonly string[],
  create = false,
): Promise<FileSystemDirectoryHandle | undefined> {
  let folder: FileSystemDirectoryHandle | undefined = await opfsRoot();
  for (const step of steps) folder = folder && (await found(folder.getDirectoryHandle(step, { create })));
  return folder;
}

/** What is not there is undefined. */
export async function found<T>(handle: Promise<T>): Promise<T | undefined> {
  try {
    return await handle;
  } catch (error) {
    if ((error as DOMException).name === "NotFoundError") return undefined;
    throw error;
  }
}
