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
import { processName, startOf } from "./duckdb/processes.ts";

/** Who holds a lock. */
export interface Holder {
  pid: number;
  host: string;
  /** When the process began, to tell it from a later one with its number; empty where unknown. */
  started: string;
  /** When the lock was taken: ISO 8601, UTC. */
  since?: string;
}

export interface FileLock {
  release(): void;
}

/** A holder as messages name it: `process 4711 (node)`, with its machine where that is another. */
export function holderName(holder: Holder): string {
  const here = holder.host === hostname();
  if (here && holder.pid === process.pid) return "this process";
  const name = here ? processName(holder.pid) : "";
  return `process ${holder.pid}${name ? ` (${name})` : ""}${here ? "" : ` on ${holder.host}`}`;
}

/** Creates the file `lock` with this process's name in it, and takes it from a holder whose process is gone.
 *  @throws what `held` makes of a living holder */
export function takeLock(lock: string, held: (holder: Holder) => Error): FileLock {
  const text = JSON.stringify(ownHolder());
  while (!create(lock, text)) {
    const found = readLock(lock);
    if (found === undefined) continue;
    const holder = parseHolder(found);
    if (holder && isAlive(holder)) throw held(holder);
    // A process that died between creating and writing its lock leaves an empty one.
    removeStale(lock, found);
  }
  // The text is remembered, so that only this very lock is ever removed.
  const release = (): void => {
    process.off("exit", release);
    if (readLock(lock) === text) rmSync(lock, { force: true });
  };
  process.once("exit", release);
  return { release };
}

function ownHolder(): Holder {
  const since = new Date().toISOString();
  return { pid: process.pid, host: hostname(), started: startOf(process.pid), since };
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
