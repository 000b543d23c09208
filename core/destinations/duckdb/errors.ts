import { type ErrorCode, type ErrorWhere, RunletError } from "../../errors.ts";
import { DuckDBError } from "./driver.ts";

/** Kinds of DuckDB's exceptions that say the data and the table do not agree. */
const SCHEMA_KINDS = [
  "Constraint",
  "Conversion",
  "Catalog",
  "Binder",
  "Out of Range",
  "OutOfRange",
  "Mismatch Type",
];

/** First line of a message: the lists of candidate functions after it help nobody. Of a query's, also the line that a
 *  caret points into. */
function firstLines(message: string, code: ErrorCode): string {
  const first = message.split(/\n\s*(?:Candidate|LINE \d|Please try)/)[0]!.trim();
  const place = code === "DESTINATION_QUERY" ? /\nLINE \d+: .*\n *\^/.exec(message) : null;
  return first + (place?.[0] ?? "");
}

/** What a driver threw while `doing` something, as the one error class. */
export function destinationError(
  error: unknown,
  code: ErrorCode,
  doing: string,
  where: ErrorWhere = {},
  hint?: string,
): RunletError {
  if (error instanceof RunletError) return error;
  const message = firstLines(error instanceof Error ? error.message : String(error), code);
  const build = (actual: ErrorCode, advice: string | undefined): RunletError =>
    new RunletError(actual, `${doing}: ${message}`, { where, hint: advice, cause: error });
  if (error instanceof DuckDBError) {
    const { storage } = error;
    if (storage) {
      return build("STORAGE_FAILED", "nothing was loaded: check the disk's space and the file's permissions");
    }
    if (message.includes("read-only mode"))
      return build("STORAGE_FAILED", "make the file and its folder writable");
    if (error.kind.startsWith("Out of Memory")) {
      return build("DESTINATION_FAILED", "load in smaller parts, or with more memory");
    }
    if (code === "DESTINATION_FAILED" && SCHEMA_KINDS.includes(error.kind))
      return build("DESTINATION_SCHEMA", hint);
  }
  return build(code, hint);
}
