import type { LogEntry, LogLevel } from "../../core/trace/log.ts";
import { stderrColours } from "./colours.ts";
import { jsonText, snakeCased } from "./printed-json.ts";

/** A run's entry as a line of JSON on stderr: `{"time", "level", "event", …fields}`. */
export function printEntry({ fields, ...entry }: LogEntry): void {
  process.stderr.write(`${jsonText(snakeCased({ ...entry, ...fields }))}\n`);
}

/** A line of the command's own. */
export function logLine(level: LogLevel, event: string, fields: object): void {
  process.stderr.write(`${jsonText({ time: new Date().toISOString(), level, event, ...fields })}\n`);
}

/** What a person should know of a load that went well: on stderr, where `log` is given as a line of the log. */
export function tell(message: string, log: "json" | undefined): void {
  if (log) logLine("warn", "notice", { message });
  else process.stderr.write(`${stderrColours().yellow("!")} ${message}\n`);
}
