/** What a file that a person chose or dropped is, as a resource takes it:
 *  `resource(data.table, data.options, data.data)`. */
export interface FileData {
  /** A name for the table, after the file: `events-2026.ndjson.gz` gives `events_2026`. */
  readonly table: string;
  /** Of the data; undefined: the engine looks. */
  readonly format: "json" | "ndjson" | "csv" | "tsv" | undefined;
  /** The file itself: unpacked (gzip) and read as it is needed, never whole. */
  readonly data: Blob;
}

const FORMATS: Record<string, FileData["format"]> = {
  json: "json",
  ndjson: "ndjson",
  jsonl: "ndjson",
  jsonlines: "ndjson",
  csv: "csv",
  tsv: "tsv",
  tab: "tsv",
};

/** Reads a file's name: which table it is for, and which format it has. Nothing of its content is looked at. */
export function fileData(file: File): FileData {
  const plain = file.name.replace(/\.(gz|gzip)$/i, "");
  const [, stem = plain, ending = ""] = /^(.+)\.([^.]+)$/.exec(plain) ?? [];
  const format = FORMATS[ending.toLowerCase()];
  const table = (format || /^(txt|data|log)$/i.test(ending) ? stem : plain)
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "");
  return { table: table || "data", format, data: file };
}
