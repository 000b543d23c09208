import { RunletError } from "../errors.ts";
import type { CsvOptions, Format } from "../binding/contract.ts";
import { host } from "../host.ts";
import { formatNamed } from "../pipeline/format.ts";
import type { Column, AnyOptions, Write } from "../pipeline/options.ts";
import { mark, type Origin } from "../pipeline/origin.ts";
import { define, type Resource } from "../pipeline/resource.ts";
import { fileWalk, type WalkedFile } from "./file-walk.ts";

/** Files of JSON, NDJSON or CSV, gzip recognised by content. */
export type FilesOptions = Write & {
  /** A path or a glob (`data/*.ndjson`) on hosts with a file system, or files (of an `<input>`, say). */
  from: string | Iterable<Blob>;
  columns?: Record<string, Column>;
  records?: string;
  table?: string | { by: string };
  /** Default: newline-delimited JSON for `.ndjson` and `.jsonl`, comma-separated text for `.csv`, with tabs for `.tsv`
   *  and `.tab`, else JSON, whichever the content shows. */
  format?: Format;
  /** How comma-separated text is read; what is not said is found out. */
  csv?: CsvOptions;
};

/** Files as a resource, in the order of their names. @throws RunletError SOURCE_NOT_FOUND at the run */
export function files(name: string, options: FilesOptions): Resource {
  const { from, ...rest } = options;
  const body = () =>
    typeof from === "string"
      ? fileWalk(from, () => found(from))
      : fileWalk("files given", async () => given(from));
  return define(name, rest as AnyOptions, body) as unknown as Resource;
}

async function found(pattern: string): Promise<WalkedFile[]> {
  const here = host();
  if (!here.files) {
    throw new RunletError("SOURCE_NOT_FOUND", `${pattern}: ${here.name} has no file system`, {
      hint: "give files(…, { from: [file] })",
    });
  }
  const all = await here.files(pattern);
  if (all.length === 0) {
    throw new RunletError("SOURCE_NOT_FOUND", `no file matches ${pattern}`, {
      hint: "check the path; nothing loaded",
    });
  }
  return all.map((file) => ({ ...file, open: () => mark(file.open(), origin(file.path)) }));
}

function given(blobs: Iterable<Blob>): WalkedFile[] {
  return Array.from(blobs, (blob, at) => {
    const { name, lastModified } = blob as Partial<File>;
    const open = () => mark(blob, origin(name ?? "a blob"));
    return { path: name ?? `blob ${at + 1}`, size: blob.size, modified: lastModified, open };
  });
}

function origin(path: string): Origin {
  const format = formatNamed(path);
  return { label: path, ...(format ? { format } : {}) };
}
