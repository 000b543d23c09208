import { RunletError } from "../errors.ts";
import type { Format, Path } from "../binding/contract.ts";
import type { Json } from "../json.ts";
import { parseLossless } from "../lossless-json.ts";
import { recordsAt } from "./path.ts";

/** A document read as objects. `document` is undefined for newline-delimited JSON. */
export interface Parsed {
  document: Json | undefined;
  records: Json[];
}

/** Reads bytes as objects, for `map`: one JSON document as one `Parsed`, newline-delimited JSON in parts as it
 *  comes. Which of them it is shows on the first line, unless `format` says.
 *  @throws RunletError SOURCE_NOT_JSON */
export async function* parsedRows(
  bytes: AsyncIterable<Uint8Array>,
  records: Path,
  format: Format = "auto",
): AsyncGenerator<Parsed> {
  const decoder = new TextDecoder();
  let text = "";
  let lines = format === "ndjson" ? true : undefined;
  let number = 1;
  for await (const chunk of bytes) {
    text += decoder.decode(chunk, { stream: true });
    const end = text.lastIndexOf("\n");
    if (end < 0 || format === "json") continue;
    lines ??= firstLineIsWhole(text);
    if (!lines) continue;
    const whole = text.slice(0, end);
    text = text.slice(end + 1);
    const rows = readLines(whole, number);
    number += whole.split("\n").length;
    if (rows.length) yield { document: undefined, records: rows };
  }
  text += decoder.decode();
  if (text.trim() === "") return;
  if (lines) yield { document: undefined, records: readLines(text, number) };
  else {
    const document = read(text, undefined);
    yield { document, records: recordsAt(document, records) };
  }
}

function firstLineIsWhole(text: string): boolean | undefined {
  const start = text.trimStart();
  const end = start.indexOf("\n");
  // More must follow, or it is one document with a line end.
  if (end < 0 || start.slice(end).trim() === "") return undefined;
  try {
    parseLossless(start.slice(0, end));
    return true;
  } catch {
    return false;
  }
}

function readLines(text: string, first: number): Json[] {
  return text.split("\n").flatMap((line, index) => (line.trim() === "" ? [] : [read(line, first + index)]));
}

function read(text: string, line: number | undefined): Json {
  try {
    return parseLossless(text);
  } catch (cause) {
    throw new RunletError("SOURCE_NOT_JSON", cause instanceof Error ? cause.message : "not JSON", {
      where: { excerpt: text.trim().slice(0, 80), ...(line === undefined ? {} : { line }) },
      cause,
    });
  }
}
