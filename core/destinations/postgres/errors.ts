import { type ErrorCode, type ErrorWhere, RunletError } from "../../errors.ts";

/** What a server or the driver reports (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
interface Failure {
  message: string;
  code: string;
  /** `COPY t, line 3, column a: …` */
  where?: string;
  constraint_name?: string;
  table_name?: string;
  column_name?: string;
}

/** Something else was done at the same time that this cannot be reconciled with. */
const CONFLICTS = ["40P01", "40001", "42P07", "42701", "42P06"];
const LOST = /^(CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|08|57P0)/;

const HINTS: Record<string, string> = {
  "28P01": "check user and password in the address",
  "28000": "check user, password and sslmode in the address, and the server's pg_hba.conf",
  "3D000": "create the database, or name another one in the address",
  "42501":
    "the role needs CREATE on the database, or USAGE and CREATE on the dataset's schema, whose tables are its own",
  "53100": "the server's disk is full: nothing was loaded",
  "53200": "the server is out of memory: nothing was loaded",
  "53300": "the server takes no more connections: wait, or raise max_connections",
  "25006": "the server is read-only: load to the primary",
};

/** What a driver threw while `doing` something, as the one error class. Values of rows, which a server puts in the detail
 *  of its messages, are left out, of the cause, too. */
export function destinationError(
  error: unknown,
  code: ErrorCode,
  doing: string,
  where: ErrorWhere = {},
  hint?: string,
): RunletError {
  if (error instanceof RunletError) return error;
  const failure = failureOf(error);
  const place = { ...where };
  const copied = /, line (\d+), column ([^:]+)(?::|$)/.exec(failure.where ?? "");
  const column = failure.column_name ?? copied?.[2];
  if (column !== undefined && place.table !== undefined) place.column ??= column;
  const named = column === undefined || failure.message.includes(column) ? "" : ` (column ${column})`;
  const [actual, advice] = judge(failure, code);
  return new RunletError(actual, `${doing}: ${failure.message}${named}`, {
    where: place,
    hint: hint ?? advice,
    cause: bare(failure),
  });
}

function judge({ code, message }: Failure, fallback: ErrorCode): [ErrorCode, string | undefined] {
  if (code === "42501" || code in HINTS) {
    return [fallback === "DESTINATION_QUERY" ? fallback : "DESTINATION_FAILED", HINTS[code]];
  }
  if (LOST.test(code)) {
    const advice = fallback === "DESTINATION_QUERY" ? "run it again" : "nothing was loaded: run again";
    return ["DESTINATION_FAILED", `check that the server can be reached; ${advice}`];
  }
  if (fallback === "DESTINATION_QUERY") return [fallback, undefined];
  if (CONFLICTS.includes(code) || (code === "23505" && message.includes("pg_"))) {
    return [
      "CONCURRENT_RUN",
      "another run changed the same tables at the same time; nothing was loaded: run again",
    ];
  }
  if (code === "55P03") {
    return ["DESTINATION_LOCKED", "another session uses the table for long; nothing was loaded: run again"];
  }
  if (code === "22P05") {
    return [
      "DESTINATION_SCHEMA",
      "Postgres keeps no \\u0000 in JSON: remove it in the source, or declare the column as text",
    ];
  }
  return [/^(22|23|42|0A)/.test(code) ? "DESTINATION_SCHEMA" : fallback, undefined];
}

function failureOf(error: unknown): Failure {
  const { message, code, ...rest } = (error ?? {}) as Partial<Failure>;
  const parts = (error as { errors?: unknown[] } | undefined)?.errors;
  // Node reports the attempts at each address of a host together, without a message.
  if (!message && parts?.length) return failureOf(parts[0]);
  return { ...rest, message: message ?? String(error), code: typeof code === "string" ? code : "" };
}

function bare({ message, code, constraint_name, table_name, column_name }: Failure): Error {
  return Object.assign(new Error(message), { code, constraint_name, table_name, column_name });
}

/** Whether it is not known if the server did what it was asked to. */
export function isConnectionLost(error: unknown): boolean {
  return LOST.test(failureOf(error).code);
}
