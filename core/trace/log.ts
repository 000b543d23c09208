import type { Json } from "../json.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** One thing that happened in a run. Events: `run.start`, `extract.start`, `extract.end`, `http.retry`, `load`,
 *  `schema.change`, `commit`, `run.end`, `run.failed`, and `notice` for what else a person should know. */
export interface LogEntry {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly level: LogLevel;
  readonly event: string;
  /** Plain data without secrets. */
  readonly fields: Readonly<Record<string, Json>>;
}
