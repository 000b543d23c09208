import { RunletError } from "../errors.ts";
import type { Json } from "../json.ts";

/** Strings, and integers long enough to exceed 2^53; no string can be cut in the middle. */
const STRING_OR_LONG_INTEGER = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;
const MARK = "\uE000";

/** Parses JSON text; integers that a double would round come back as bigint. Throws `SCHEMA_INVALID`, naming `what`,
 *  on text that is not JSON. */
export function parseExact(text: string, what: string): Json {
  // JSON.parse gives no access to the digits on Node 20, so long integers travel through it as marked strings, and
  // strings that begin like the mark get one more of it.
  const marked = text.replace(STRING_OR_LONG_INTEGER, (token) => {
    if (token[0] !== '"') return `"${MARK}${token}"`;
    return token[1] === MARK || token.startsWith('"\\ue000') || token.startsWith('"\\uE000')
      ? `"${MARK}${token.slice(1)}`
      : token;
  });
  try {
    return JSON.parse(marked, (_key, value: Json) => {
      if (typeof value !== "string" || value[0] !== MARK) return value;
      if (value[1] === MARK) return value.slice(1);
      const digits = BigInt(value.slice(1));
      return Number.isSafeInteger(Number(digits)) ? Number(digits) : digits;
    }) as Json;
  } catch (cause) {
    throw new RunletError("SCHEMA_INVALID", `${what} is not JSON`, { cause });
  }
}

/** Compact JSON in the order of the keys; bigint as digits. */
export function stringifyExact(value: unknown): string {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return `[${value.map((v) => stringifyExact(v ?? null)).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, v]) => v !== undefined)
    .map(([k, v]) => `${JSON.stringify(k)}:${stringifyExact(v)}`);
  return `{${members.join(",")}}`;
}
