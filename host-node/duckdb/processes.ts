import { readFileSync, statSync } from "node:fs";
import { machine } from "../machine.ts";

function readOr(path: string): string {
  if (!machine().mayRead(path)) return "";
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** When a process began, in clock ticks since the system started (field 22 of proc(5)'s stat); empty off Linux. */
export function startOf(pid: number): string {
  const stat = readOr(`/proc/${pid}/stat`);
  // The second field, the name, may contain spaces and parentheses.
  return stat === "" ? "" : (stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "");
}

/** A process's short name; empty where unknown. */
export function processName(pid: number): string {
  return readOr(`/proc/${pid}/comm`).trim();
}

/** Number of another process that holds a POSIX lock on the file, as native DuckDB does (proc_locks(5));
 *  undefined where there is none or none can be seen. */
export function systemHolder(file: string): number | undefined {
  const locks = readOr("/proc/locks");
  const stat = statSync(file, { throwIfNoEntry: false });
  if (locks === "" || !stat) return undefined;
  for (const line of locks.split("\n")) {
    // 1: POSIX  ADVISORY  WRITE 4711 08:01:123456 0 EOF
    const [, , , , pid, place] = line.trim().split(/\s+/);
    if (place?.split(":")[2] === String(stat.ino) && Number(pid) !== process.pid && Number(pid) > 0) {
      return Number(pid);
    }
  }
  return undefined;
}
