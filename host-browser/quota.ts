import { RunletError } from "../core/errors.ts";

/** Bytes that this origin uses and may use, as the browser estimates them. */
export interface StorageEstimate {
  readonly used: number;
  readonly quota: number;
  /** Bytes left of the quota. */
  readonly available: number;
  /** Whether the browser has promised not to clear it when the disk gets full. */
  readonly persistent: boolean;
}

/** What this origin uses of its share of the disk. */
export async function storageEstimate(): Promise<StorageEstimate> {
  const { usage: used = 0, quota = 0 } = await navigator.storage.estimate();
  const persistent = (await navigator.storage.persisted?.()) ?? false;
  return { used, quota, available: Math.max(0, quota - used), persistent };
}

/** Asks the browser to keep this origin's data when the disk gets full; it may ask the person. Returns whether it will. */
export async function keepStorage(): Promise<boolean> {
  return (await navigator.storage.persist?.()) ?? false;
}

/** Whether the file system said that the origin may not have more. */
export function isQuotaError(error: unknown): boolean {
  const { name, message } = error as Error;
  return name === "QuotaExceededError" || /quota|no space|file size limit/i.test(message);
}

/** The error of a write for which there was no room: with what is used and left. */
export async function quotaExceeded(doing: string, cause: unknown): Promise<RunletError> {
  const { used, available, quota } = await storageEstimate();
  return new RunletError(
    "STORAGE_FAILED",
    `${doing}: this site's storage is full (${megabytes(used)} used of ${megabytes(quota)}, ${megabytes(available)} left)`,
    { hint: "nothing was loaded: delete saved databases, free space on the disk, or load less", cause },
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
