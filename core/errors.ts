/** Who has to act on an error: the person running the load, the author of the pipeline, or the operator of a system. */
export type Actor = "user" | "author" | "operator";

interface CodeFacts {
  /** Process exit code of the command line. */
  readonly exit: 2 | 3 | 4 | 5 | 6 | 7 | 70;
  readonly actor: Actor;
  /** Whether running the same thing again may succeed. */
  readonly retry: boolean;
}

/** The closed set of error codes. Exit codes: 2 usage or configuration, 3 schema or contract, 4 source,
 *  5 destination, 6 storage, 7 cancelled, 70 defect. */
export const ERROR_CODES = {
  USAGE: { exit: 2, actor: "user", retry: false },
  CONFIG_MISSING: { exit: 2, actor: "user", retry: false },
  CONFIG_INVALID: { exit: 2, actor: "user", retry: false },
  PIPELINE_INVALID: { exit: 2, actor: "author", retry: false },
  DRIVER_MISSING: { exit: 2, actor: "user", retry: false },
  SCHEMA_CONTRACT: { exit: 3, actor: "author", retry: false },
  SCHEMA_INVALID: { exit: 3, actor: "author", retry: false },
  NULL_IN_KEY: { exit: 3, actor: "author", retry: false },
  SOURCE_NOT_JSON: { exit: 4, actor: "operator", retry: false },
  SOURCE_NOT_CSV: { exit: 4, actor: "operator", retry: false },
  SOURCE_NOT_UTF8: { exit: 4, actor: "operator", retry: false },
  SOURCE_SELECTOR: { exit: 4, actor: "author", retry: false },
  SOURCE_HTTP: { exit: 4, actor: "operator", retry: true },
  SOURCE_NETWORK: { exit: 4, actor: "operator", retry: true },
  SOURCE_NOT_FOUND: { exit: 4, actor: "user", retry: false },
  SOURCE_FAILED: { exit: 4, actor: "author", retry: false },
  CURSOR_INVALID: { exit: 4, actor: "author", retry: false },
  BOUNDARY_OVERFLOW: { exit: 4, actor: "author", retry: false },
  LIMIT_DEPTH: { exit: 4, actor: "author", retry: false },
  LIMIT_RECORD: { exit: 4, actor: "author", retry: false },
  LIMIT_COLUMNS: { exit: 3, actor: "author", retry: false },
  LIMIT_TABLES: { exit: 3, actor: "author", retry: false },
  LIMIT_PACKAGE: { exit: 6, actor: "operator", retry: false },
  LIMIT_MEMORY: { exit: 4, actor: "operator", retry: false },
  DESTINATION_LOCKED: { exit: 5, actor: "user", retry: true },
  DESTINATION_FAILED: { exit: 5, actor: "operator", retry: true },
  DESTINATION_SCHEMA: { exit: 5, actor: "author", retry: false },
  DESTINATION_QUERY: { exit: 5, actor: "user", retry: false },
  CONCURRENT_RUN: { exit: 5, actor: "user", retry: true },
  STORAGE_FAILED: { exit: 6, actor: "operator", retry: true },
  CANCELLED: { exit: 7, actor: "user", retry: true },
  DEFECT: { exit: 70, actor: "author", retry: false },
} as const satisfies Record<string, CodeFacts>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** Where something went wrong; every part is optional. */
export interface ErrorWhere {
  source?: string;
  resource?: string;
  table?: string;
  column?: string;
  /** Number of the record within its input, from 1. */
  record?: number;
  /** Byte offset within the input, from 0. */
  offset?: number;
  /** Line within the input, from 1. */
  line?: number;
  /** A short piece of the input around the fault, printable, without masked values. */
  excerpt?: string;
  /** What of the schema contract was violated, and the mode that stopped the load. */
  entity?: "tables" | "columns" | "data_type";
  mode?: "freeze";
  /** Data type of the value that violates it. */
  valueType?: string;
  url?: string;
  status?: number;
}

export interface ErrorOptions {
  where?: ErrorWhere;
  /** What the person should do next, in one line. */
  hint?: string;
  cause?: unknown;
}

/** The one error class of runlet. `code` is one of {@link ERROR_CODES}; `message` says what happened and where. */
export class RunletError extends Error {
  override readonly name = "RunletError";
  readonly code: ErrorCode;
  readonly where: ErrorWhere;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.where = options.where ?? {};
    this.hint = options.hint;
  }

  get exitCode(): number {
    return ERROR_CODES[this.code].exit;
  }

  get actor(): Actor {
    return ERROR_CODES[this.code].actor;
  }

  get retry(): boolean {
    return ERROR_CODES[this.code].retry;
  }

  /** The printed form: `CODE  message` and the hint on the next line. */
  override toString(): string {
    return `${this.code}  ${this.message}` + (this.hint ? `\n  ${this.hint}` : "");
  }

  toJSON(): Record<string, unknown> {
    return { code: this.code, message: this.message, where: this.where, hint: this.hint };
  }
}

/** Any thrown value as a {@link RunletError}; what is none already becomes `code`. */
export function asRunletError(error: unknown, code: ErrorCode = "DEFECT", where?: ErrorWhere): RunletError {
  if (error instanceof RunletError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new RunletError(code, message, { cause: error, ...(where ? { where } : {}) });
}
