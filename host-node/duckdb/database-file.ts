import { closeSync, existsSync, openSync, readSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { RunletError } from "../../core/errors.ts";
import { machine } from "../machine.ts";
import { makeFolder } from "../make-folder.ts";

/** Absolute path of a database file whose folder exists from now on; with `existing` the file has to exist, too. */
export function locateFile(path: string, existing: boolean): string {
  const file = resolve(path);
  if (existing && !existsSync(file)) {
    throw new RunletError("DESTINATION_FAILED", `${path} does not exist`, {
      hint: "check the path; a load creates it",
    });
  }
  try {
    makeFolder(dirname(file));
    return statSync(file, { throwIfNoEntry: false })
      ? realpathSync(file)
      : join(realpathSync(dirname(file)), basename(file));
  } catch (error) {
    throw storageError(file, error);
  }
}

/** A file system's error on opening a database file. */
export function storageError(file: string, error: unknown): RunletError {
  const reason = error instanceof Error ? error.message : String(error);
  return new RunletError("STORAGE_FAILED", `cannot open ${basename(file)}: ${reason}`, {
    hint: "check the path, its permissions and the space on the disk",
    cause: error,
  });
}

/** Throws when the path is taken by something else than a database. DuckDB's files have `DUCK` at byte 8. */
export function refuseForeignFile(file: string): void {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) return;
  if (stat.isDirectory()) {
    throw new RunletError("DESTINATION_FAILED", `${basename(file)} is a folder`, {
      hint: "name a file, such as data.duckdb",
    });
  }
  const head = new Uint8Array(12);
  const descriptor = openSync(file, "r");
  try {
    readSync(descriptor, head, 0, head.length, 0);
  } finally {
    closeSync(descriptor);
  }
  if (stat.size > 0 && new TextDecoder().decode(head.subarray(8)) !== "DUCK") {
    throw new RunletError("DESTINATION_FAILED", `${basename(file)} exists and is no DuckDB database`, {
      hint: "load to another file; runlet does not overwrite this one",
    });
  }
}

/** Whether the file, or where there is none its folder, can be written, and a lock put beside it. */
export function isWritable(file: string): boolean {
  const { canWrite } = machine();
  return (!statSync(file, { throwIfNoEntry: false }) || canWrite(file)) && canWrite(dirname(file));
}
