import { RunletError } from "../errors.ts";
import type { Json } from "../json.ts";
import { parseLossless } from "../lossless-json.ts";

/** Parses JSON text; integers that a double would round come back as bigint. Throws `SCHEMA_INVALID`, naming `what`,
 *  on text that is not JSON. */
export function parseExact(text: string, what: string): Json {
  try {
    return parseLossless(text);
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
