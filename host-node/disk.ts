import { constants, existsSync, type Stats, statSync } from "node:fs";
import { copyFile, type FileHandle, link, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { RunletError } from "../core/errors.ts";
import type { FolderItem, OpenFolder } from "../core/folders/folder.ts";
import { makeFolder } from "./make-folder.ts";

/** What is being written; a crash leaves it, and nobody lists it. */
const PARTIAL = /\.[0-9a-f]{8}\.partial$/;

/** A partial object of which nothing was heard for so long is what a crash left. */
const STALE_MS = 86_400_000;

/** A folder of the file system, for Node, Bun and Deno. Objects are written beside their place, synced and renamed (or
 *  linked, which fails where there is one already), and so is their folder. */
export async function openDisk(path: string, { existing }: { existing: boolean }): Promise<OpenFolder> {
  const root = resolve(path);
  const found = looked(path, root);
  if (existing && !found) {
    throw new RunletError("DESTINATION_FAILED", `${path} does not exist`, {
      hint: "check the path; a load creates it",
    });
  }
  if (found && !found.isDirectory()) {
    throw new RunletError("DESTINATION_FAILED", `${path} is a file`, { hint: "name a folder" });
  }
  const at = (name: string) => join(root, ...name.split("/"));
  const guarded = async <T>(doing: string, name: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw failure(`${doing} ${join(path, name)}`, error);
    }
  };
  return {
    put: (name, bytes, { ifAbsent = false } = {}) =>
      guarded("write", name, () => (ifAbsent ? create(at(name), bytes) : replace(at(name), bytes))),
    get: (name) => guarded("read", name, () => read(at(name))),
    list: (prefix) => guarded("read", prefix, () => items(root, prefix)),
    folders: (prefix) => guarded("read", prefix, () => folders(at(prefix))),
    remove: (name) => guarded("remove", name, () => rm(at(name), { force: true })),
    path: at,
  };
}

function looked(path: string, root: string): Stats | undefined {
  try {
    return statSync(root, { throwIfNoEntry: false });
  } catch (error) {
    throw failure(`open ${path}`, error);
  }
}

async function read(path: string): Promise<Uint8Array | undefined> {
  const bytes = await readFile(path).catch((error: unknown) => absent(error, undefined));
  return bytes && new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

async function replace(path: string, bytes: Uint8Array): Promise<boolean> {
  const partial = await writePartial(path, bytes);
  await rename(partial, path).catch((error: unknown) => undo(partial, error));
  await syncFolder(dirname(path));
  return true;
}

async function create(path: string, bytes: Uint8Array): Promise<boolean> {
  if (existsSync(path)) return false;
  const partial = await writePartial(path, bytes);
  try {
    // Unlike a rename, a link never takes the place of another file.
    await link(partial, path).catch(async (error: unknown) => {
      if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(codeOf(error))) throw error;
      await copyFile(partial, path, constants.COPYFILE_EXCL);
    });
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    await rm(partial, { force: true });
  }
  await syncFolder(dirname(path));
  return true;
}

async function writePartial(path: string, bytes: Uint8Array): Promise<string> {
  await makeDurable(dirname(path));
  const random = crypto.getRandomValues(new Uint32Array(1))[0]!;
  const partial = `${path}.${random.toString(16).padStart(8, "0")}.partial`;
  let file: FileHandle | undefined;
  try {
    file = await open(partial, "wx");
    await file.writeFile(bytes);
    await file.sync();
  } catch (error) {
    await file?.close().catch(() => undefined);
    return undo(partial, error);
  }
  await file.close();
  return partial;
}

/** Makes a folder and those on its way, each of which is there for good only when the one above it is synced. */
async function makeDurable(path: string): Promise<void> {
  if (existsSync(path)) return;
  const above = dirname(path);
  if (above !== path && !existsSync(above)) await makeDurable(above);
  makeFolder(path);
  // One that may be written to, but not read, cannot be synced.
  await syncFolder(above).catch((error: unknown) => {
    if (!["EACCES", "EPERM"].includes(codeOf(error))) throw error;
  });
}

async function undo(partial: string, error: unknown): Promise<never> {
  await rm(partial, { force: true }).catch(() => undefined);
  throw error;
}

async function syncFolder(path: string): Promise<void> {
  if (sep === "\\") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function items(root: string, prefix: string): Promise<FolderItem[]> {
  const found: FolderItem[] = [];
  const walk = async (below: string): Promise<void> => {
    const here = join(root, ...below.split("/"));
    const entries = await readdir(here, { withFileTypes: true }).catch((error: unknown) => absent(error, []));
    for (const entry of entries) {
      const name = `${below}${entry.name}`;
      if (entry.isDirectory()) await walk(`${name}/`);
      else {
        // What another process takes away meanwhile is not there.
        const facts = await stat(join(here, entry.name)).catch((error: unknown) => absent(error, undefined));
        if (!facts) continue;
        if (!PARTIAL.test(name)) found.push({ name, bytes: facts.size, modified: facts.mtimeMs });
        else if (facts.mtimeMs < Date.now() - STALE_MS) await rm(join(here, entry.name), { force: true });
      }
    }
  };
  await walk(prefix);
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function folders(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => absent(error, []));
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
}

function absent<T>(error: unknown, otherwise: T): T {
  if (["ENOENT", "ENOTDIR"].includes(codeOf(error))) return otherwise;
  throw error;
}

function failure(doing: string, cause: unknown): unknown {
  const code = codeOf(cause);
  if (cause instanceof RunletError || code === "") return cause;
  const full = code === "ENOSPC" || code === "EDQUOT";
  return new RunletError("STORAGE_FAILED", `cannot ${doing}: ${(cause as Error).message}`, {
    hint: full
      ? "nothing was loaded: make room on the disk, or load to another one"
      : "check the path and its permissions",
    cause,
  });
}
