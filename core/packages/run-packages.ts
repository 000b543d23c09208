import type { Destination } from "../destinations/contract.ts";
import { RunletError } from "../errors.ts";
import type { Folder, FolderOptions } from "../folders/folder.ts";
import type { Host } from "../host.ts";
import { sha256 } from "./digest.ts";
import { failpoint } from "./failpoints.ts";
import { openFolderStorage } from "./folder-storage.ts";
import type { PackageTarget } from "./manifest.ts";
import { PackageStore } from "./package-store.ts";
import type { Storage, StorageLock } from "./storage.ts";

export type PackageMode = "remove" | "keep" | "none";
export type PackageOptions =
  | PackageMode
  | {
      mode?: PackageMode;
      maxBytes?: number;
      /** Where packages are kept, such as a bucket; default: the host's storage. */
      folder?: Folder;
    };

/** Bytes of Arrow a package may have when nobody says. */
const MAX_BYTES = 64 * 1024 ** 3;

/** The packages of one run, and its hold on their place. */
export interface RunPackages {
  readonly store: PackageStore;
  readonly target: PackageTarget;
  readonly keep: boolean;
  readonly maxBytes: number;
  /** Lets other runs of the pipeline to this target begin. */
  release(): Promise<void>;
}

export interface PackagesOf {
  pipeline: string;
  dataset: string;
  destination: Destination;
  host: Host;
  options: PackageOptions | undefined;
  /** A setting as text; empty when it is not set. */
  setting(name: string): Promise<string>;
  /** What a folder for packages may need to open. */
  opening: FolderOptions;
}

/** Opens the place of a pipeline's packages and locks it for this target; undefined where the run has none.
 *  @throws RunletError CONCURRENT_RUN, with the holder, when the pipeline is being run to this target */
export async function openPackages(of: PackagesOf): Promise<RunPackages | undefined> {
  const { pipeline, dataset, destination, host } = of;
  const given = typeof of.options === "string" ? { mode: of.options } : (of.options ?? {});
  const asked = given.mode ?? ((await of.setting("RUNLET_PACKAGES")) || undefined);
  if (asked !== undefined && !["remove", "keep", "none"].includes(asked)) {
    throw new RunletError("CONFIG_INVALID", `RUNLET_PACKAGES is "${asked}"`, {
      hint: "it may be remove, keep or none",
    });
  }
  // What is gone with its process cannot be continued; said explicitly, packages are written all the same.
  if (asked === "none" || (destination.ephemeral && given.mode === undefined)) return undefined;
  const { folder } = given;
  const open = folder ? () => openFolderStorage(folder, pipeline, of.opening) : host.storage?.bind(host);
  if (!open) return undefined;
  const maxBytes = given.maxBytes ?? Number((await of.setting("RUNLET_PACKAGE_BYTES")) || MAX_BYTES);
  if (!(maxBytes > 0)) {
    throw new RunletError("CONFIG_INVALID", "RUNLET_PACKAGE_BYTES is no number of bytes", {
      hint: "write it in digits: 10000000000",
    });
  }
  const storage = await open(pipeline);
  const target: PackageTarget = {
    destination: destination.address,
    dataset,
    ...(destination.relative ? { folder: storage.workingFolder } : {}),
  };
  const lock = await lockTarget(storage, pipeline, target);
  failpoint("lock.after");
  return {
    store: new PackageStore(storage),
    target,
    keep: asked === "keep",
    maxBytes,
    release: () => lock.release(),
  };
}

/** Keeps other runs of the pipeline to this target from beginning. @throws RunletError CONCURRENT_RUN with the holder */
export async function lockTarget(
  storage: Storage,
  pipeline: string,
  { destination, dataset, folder }: PackageTarget,
): Promise<StorageLock> {
  const digest = await sha256(
    new TextEncoder().encode(JSON.stringify([destination, dataset, folder ?? null])),
  );
  return storage.lock(`run-${digest.slice(0, 12)}.lock`, `pipeline ${pipeline} to ${destination}`);
}
