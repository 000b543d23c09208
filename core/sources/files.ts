import { RunletError } from "../errors.ts";
import { host } from "../host.ts";
import type { Column, AnyOptions, Write } from "../pipeline/options.ts";
import { mark, type Origin } from "../pipeline/origin.ts";
import { define, type Resource } from "../pipeline/resource.ts";

/** Files of JSON or NDJSON, gzip recognised by content. */
export type FilesOptions = Write & {
  /** A path or a glob (`data/*.ndjson`) on hosts with a file system, or files (of an `<input>`, say). */
  from: string | Iterable<Blob>;
  columns?: Record<string, Column>;
  records?: string;
  table?: string | { by: string };
  /** Default: newline-delimited for `.ndjson` and `.jsonl`, else whichever the content shows. */
  format?: "json" | "ndjson";
};

/** Files as a resource, in the order of their names. @throws RunletError SOURCE_NOT_FOUND at the run */
export function files(name: string, options: FilesOptions): Resource {
  const { from, format, ...rest } = options;
  const body = () => (typeof from === "string" ? found(from, format) : given(from, format));
  return define(name, rest as AnyOptions, body) as unknown as Resource;
}

async function* found(pattern: string, format: FilesOptions["format"]) {
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
  for (const file of all) yield mark(file.open(), origin(file.path, format));
}

function* given(blobs: Iterable<Blob>, format: FilesOptions["format"]) {
  for (const blob of blobs) yield mark(blob, origin((blob as Partial<File>).name ?? "a blob", format));
}

function origin(path: string, format: FilesOptions["format"]): Origin {
  const lines = /\.(ndjson|jsonl)(\.gz)?$/i.test(path);
  return { label: path, format: format ?? (lines ? "ndjson" : "auto") };
}
