import { asRunletError, RunletError } from "../errors.ts";
import type { Origin } from "./origin.ts";
import type { Node } from "./plan.ts";

/** The error of a resource's function or data, with its source and resource. */
export function atResource(error: unknown, node: Node, signal: AbortSignal): RunletError {
  if (signal.aborted && !(error instanceof RunletError)) {
    return new RunletError("CANCELLED", "the run was cancelled", { cause: error, hint: "nothing loaded" });
  }
  const place = { source: node.source, resource: node.name };
  if (!(error instanceof RunletError)) {
    const { message } = asRunletError(error);
    return new RunletError("SOURCE_FAILED", `resource ${node.name}: ${message}`, {
      where: place,
      cause: error,
    });
  }
  if (error.where.resource !== undefined) return error;
  return withPlace(error, place, error.message);
}

/** What JSON can begin with. */
const BEGINS_JSON = /^\s*[{["\d\-tfn]/;

/** The error with what is known of the piece it happened in. */
export function atOrigin(error: unknown, origin: Origin | undefined): unknown {
  if (!(error instanceof RunletError) || !origin || error.message.startsWith(origin.label) || error.where.url)
    return error;
  if (!/^(SOURCE|LIMIT)_/.test(error.code)) return error;
  const markup = error.code === "SOURCE_NOT_JSON" && /html|xml/i.test(origin.contentType ?? "");
  const isFirst = error.code === "SOURCE_NOT_JSON" && error.where.record === 1;
  const hint = markup
    ? `the server sent ${origin.contentType}: an error or login page, perhaps`
    : isFirst && !BEGINS_JSON.test(error.where.excerpt ?? "{")
      ? `if it is comma-separated text, say so: format: "csv" (--format csv)`
      : error.hint;
  // Where the records came from says more than the table they were to go to, which the engine names.
  const { table } = error.where;
  const told =
    table && error.message.startsWith(`${table}: `) ? error.message.slice(table.length + 2) : error.message;
  return withPlace(error, origin.url ? { url: origin.url } : {}, `${origin.label}: ${told}`, hint);
}

function withPlace(
  error: RunletError,
  place: RunletError["where"],
  message: string,
  hint = error.hint,
): RunletError {
  const copy = new RunletError(error.code, message, {
    where: { ...place, ...error.where },
    ...(hint === undefined ? {} : { hint }),
    ...(error.cause === undefined ? {} : { cause: error.cause }),
  });
  if (error.stack) copy.stack = error.stack;
  return copy;
}
