import { RunletError } from "../errors.ts";

/** A place for whole objects, each under a name: a folder on a disk, a part of a bucket. Making one opens nothing. */
export interface Folder {
  /** As people would write it, without secrets: `lake`, `s3://bucket/prefix`, `r2:LAKE/prefix`. */
  readonly at: string;
  /** The place is relative to the working folder. */
  readonly relative?: boolean;
  open(options: FolderOptions): Promise<OpenFolder>;
}

/** What a folder may need of the run that opens it. */
export interface FolderOptions {
  /** Text of the `Value`s that a folder is configured with. */
  resolve?: ((value: unknown) => Promise<string>) | undefined;
  /** What `run({ env })` holds under a name, as it is: a binding. */
  binding?: ((name: string) => unknown) | undefined;
  /** Declares a credential that no message may show. */
  conceal?: ((value: string, name: string) => void) | undefined;
  signal?: AbortSignal | undefined;
  /** Refuse to create the folder: it must be there already. */
  existing?: boolean | undefined;
}

/** Names are relative paths with `/`. Every method throws `RunletError` (STORAGE_FAILED, DESTINATION_FAILED,
 *  CONFIG_INVALID, CANCELLED) with what to do about it. */
export interface OpenFolder {
  /** Stores a whole object, or nothing; it is durable when this returns. With `ifAbsent` an object that is there already
   *  stays as it is. Returns whether it was stored. Equal bytes that are there may count as stored, since the answer to
   *  an earlier attempt may have been lost: what several may write has something of its own in it. */
  put(name: string, bytes: Uint8Array, options?: { ifAbsent?: boolean }): Promise<boolean>;
  /** Undefined when there is no such object. */
  get(name: string): Promise<Uint8Array | undefined>;
  /** All objects whose names begin with `prefix`, which is empty or ends in `/`; sorted by name, in code units. */
  list(prefix: string): Promise<FolderItem[]>;
  /** Names, without the prefix and the `/`, of what lies one level below `prefix` and has objects in it; sorted. */
  folders(prefix: string): Promise<string[]>;
  /** Takes an object away; one that is not there is no error. */
  remove(name: string): Promise<void>;
  /** Names as another program on this machine may open them; absent where they are no files. */
  path?(name: string): string;
}

export interface FolderItem {
  name: string;
  bytes: number;
  /** When it was stored: milliseconds since the Unix epoch, by the folder's clock. */
  modified: number;
}

/** A folder's path or prefix as `a/b/`, without `.`-parts and double slashes; empty for the root.
 *  @throws RunletError CONFIG_INVALID for `..` */
export function prefixOf(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) {
    throw new RunletError("CONFIG_INVALID", `the prefix ${path} has a part ..`, {
      hint: "write the whole way from the bucket on: a/b",
    });
  }
  return parts.map((part) => `${part}/`).join("");
}
