/** A small durable folder of blobs that a host gives a pipeline. Names are relative paths with `/`. Every method throws
 *  `RunletError` STORAGE_FAILED with what to do about it. */
export interface Storage {
  /** As people would write it: `.runlet/github`. */
  readonly place: string;
  /** The folder that relative addresses mean. */
  readonly workingFolder: string;
  /** Writes a blob, whole or not at all, and the folders on its way. It is durable when this returns. With `later` it
   *  is so only after a later write to the same folder without it. */
  write(
    name: string,
    bytes: Uint8Array | AsyncIterable<Uint8Array>,
    options?: { later?: boolean },
  ): Promise<void>;
  /** Undefined when there is no such blob. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** What is in a folder (`""`: the storage itself), sorted by name; empty when there is none. */
  list(folder: string): Promise<StoredItem[]>;
  /** Takes a blob, or a folder with all that is in it, away: at once, never by halves. */
  remove(name: string): Promise<void>;
  /** Holds `name` for this run. A lock whose process is gone is taken over.
   *  @throws RunletError CONCURRENT_RUN, with the holder, when another run has it */
  lock(name: string, what: string): Promise<StorageLock>;
}

export interface StoredItem {
  /** Without the folder. */
  name: string;
  isFolder: boolean;
  /** Of a blob. */
  bytes: number;
}

export interface StorageLock {
  release(): Promise<void>;
}
