import { RunletError } from "../errors.ts";
import type { FolderItem, OpenFolder } from "../folders/folder.ts";
import { sameBytes } from "../folders/same-bytes.ts";
import { host } from "../host.ts";
import type { StorageLock } from "./storage.ts";

/** Milliseconds without a sign of life after which the holder of a lock is taken for dead. */
const LEASE = 60_000;

export interface FolderLock extends StorageLock {
  /** Whether another run has taken the lock over. */
  lost(): boolean;
}

/** Holds a lock in a folder that can do no more than store an object unless it is there: objects numbered on, of which the
 *  last is the lock. The holder stores its own again and again, and empties it in the end. When it has done neither for
 *  {@link LEASE}, the next number is free to be taken. Numbers never start anew: a holder that was asleep cannot come first
 *  again. @throws RunletError CONCURRENT_RUN with when the holder gave its last sign of life */
export async function lockInFolder(folder: OpenFolder, prefix: string, what: string): Promise<FolderLock> {
  const sign = new TextEncoder().encode(JSON.stringify({ holder: crypto.randomUUID(), what }));
  const numbered = (number: number) => `${prefix}${String(number).padStart(9, "0")}`;
  const newest = async () => (await folder.list(prefix)).at(-1);
  const earlier = await folder.list(prefix);
  const before = earlier.at(-1);
  if (before?.bytes && (await timeIn(folder, prefix)) - before.modified < LEASE) throw held(what, before);
  const number = before ? Number(before.name.slice(prefix.length)) + 1 : 1;
  const mine = numbered(number);
  if (!(await folder.put(mine, sign, { ifAbsent: true }))) throw held(what, await newest());
  // One that stays is taken away by the next run.
  for (const { name } of earlier) await folder.remove(name).catch(() => undefined);
  let lost = false;
  const isMine = async () => {
    const now = await folder.get(mine);
    lost ||= !sameBytes(now, sign) || (await newest())?.name !== mine;
    return !lost;
  };
  let renewing: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    // A renewal that does not get through is tried again; the lease is longer than several of them.
    renewing = renewing.then(async () => (await isMine()) && folder.put(mine, sign)).catch(() => undefined);
  }, LEASE / 4);
  return {
    lost: () => lost,
    async release() {
      clearInterval(timer);
      await renewing;
      try {
        if (await isMine()) await folder.put(mine, new Uint8Array());
      } catch {
        // What the run did is done; the lease ends by itself.
      }
    },
  };
}

/** Milliseconds since the Unix epoch by the folder's clock, which this machine's may be ahead of. */
async function timeIn(folder: OpenFolder, prefix: string): Promise<number> {
  const clocks = `${prefix.slice(0, -1)}.clock/`;
  const mine = clocks + crypto.randomUUID();
  await folder.put(mine, new Uint8Array());
  const item = (await folder.list(clocks)).find(({ name }) => name === mine);
  await folder.remove(mine);
  return item?.modified ?? host().now();
}

function held(what: string, by: FolderItem | undefined): RunletError {
  const since = by ? `, whose last sign of life came ${new Date(by.modified).toISOString()}` : "";
  return new RunletError("CONCURRENT_RUN", `${what} is being run by another process${since}`, {
    hint: `nothing was changed · wait for that run; one that has died is taken over after ${LEASE / 1000} s`,
  });
}
