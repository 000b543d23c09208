import type { PostgresType } from "postgres";

/** Object ids of types in `pg_type` (PostgreSQL's `pg_type.dat`), with their array types'. */
export const OID = {
  bool: 16,
  bytea: 17,
  int8: 20,
  int2: 21,
  int4: 23,
  text: 25,
  json: 114,
  float4: 700,
  float8: 701,
  date: 1082,
  time: 1083,
  timestamp: 1114,
  timestamptz: 1184,
  numeric: 1700,
  jsonb: 3802,
} as const;

const ARRAYS: Partial<Record<keyof typeof OID, number>> = {
  bool: 1000,
  bytea: 1001,
  int8: 1016,
  int2: 1005,
  int4: 1007,
  text: 1009,
  json: 199,
  float4: 1021,
  float8: 1022,
  date: 1182,
  time: 1183,
  timestamp: 1115,
  timestamptz: 1185,
  numeric: 1231,
  jsonb: 3807,
};
/** `varchar[]`: its elements are text. */
const VARCHAR_ARRAY = 1015;

type Read = (text: string) => unknown;

/** How values are read from the server's text, in a session with the settings of {@link TEXT_SETTINGS}; what is not here is text.
 *  `numeric` is text: no number of JavaScript holds it. */
const READERS: Partial<Record<keyof typeof OID, Read>> = {
  bool: (text) => text === "t",
  bytea: readBytes,
  int8: BigInt,
  int2: Number,
  int4: Number,
  json: compactJson,
  float4: Number,
  float8: Number,
  date: readDate,
  time: readTime,
  timestamp: readTimestamp,
  timestamptz: readTimestamp,
  jsonb: compactJson,
};

/** Settings under which the server prints values as they are read here. */
export const TEXT_SETTINGS = {
  TimeZone: "UTC",
  DateStyle: "ISO",
  bytea_output: "hex",
  extra_float_digits: "1",
} as const;

/** Types for postgres.js. Parameters are given to it as text and stay so. */
export function resultTypes(): Record<string, PostgresType> {
  const types: Record<string, PostgresType> = {};
  for (const [name, oid] of Object.entries(OID) as [keyof typeof OID, number][]) {
    const read = READERS[name] ?? String;
    types[name] = type(oid, read);
    types[`${name}_array`] = type(ARRAYS[name]!, (text) => readArray(text, read));
  }
  types.varchar_array = type(VARCHAR_ARRAY, (text) => readArray(text, String));
  return types;
}

function type(oid: number, parse: Read): PostgresType {
  return { to: oid, from: [oid], serialize: String, parse };
}

/** `\x00ff` as bytes. */
function readBytes(text: string): Uint8Array {
  const bytes = new Uint8Array((text.length - 2) / 2);
  for (let at = 0; at < bytes.length; at++)
    bytes[at] = Number.parseInt(text.slice(2 + at * 2, 4 + at * 2), 16);
  return bytes;
}

/** JSON text without the white space between its parts, which `jsonb` adds. */
function compactJson(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, "$1");
}

/** `01:02:03.5` with a fraction of 3 or 6 digits. */
function readTime(text: string): string {
  return text.replace(/\.(\d+)/, (_, digits: string) => `.${digits.padEnd(digits.length > 3 ? 6 : 3, "0")}`);
}

/** `2024-03-05 06:07:08.5+00` as ISO 8601, with `Z` where there was a zone, which is UTC; infinities as they are. */
function readTimestamp(text: string): string {
  const match = /^(\d+-\d\d-\d\d) ([\d:.]+)(\+00)?( BC)?$/.exec(text);
  if (!match) return text;
  const [, day, time, zone, before = ""] = match;
  return `${readDate(day! + before)}T${readTime(time!)}${zone ? "Z" : ""}`;
}

/** `0044-03-15 BC` as ISO 8601, whose year 0 is 1 BC; years beyond 9999 with a sign and six digits. */
function readDate(text: string): string {
  const match = /^(\d+)(-\d\d-\d\d)( BC)?$/.exec(text);
  if (!match) return text;
  const year = match[3] ? 1 - Number(match[1]) : Number(match[1]);
  if (year >= 0 && year <= 9999) return String(year).padStart(4, "0") + match[2]!;
  return (year < 0 ? "-" : "+") + String(Math.abs(year)).padStart(6, "0") + match[2]!;
}

/** An array of any number of dimensions
 *  (https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO, printed with commas). */
function readArray(text: string, read: Read): unknown[] {
  // Bounds other than from 1 come first: `[0:1]={…}`.
  const token = /[{},]|"((?:[^"\\]|\\.)*)"|[^{},"]+/gy;
  token.lastIndex = Math.max(text.indexOf("{"), 0);
  const open: unknown[][] = [[]];
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [part, quoted] = match;
    if (part === "{") open.push([]);
    else if (part === "}") open.at(-2)!.push(open.pop());
    else if (quoted !== undefined) open.at(-1)!.push(read(quoted.replace(/\\(.)/gs, "$1")));
    else if (part !== ",") open.at(-1)!.push(part === "NULL" ? null : read(part));
  }
  return open[0]![0] as unknown[];
}
