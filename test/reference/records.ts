import { JsonFault, parseJson } from "./json.ts";
import type { JsonNode } from "./json.ts";

/** Where and why an input is refused; `record` and `line` count from 1, `offset` from 0. */
export interface Refusal {
  code: JsonFault["code"];
  record: number;
  line: number;
  offset: number;
}

export interface Records {
  records: JsonNode[];
  refusals: Refusal[];
  /** Keys that stand twice in an object. */
  repeatedKeys: number;
}

export type Format = "ndjson" | "json" | "auto";

/** The records of an input: one per non-blank line, or those of one document (the elements of a top-level list). */
export function readRecords(bytes: Uint8Array, format: Format, maxDepth = Infinity): Records {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const lined = format === "ndjson" || (format === "auto" && looksLikeLines(bytes.subarray(start)));
  return lined ? lines(bytes, start, maxDepth) : document(bytes, start, maxDepth);
}

function document(bytes: Uint8Array, start: number, maxDepth: number): Records {
  let repeatedKeys = 0;
  try {
    const text = bytes.subarray(start);
    // The list around the records does not count.
    const value = parseJson(text, maxDepth + (isList(text) ? 1 : 0), () => repeatedKeys++);
    return { records: Array.isArray(value) ? value : [value], refusals: [], repeatedKeys };
  } catch (fault) {
    if (!(fault instanceof JsonFault)) throw fault;
    const offset = start + fault.offset;
    return {
      records: [],
      refusals: [{ code: fault.code, record: 1, line: lineOf(bytes, offset), offset }],
      repeatedKeys,
    };
  }
}

function lines(bytes: Uint8Array, start: number, maxDepth: number): Records {
  const out: Records = { records: [], refusals: [], repeatedKeys: 0 };
  let record = 0;
  let line = 0;
  for (let at = start; at < bytes.length;) {
    const newline = bytes.indexOf(10, at);
    const end = newline < 0 ? bytes.length : newline;
    const text = bytes.subarray(at, end);
    line++;
    if (!isBlank(text)) {
      record++;
      try {
        out.records.push(parseJson(text, maxDepth, () => out.repeatedKeys++));
      } catch (fault) {
        if (!(fault instanceof JsonFault)) throw fault;
        out.refusals.push({ code: fault.code, record, line, offset: at + fault.offset });
      }
    }
    at = end + 1;
  }
  return out;
}

function isBlank(text: Uint8Array): boolean {
  return text.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

/**
 * `auto` takes an input that starts with a list for one document, and another one for lines when its first line that is
 * not blank is a JSON text and more follows, or when there is nothing.
 */
function looksLikeLines(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length;) {
    const newline = bytes.indexOf(10, at);
    const end = newline < 0 ? bytes.length : newline;
    const text = bytes.subarray(at, end);
    if (!isBlank(text))
      return !isList(text) && isJson(text) && !isBlank(bytes.subarray(end).filter((byte) => byte !== 10));
    at = end + 1;
  }
  return true;
}

function isList(text: Uint8Array): boolean {
  return text.find((byte) => byte > 0x20) === 0x5b;
}

function isJson(text: Uint8Array): boolean {
  try {
    parseJson(text);
    return true;
  } catch {
    return false;
  }
}

function lineOf(bytes: Uint8Array, offset: number): number {
  let line = 1;
  for (let i = 0; i < offset && i < bytes.length; i++) if (bytes[i] === 10) line++;
  return line;
}
