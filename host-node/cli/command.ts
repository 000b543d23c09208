import type { Command } from "commander";
import { reportError, type ReportOptions } from "./report.ts";

/** Tells the process's exit code. */
export type Ended = (exitCode: number) => void;

/** Adds a command to the program. */
export type AddCommand = (program: Command, ended: Ended) => void;

/** Does a command's work; what it throws is reported and becomes the exit code. With Ctrl-C (or SIGTERM) the signal
 *  aborts, a second one ends the process. */
export async function carryOut(
  ended: Ended,
  report: ReportOptions,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const interrupt = () => (stop.signal.aborted ? process.exit(7) : stop.abort());
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  try {
    await work(stop.signal);
  } catch (error) {
    ended(reportError(error, report));
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}
