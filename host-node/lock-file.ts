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
import { processName, startOf } from "./duckdb/processes.ts";
import { machine, SOME_MACHINE } from "./machine.ts";

/** Who holds a lock. */
export interface Holder {
  pid: number;
  host: string;
  /** When the process began, to tell it from a later one with its number; empty where unknown. */
  started: string;
  /** When the lock was taken: ISO 8601, UTC. */
  since?: string;
  /** The file is locked as well, as long as the process lives. */
  claimed?: true;
}

export interface FileLock {
  release(): void;
}

/** A holder as messages name it: `process 4711 (node)`, with its machine where that is another. */
export function holderName(holder: Holder): string {
  const here = holder.host === machine().hostName();
  if (here && holder.pid === process.pid) return "this process";
  const name = here ? processName(holder.pid) : "";
  return `process ${holder.pid}${name ? ` (${name})` : ""}${here ? "" : ` on ${holder.host}`}`;
}

/** Creates the file `lock` with this process's name in it, and takes it from a holder whose process is gone.
 *  @throws what `held` makes of a living holder */
export function takeLock(lock: string, held: (holder: Holder) => Error): FileLock {
  const text = JSON.stringify(ownHolder());
  let letGo: (() => void) | undefined;
  while (!(letGo = create(lock, text))) {
    const found = readLock(lock);
    if (found === undefined) continue;
    const holder = parseHolder(found);
    if (holder && isAlive(holder, lock)) throw held(holder);
    // A process that died between creating and writing its lock leaves an empty one.
    removeStale(lock, found);
  }
  // The text is remembered, so that only this very lock is ever removed.
  const release = (): void => {
    process.off("exit", release);
    if (readLock(lock) === text) rmSync(lock, { force: true });
    letGo();
  };
  process.once("exit", release);
  return { release };
}

function ownHolder(): Holder {
  const { hostName, claim } = machine();
  return {
    pid: process.pid,
    host: hostName(),
    started: startOf(process.pid),
    since: new Date().toISOString(),
    ...(claim ? { claimed: true } : {}),
  };
}

function parseHolder(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Holder;
    return Number.isInteger(holder.pid) && typeof holder.host === "string" ? holder : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder, lock: string): boolean {
  const { hostName, isRunning, claim } = machine();
  const here = holder.host === hostName();
  const perhapsHere = here || holder.host === SOME_MACHINE || hostName() === SOME_MACHINE;
  if (holder.claimed && claim && perhapsHere) {
    const letGo = claim(lock);
    letGo?.();
    return letGo === undefined;
  }
  if (!here) return true;
  if (isRunning(holder.pid) === false) return false;
  return holder.started === "" || holder.started === startOf(holder.pid);
}

/** How to let go of it; undefined when there is one already. */
function create(lock: string, text: string): (() => void) | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(lock, "wx");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return undefined;
    throw error;
  }
  // Before its text is there: whoever reads that finds the file locked.
  const letGo = machine().claim?.(lock);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  return letGo ?? (() => undefined);
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
