import { RunletError } from "runlet";
import { placeAt, type Place } from "./place.ts";

/** Something that went wrong, as the page shows it. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  /** The line of the input it happened in, and where in it. */
  readonly place?: Place | undefined;
  /** Whether reading on without the broken records is an answer. */
  readonly skippable: boolean;
  /** An address that the page could not read; a command line can. */
  readonly url?: string | undefined;
}

const BAD_RECORD = new Set(["SOURCE_NOT_JSON", "SOURCE_NOT_UTF8", "LIMIT_DEPTH", "LIMIT_RECORD"]);

export async function failureOf(error: unknown, source: Blob | undefined, url?: string): Promise<Failure> {
  const known = error instanceof RunletError ? error : undefined;
  const message = error instanceof Error ? error.message : String(error);
  const offset = known?.where.offset;
  const bad = known !== undefined && BAD_RECORD.has(known.code);
  return {
    code: known?.code ?? "DEFECT",
    message,
    hint: known?.hint,
    skippable: bad,
    place: bad && source && offset !== undefined ? await placeAt(source, offset) : undefined,
    url,
  };
}
