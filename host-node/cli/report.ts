import { asRunletError, type ErrorCode, RunletError } from "../../core/errors.ts";
import { stderrColours } from "./colours.ts";
import { logLine } from "./log-lines.ts";
import { printJson } from "./printed-json.ts";

export interface ReportOptions {
  /** The error goes to stdout as JSON, too: `{"error": {code, message, where, hint}}`. */
  json?: boolean | undefined;
  /** stderr has JSON lines, of which the error is the last. */
  log?: "json" | undefined;
  /** Whether the command loads: the report then says that nothing is. */
  loads?: boolean;
  /** What to do next, where the error itself does not say. */
  advice?: Partial<Record<ErrorCode, string>>;
}

/** Prints an error to stderr and returns the exit code.
 *
 *  ```
 *  ✖ SOURCE_NOT_JSON  bad.ndjson: expected a value (line 3, record 3, byte 21)
 *    {"a":tru}
 *    nothing loaded · exit 4
 *  ```
 */
export function reportError(thrown: unknown, options: ReportOptions = {}): number {
  const error = asRunletError(thrown);
  if (options.json) printJson({ error: error.toJSON() });
  if (options.log) {
    logLine("error", "failed", { ...error.toJSON(), exit: error.exitCode });
    return error.exitCode;
  }
  const c = stderrColours();
  const { excerpt } = error.where;
  // The excerpt gets a line of its own, where it needs no quotes.
  const whole = excerpt ? error.message.replace(` near ${JSON.stringify(excerpt)}`, "") : error.message;
  const message = whole.replaceAll("\n", "\n  ");
  const lines = [`${c.red("✖")} ${c.bold(c.red(error.code))}  ${message}`];
  if (excerpt && whole !== error.message) lines.push(`  ${c.dim(excerpt)}`);
  lines.push(...advice(error, options).map((line) => `  ${line}`));
  process.stderr.write(`${lines.join("\n")}\n`);
  if (error.code === "DEFECT" || process.env["RUNLET_DEBUG"]) process.stderr.write(`${trace(thrown)}\n`);
  return error.exitCode;
}

function advice(error: RunletError, { loads, advice = {} }: ReportOptions): string[] {
  const hint = error.hint ?? advice[error.code] ?? "";
  const lines = hint.split("\n").flatMap((line) => (line.trim() ? [line.trim()] : []));
  const end = [`exit ${error.exitCode}`];
  if (loads && !/nothing( was)? (loaded|of this load)/i.test(hint + error.message))
    end.unshift("nothing loaded");
  const last = lines.pop();
  return [...lines, [...(last ? [last] : []), ...end].join(" · ")];
}

/** The stacks of an error and its causes. */
function trace(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 8) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by: ${trace(error.cause, depth + 1)}`;
  return `${error.stack ?? error.message}${cause}`;
}
