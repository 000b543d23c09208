import { ERROR_CODES, RunletError, type ErrorCode } from "../errors.ts";

/** HTTP statuses of error codes that do not follow from their exit code. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  USAGE: 400,
  PIPELINE_INVALID: 400,
  CONCURRENT_RUN: 409,
  DESTINATION_LOCKED: 409,
  CANCELLED: 503,
};

/** By exit code: configuration, schema, source, destination, storage, cancelled, defect. */
const STATUS_BY_EXIT: Record<number, number> = { 2: 500, 3: 422, 4: 502, 5: 502, 6: 503, 7: 503, 70: 500 };

/** A JSON answer that nobody between here and the client keeps. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(`${JSON.stringify(body)}\n`, {
    status,
    headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store", ...headers },
  });
}

/** An error as plain data: `{"code", "message", "where", "hint"?, "retry"}`. */
export function errorData(error: RunletError): Record<string, unknown> {
  return { ...error.toJSON(), retry: error.retry };
}

/** The answer to a request that failed: `{"error": …}`, by default with the status that fits the code. */
export function failed(
  error: RunletError,
  status = STATUS[error.code] ?? STATUS_BY_EXIT[ERROR_CODES[error.code].exit] ?? 500,
  headers: Record<string, string> = {},
): Response {
  return json(status, { error: errorData(error) }, headers);
}
