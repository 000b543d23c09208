import type { LogEntry } from "../core/trace/log.ts";

/** An entry as a JSON line on the console, whose fields Workers Logs makes searchable. */
export function logLine({ time, level, event, fields }: LogEntry): void {
  const write = { debug: console.debug, info: console.log, warn: console.warn, error: console.error }[level];
  write(JSON.stringify({ ...fields, event, level, time }));
}
