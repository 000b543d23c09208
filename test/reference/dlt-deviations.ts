import type { ErrorCode } from "../../core/errors.ts";
import type { DltCase } from "./dlt-cases.ts";

/** Where runlet differs from dlt on real files: `deviation` is the number in docs/deviations.md. */
export interface FileDeviation {
  deviation: number;
  file: RegExp;
  /** `table` or `table.column` of what differs. */
  at: RegExp;
  reason: string;
  /** Set where runlet refuses the file. */
  refused?: ErrorCode;
}

export const FILE_DEVIATIONS: readonly FileDeviation[] = [
  {
    deviation: 8,
    file: /^dlt--ethereum\.blocks/,
    at: /^blocks(\.total_difficulty|__transactions\.value(__v_decimal)?)$/,
    reason: "difficulties and values in wei beyond 64 bits keep their digits; dlt rounds them to doubles",
  },
  {
    deviation: 8,
    file: /i_number_(too_big_(neg|pos)_int|very_big_negative_int)$/,
    at: /\.value$/,
    reason: "integers beyond 64 bits keep their digits",
  },
  {
    deviation: 11,
    file: /^octokit-webhooks--api\.github\.com$/,
    at: /^webhooks\.payload__installation__(created|updated)_at__v_text$/,
    reason: "a text variant holds text: dlt detects a timestamp again, and then fails on the next plain text",
  },
  {
    deviation: 27,
    file: /^oracles--duckdb--data--json--example_r$/,
    at: /^example_r$/,
    reason: "lines end with LF or CRLF; a CR alone is white space",
    refused: "SOURCE_NOT_JSON",
  },
];

const CASE_DEVIATIONS: [number, (item: DltCase) => boolean][] = [
  [6, ({ name }) => /^collision: (two lists of one (path|name)|null wins over a value)$/.test(name)],
  [
    8,
    ({ name }) =>
      /^number: (2\^63$|2\^64|below|thirty digits)|^coerce: (1e300|"123456789012345678901234567890") (after 1 |declared as bigint)/.test(
        name,
      ),
  ],
  [
    10,
    ({ name }) =>
      /an inexact integer|^coerce: (9007199254740993|9223372036854775807) (after 1\.5|declared as double)/.test(
        name,
      ),
  ],
  [
    11,
    ({ tables }) =>
      Object.values(tables!).some((t) =>
        t.columns.some(([n, type]) => /__v_text$/.test(n) && type !== "text"),
      ),
  ],
  [17, ({ name }) => /^text: dlt's (private|mark)/.test(name)],
];

/** Number in docs/deviations.md of why runlet makes something else of a case than dlt. */
export function caseDeviation(item: DltCase): number | undefined {
  return CASE_DEVIATIONS.find(([, applies]) => applies(item))?.[0];
}
