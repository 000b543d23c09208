import type { DestinationSession } from "../destinations/contract.ts";
import { failpoint } from "./failpoints.ts";
import { loadPackage } from "./load-package.ts";
import type { Manifest, PackageTarget } from "./manifest.ts";
import type { PackageStore } from "./package-store.ts";

export interface RecoverOptions {
  target: PackageTarget;
  keep: boolean;
  /** Milliseconds since the Unix epoch. */
  now(): number;
  log(line: string): void;
}

/** A folder without a manifest belongs to a run that has just begun, or died in that moment; a day tells. */
const DAY_SECONDS = 86_400;

/** Puts in order what runs of this target before this one left: what was not sealed goes, what was sealed is loaded
 *  unless it is there already. Returns the ids of the loads it did. The caller holds the target's lock. */
export async function recover(
  store: PackageStore,
  session: DestinationSession,
  { target, keep, now, log }: RecoverOptions,
): Promise<string[]> {
  const recovered: string[] = [];
  for (const id of await store.ids()) {
    const manifest = await store.manifest(id);
    if (!manifest) {
      if (Number(id) < now() / 1000 - DAY_SECONDS) await store.remove(id);
      continue;
    }
    if (!sameTarget(manifest, target)) continue;
    if (manifest.status === "extracting") {
      await session.discard?.(id);
      await store.remove(id);
    }
    if (manifest.status !== "sealed") continue;
    failpoint("recover.before");
    const outcome = await loadPackage(store, manifest, session);
    if (outcome === "superseded") {
      await store.mark(manifest, "superseded");
      log(
        `load package ${id} was left by an earlier run, and other runs have loaded since: it is kept, not loaded (runlet packages show ${id})`,
      );
      continue;
    }
    if (outcome === "loaded") {
      recovered.push(id);
      log(`load package ${id}, left by an earlier run, is loaded`);
    }
    if (keep) await store.mark(manifest, "loaded", { loaded: new Date(now()).toISOString() });
    else await store.remove(id);
  }
  return recovered;
}

export function sameTarget(a: PackageTarget & Partial<Manifest>, b: PackageTarget): boolean {
  return a.destination === b.destination && a.dataset === b.dataset && a.folder === b.folder;
}
