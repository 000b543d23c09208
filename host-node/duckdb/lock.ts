import { basename } from "node:path";
import { RunletError } from "../../core/errors.ts";
import { type FileLock, type Holder, holderName, takeLock } from "../lock-file.ts";
import { machine } from "../machine.ts";
import { systemHolder } from "./processes.ts";

export type { FileLock };

function lockedBy(file: string, lock: string, holder: Holder): RunletError {
  const here = holder.host === machine().hostName();
  return new RunletError("DESTINATION_LOCKED", `${basename(file)} is open in ${holderName(holder)}`, {
    hint: here
      ? "DuckDB allows one writer: close it, or load to another file"
      : `DuckDB allows one writer: close it, or, if that process is gone, remove ${basename(lock)}`,
  });
}

/** Locks a database file for this process with `<file>.lock` beside it, and refuses when another process holds it:
 *  runlet by that file, any other DuckDB by the system's own lock where that can be seen (Linux).
 *  A lock whose process is gone is taken over. Throws DESTINATION_LOCKED. */
export function lockFile(file: string): FileLock {
  const lock = `${file}.lock`;
  const taken = takeLock(lock, (holder) => lockedBy(file, lock, holder));
  const pid = systemHolder(file);
  if (pid !== undefined) {
    taken.release();
    throw lockedBy(file, lock, { pid, host: machine().hostName(), started: "" });
  }
  return taken;
}
