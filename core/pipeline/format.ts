import type { CsvOptions, Format } from "../binding/contract.ts";
import type { Bytes } from "./data.ts";
import type { Origin } from "./origin.ts";
import { isBlob, isResponse } from "./kinds.ts";

/** How the bytes of a piece are read. */
export interface Reading {
  format: Format;
  csv?: CsvOptions;
}

/** The format that a file's name, or the path of an address, tells by its last letters; gzip does not matter. */
export function formatNamed(name: string): Format | undefined {
  const [, extension] = /\.([a-z]+)(?:\.gz)?$/i.exec(name) ?? [];
  switch (extension?.toLowerCase()) {
    case "csv":
      return "csv";
    case "tsv":
    case "tab":
      return "tsv";
    case "ndjson":
    case "jsonl":
      return "ndjson";
    default:
      return undefined;
  }
}

/** The format of a content type; undefined where it says nothing (`text/plain`, `application/octet-stream`). */
function formatOfType(contentType: string | undefined): Format | undefined {
  if (!contentType) return undefined;
  if (/^text\/csv\b|^application\/csv\b/i.test(contentType)) return "csv";
  if (/^text\/tab-separated-values\b/i.test(contentType)) return "tsv";
  return /\bjson\b/i.test(contentType) ? "auto" : undefined;
}

/** How a piece is read: as its resource says; else as its file's name, its content type, or the address it came from
 *  tells; else as JSON, one document or lines. */
export function readingOf(
  options: { readonly format?: Format; readonly csv?: CsvOptions },
  origin: Origin | undefined,
  piece: Bytes | undefined,
): Reading {
  const { csv } = options;
  return { format: options.format ?? told(origin, piece), ...(csv ? { csv } : {}) };
}

function told(origin: Origin | undefined, piece: Bytes | undefined): Format {
  if (origin?.format && origin.format !== "auto") return origin.format;
  const response = isResponse(piece) ? piece : undefined;
  const type = origin?.contentType ?? response?.headers.get("content-type");
  const own = isBlob(piece) ? piece.type : undefined;
  const named = formatOfType(type ?? own);
  if (named) return named;
  const url = origin?.url ?? response?.url;
  return (url ? formatNamed(pathOf(url)) : undefined) ?? "auto";
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : "";
}

export function isText(format: Format): boolean {
  return format === "csv" || format === "tsv";
}

const FORMATS: readonly Format[] = ["auto", "json", "ndjson", "csv", "tsv"];

const KNOWN: Record<keyof CsvOptions, (value: never) => boolean> = {
  header: (value) => typeof value === "boolean",
  columns: (value: unknown) =>
    Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === "string"),
  // Not what could be part of a number or a name, nor what ends lines.
  delimiter: (value: unknown) => typeof value === "string" && /^[\t !#-*,/:-@[-`{-~]$/.test(value),
  quote: (value: unknown) => typeof value === "string" && /^[!-/:-@[-`{-~]?$/.test(value),
  skipRows: (value) => Number.isInteger(value) && value >= 0,
  types: (value) => typeof value === "boolean",
};

/** What is wrong with the options, undefined when nothing is. */
export function formatFault(options: {
  readonly format?: Format;
  readonly csv?: CsvOptions;
  readonly records?: string;
}): string | undefined {
  const { format, csv, records } = options;
  if (format !== undefined && !FORMATS.includes(format))
    return `format is ${JSON.stringify(format)}, not one of ${FORMATS.join(", ")}`;
  if (format !== undefined && isText(format) && records !== undefined)
    return `records leads into JSON documents, not into ${format}`;
  if (csv === undefined) return undefined;
  if (typeof csv !== "object" || csv === null) return "csv takes an object of options";
  for (const [name, value] of Object.entries(csv)) {
    if (!Object.hasOwn(KNOWN, name))
      return `csv has no option "${name}", only ${Object.keys(KNOWN).join(", ")}`;
    if (value !== undefined && !KNOWN[name as keyof CsvOptions](value as never))
      return `csv.${name} cannot be ${JSON.stringify(value)}`;
  }
  if (csv.delimiter !== undefined && csv.delimiter === csv.quote)
    return "csv.delimiter and csv.quote are the same";
  return undefined;
}
