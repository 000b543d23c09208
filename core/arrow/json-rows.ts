import type { Json } from "../json.ts";
import { readRows } from "./ipc-rows.ts";

/** Rows of an Arrow IPC stream as JSON values: integers are numbers, bigint beyond 2^53; binary is base64 text; all
 *  else as {@link readRows} gives it. No code is generated at run time, which some runtimes forbid. */
export function readJsonRows(stream: Uint8Array): Record<string, Json>[] {
  const rows = readRows(stream);
  for (const row of rows) for (const name in row) row[name] = asJson(row[name]);
  return rows as Record<string, Json>[];
}

function asJson(value: unknown): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  return value instanceof Uint8Array ? base64(value) : value;
}

function base64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8192)
    binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary);
}
