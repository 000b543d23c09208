import { basename, dirname } from "node:path";
import { eachPiece } from "../../core/pipeline/resumable.ts";
import { mark } from "../../core/pipeline/origin.ts";
import { RunletError } from "../../core/errors.ts";
import { files, http, resource, type Options, type Resource } from "../index.ts";
import { toWeb } from "../files.ts";
import type { SchemaHints } from "./schema-hints.ts";

/** What `runlet load` was asked for, checked. */
export interface LoadRequest {
  /** A file, a glob, an http(s) address, or `-`. */
  readonly from: string;
  readonly table: string;
  readonly write: "append" | "replace";
  readonly records: string | undefined;
  readonly format: "json" | "ndjson" | "csv" | "tsv" | undefined;
  readonly csv: { delimiter?: string; header?: boolean };
  readonly headers: Record<string, string>;
  /** Pages to read; Infinity: all. */
  readonly pages: number;
  readonly hints: SchemaHints;
}

/** A source as a resource. */
export interface LoadSource {
  readonly resource: Resource;
  /** What it consists of. */
  readonly unit: string;
  /** Requests go through it: it answers the request after the last wanted page itself. */
  readonly fetch?: typeof fetch;
  /** Whether pages were left out. */
  hasMore(): boolean;
}

export function isAddress(from: string): boolean {
  return /^https?:\/\//i.test(from);
}

/** The table's name when none is given: of a file or a URL its last name without extensions and wildcards. */
export function tableFrom(from: string): string {
  if (from === "-") return "stdin";
  if (isAddress(from)) {
    const url = parsedUrl(from);
    // The number of a record names no table: /users/42 gives users.
    const names = url.pathname.split("/").filter((name) => name !== "" && !/^\d+$/.test(name));
    return stem(decodeURIComponent(names.at(-1) ?? "")) || url.hostname;
  }
  const fixed = from.replace(/[*?[{].*$/, "");
  return (
    stem(fixed === from ? basename(from) : fixed.slice(fixed.lastIndexOf("/") + 1)) ||
    folderOf(fixed) ||
    "records"
  );
}

function stem(name: string): string {
  return name
    .replace(/\.gz$/i, "")
    .replace(/\.[a-z0-9]+$/i, "")
    .replace(/[-_. ]+$/, "");
}

function folderOf(fixed: string): string {
  const folder = basename(dirname(`${fixed}x`));
  return folder === "." || folder === ".." ? "" : folder;
}

function parsedUrl(from: string): URL {
  if (URL.canParse(from)) return new URL(from);
  throw new RunletError("USAGE", `${from} is no address`, {
    hint: "an address looks like https://host/path",
  });
}

export function sourceOf(request: LoadRequest): LoadSource {
  const { from, table, write, records, format, csv, hints } = request;
  const options = {
    write,
    ...hints,
    ...(records === undefined ? {} : { records }),
    ...(format ? { format } : {}),
    ...(Object.keys(csv).length ? { csv } : {}),
  };
  if (isAddress(from)) return fromAddress(request, options);
  if (from !== "-") {
    const resource = files(table, { ...options, from });
    return { resource, unit: "file", hasMore: () => false };
  }
  const body = () => mark(toWeb(process.stdin), { label: "stdin" });
  return { resource: resource(table, options, body), unit: "stream", hasMore: () => false };
}

function fromAddress(
  request: LoadRequest,
  options: SchemaHints &
    Pick<Options<unknown, unknown, unknown>, "records" | "format" | "csv"> & { write: "append" | "replace" },
): LoadSource {
  const { from, table, headers, pages } = request;
  let read = 0;
  let more = false;
  const api = http(parsedUrl(from).origin, { headers });
  const body = resource(table, { ...options, http: api }, ({ http: client }) =>
    eachPiece(client.pages(from), (page) => {
      if (more) return undefined;
      read++;
      return page;
    }),
  );
  return {
    resource: body,
    unit: "page",
    // Asked for a page too many, it is known that there is one.
    fetch: async (...parameters) => {
      if (read < pages) return fetch(...parameters);
      more = true;
      return new Response(null, { status: 204 });
    },
    hasMore: () => more,
  };
}
