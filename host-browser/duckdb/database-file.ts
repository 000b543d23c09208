import { RunletError } from "../../core/errors.ts";
import { opfsFile, opfsFolder, opfsPath } from "../opfs.ts";
import type { DuckDBWorker } from "./worker.ts";

/** How long a file that is held is waited for: a page that is being left lets go of it a little later. */
const PATIENCE_MS = 2000;
const PAUSE_MS = 100;

/** Files that DuckDB may have beside a database. */
export const COMPANIONS = [".wal", ".wal.checkpoint", ".wal.recovery"];

/** Bytes at the beginning of a database that change with every checkpoint. */
const HEADER_BYTES = 3 * 4096;

/** Name of a copy within the engine. */
const COPY = "copy.duckdb";

/** A database in the origin's private file system. */
export class DatabaseFile {
  readonly path: string;
  readonly name: string;
  #given: string[] = [];

  constructor(path: string) {
    this.path = path;
    this.name = opfsPath(path).name;
  }

  /** Whether what is at the path may be opened. @throws RunletError DESTINATION_FAILED */
  async check(existing: boolean): Promise<void> {
    const handle = await opfsFile(this.path);
    if (!handle) {
      if (!existing) return;
      throw new RunletError("DESTINATION_FAILED", `${this.path} does not exist`, {
        hint: "check the name; a load creates it",
      });
    }
    const file = await handle.getFile();
    if (file.size > 0 && (await file.slice(8, 12).text()) !== "DUCK") {
      throw new RunletError("DESTINATION_FAILED", `${this.path} exists and is no DuckDB database`, {
        hint: "load to another file; runlet does not overwrite this one",
      });
    }
  }

  /** Makes the file, or a copy of it, known to the engine. Returns the name to attach.
   *  @throws RunletError DESTINATION_LOCKED when another tab or worker has it open */
  async give(worker: DuckDBWorker, copied: boolean): Promise<string> {
    if (copied) {
      const bytes = await snapshot(this.path);
      await worker.request("REGISTER_FILE_BUFFER", [COPY, bytes], [bytes.buffer]);
      this.#given = [COPY];
      return COPY;
    }
    // A checkpoint opens them all, though nothing is ever left in them.
    for (const ending of ["", ...COMPANIONS]) {
      await this.#hold(worker, this.path + ending);
      this.#given.push(this.path + ending);
    }
    return this.path;
  }

  /** Writes what is buffered and lets go of the handles. */
  async takeBack(worker: DuckDBWorker): Promise<void> {
    const given = this.#given.splice(0);
    if (given.length === 0) return;
    await worker.request("DROP_FILES", given);
    if (given[0] !== COPY) await removeEmpty(given.slice(1));
  }

  async #hold(worker: DuckDBWorker, path: string): Promise<void> {
    for (let waited = 0; ; waited += PAUSE_MS) {
      try {
        return void (await worker.request("REGISTER_OPFS_FILE_NAME", [path]));
      } catch (cause) {
        const message = cause instanceof Error ? cause.message : String(cause);
        if (!/access handle/i.test(message)) {
          throw new RunletError("STORAGE_FAILED", `cannot open ${path}: ${message}`, { cause });
        }
        if (waited >= PATIENCE_MS) {
          throw new RunletError("DESTINATION_LOCKED", `${this.name} is open in another tab or window`, {
            hint: 'close that one, or look at a copy: duckdb("' + this.path + '", { readOnly: true })',
            cause,
          });
        }
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }
}

/** What nothing is in need not lie about; another page may have opened it meanwhile. */
async function removeEmpty(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const { folders, name } = opfsPath(path);
    const folder = await opfsFolder(folders);
    const file = await (await opfsFile(path))?.getFile();
    if (file?.size === 0) await folder?.removeEntry(name).catch(() => undefined);
  }
}

/** The bytes of a file between two of its writer's checkpoints. @throws RunletError STORAGE_FAILED */
export async function snapshot(path: string): Promise<Uint8Array<ArrayBuffer>> {
  for (let attempt = 1; ; attempt++) {
    const handle = await opfsFile(path);
    if (!handle) {
      throw new RunletError("DESTINATION_FAILED", `${path} does not exist`, { hint: "check the name" });
    }
    try {
      const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
      const after = await handle.getFile();
      const header = new Uint8Array(await after.slice(0, HEADER_BYTES).arrayBuffer());
      if (after.size === bytes.length && header.every((byte, at) => byte === bytes[at])) return bytes;
    } catch (cause) {
      // The file changed while it was read.
      if (attempt === 20) {
        throw new RunletError("STORAGE_FAILED", `cannot read ${path}: ${String(cause)}`, { cause });
      }
    }
    if (attempt === 20) {
      throw new RunletError("STORAGE_FAILED", `cannot copy ${path}: it is being written`, {
        hint: "try again when the load in the other tab has ended",
      });
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
