import { installHost, type LoadInfo } from "../../core/index.ts";
import { armFailpoints, type Failpoint, FAILPOINTS } from "../../core/packages/failpoints.ts";
import { nodeHost } from "../../host-node/host.ts";
import { MemoryStorage } from "./memory-storage.ts";
import { Crash } from "./place.ts";

/** What has become of a run. */
export interface Ended {
  /** Where the power went off. */
  crash: Failpoint | undefined;
  /** Loads of earlier runs that it has finished; undefined: it failed. */
  recovered: number | undefined;
  error: { code?: string; message: string } | undefined;
}

/** The host of random sequences of runs: its storage is in memory, its clock can be set, its power goes off. */
export class Machine {
  /** Seconds that the clock is ahead. */
  clock = 0;
  private storages = new Map<string, MemoryStorage>();

  constructor() {
    installHost({
      ...nodeHost,
      log: () => undefined,
      now: () => Date.now() + this.clock * 1000,
      storage: (name) => {
        if (!this.storages.has(name)) this.storages.set(name, new MemoryStorage());
        return this.storages.get(name)!;
      },
    });
  }

  /** From here on it is another one, on which nothing is stored. */
  replace(): void {
    this.storages = new Map();
  }

  /** Runs until a failpoint is passed for the n-th time, or to the end. */
  async run(cut: readonly [Failpoint, number] | undefined, run: () => Promise<LoadInfo>): Promise<Ended> {
    const ended: Ended = { crash: undefined, recovered: undefined, error: undefined };
    let left = cut?.[1] ?? 0;
    armFailpoints((point) => {
      if (ended.crash === undefined && point === cut?.[0] && --left <= 0) ended.crash = point;
      if (ended.crash !== undefined) throw new Crash(point);
    });
    try {
      ended.recovered = (await run()).recovered.length;
    } catch (thrown) {
      ended.error = thrown as Error;
    } finally {
      armFailpoints(undefined);
    }
    if (ended.crash !== undefined) for (const storage of this.storages.values()) storage.powerCut();
    return ended;
  }
}

/** How far a run had come when the power went off: whether what an earlier one had left to do was done, whether it began
 *  with its own data, and whether these were sealed in a package, and in the destination. */
export function reached(crash: Failpoint | undefined) {
  const inRecovery = crash?.startsWith("recover.") ?? false;
  const at = crash === undefined ? Infinity : FAILPOINTS.indexOf(crash);
  return {
    recovery: crash === "recover.commit.after" || !(inRecovery || crash === "lock.after"),
    own: !inRecovery && crash !== "lock.after",
    sealed: at >= FAILPOINTS.indexOf("package.seal.after"),
    committed: at >= FAILPOINTS.indexOf("destination.commit.after"),
  };
}

/** Two records a page, up to the page at which the source breaks. */
export function* pagesOf<T>(records: readonly T[], breaks: number | undefined): Generator<T[]> {
  for (let at = 0, page = 0; ; at += 2) {
    if (page++ === breaks) throw new Error("broken");
    if (at >= records.length) return;
    yield records.slice(at, at + 2);
  }
}
