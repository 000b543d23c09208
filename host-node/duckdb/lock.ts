import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";
import { basename } from "node:path";
import { RunletError } from "../../core/errors.ts";
import { processName, startOf, systemHolder } from "./processes.ts";

interface Holder {
  pid: number;
  host: string;
  /** When the process began, to tell it from a later one with its number; empty where unknown. */
  started: string;
}

export interface FileLock {
  release(): void;
}

/** The text of a lock of this process is remembered, so that only it is ever removed. */
function ownHolder(): Holder {
  return { pid: process.pid, host: hostname(), started: startOf(process.pid) };
}

function parseHolder(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Holder;
    return Number.isInteger(holder.pid) && typeof holder.host === "string" ? holder : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  return holder.started === "" || holder.started === startOf(holder.pid);
}

function lockedBy(file: string, lock: string, holder: Holder): RunletError {
  const here = holder.host === hostname();
  const name = here ? processName(holder.pid) : "";
  const who = `process ${holder.pid}${name ? ` (${name})` : ""}${here ? "" : ` on ${holder.host}`}`;
  return new RunletError("DESTINATION_LOCKED", `${basename(file)} is open in ${who}`, {
    hint: here
      ? "DuckDB allows one writer: close it, or load to another file"
      : `DuckDB allows one writer: close it, or, if that process is gone, remove ${basename(lock)}`,
  });
}

function create(lock: string, text: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(lock, "wx");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  return true;
}

function readLock(lock: string): string | undefined {
  try {
    return readFileSync(lock, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Takes a dead holder's lock away. Renaming first makes sure that it is his: of two processes that try, one renames
 *  the dead lock and the other, at worst, the first one's new lock, which it puts back. */
function removeStale(lock: string, text: string): void {
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if (readLock(aside) !== text) linkSync(aside, lock);
  rmSync(aside, { force: true });
}

/** Locks a database file for this process with `<file>.lock` beside it, and refuses when another process holds it:
 *  runlet by that file, any other DuckDB by the system's own lock where that can be seen (Linux).
 *  A lock whose process is gone is taken over. Throws DESTINATION_LOCKED. */
export function lockFile(file: string): FileLock {
  const lock = `${file}.lock`;
  const text = JSON.stringify(ownHolder());
  while (!create(lock, text)) {
    const found = readLock(lock);
    if (found === undefined) continue;
    const holder = parseHolder(found);
    if (holder && isAlive(holder)) throw lockedBy(file, lock, holder);
    // A process that died between creating and writing its lock leaves an empty one.
    removeStale(lock, found);
  }
  const release = (): void => {
    process.off("exit", release);
    if (readLock(lock) === text) rmSync(lock, { force: true });
  };
  const pid = systemHolder(file);
  if (pid !== undefined) {
    release();
    throw lockedBy(file, lock, { pid, host: hostname(), started: "" });
  }
  process.once("exit", release);
  return { release };
}
