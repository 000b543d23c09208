import type { Destination } from "./destinations/contract.ts";
import type { Storage } from "./packages/storage.ts";
import type { OpenDuckDB } from "./destinations/duckdb/driver.ts";

/** A file to read. */
export interface HostFile {
  /** As people would write it. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  open(): ReadableStream<Uint8Array>;
}

/** What a runtime provides. It is all that may differ between runtimes; a host shim is a page of code. */
export interface Host {
  /** `node`, `deno`, `bun`, `browser`, `workerd`. */
  readonly name: string;
  /** The compiled engine; called once per process, the host keeps the module. */
  engineModule(): Promise<WebAssembly.Module>;
  /** A setting from the host's environment (environment variables, `.env`, `runlet.toml`), in that order. */
  env(name: string): string | undefined | Promise<string | undefined>;
  /** Where {@link Host.env} looks, for messages: `["environment", ".env", "runlet.toml"]`. */
  readonly envPlaces: readonly string[];
  /** The destination of a run that names none: the one at `address`, else the host's default for the pipeline. */
  defaultDestination?(address: string | undefined, pipeline: string): Destination | Promise<Destination>;
  /** Opens DuckDB databases; absent where there is no driver. Loads its package when called, not before. */
  duckdb?: OpenDuckDB;
  /** Opens a TCP connection, one of `node:net`, that sends each piece at once. Absent: drivers open their own. */
  socket?(host: string, port: number): unknown;
  /** Sink for progress and warnings; absent: silent. */
  log?(line: string): void;
  /** Files that a path or a glob names, sorted by path; absent where there is no file system. */
  files?(pattern: string): Promise<readonly HostFile[]>;
  /** A file by its path, relative to the working directory; undefined when there is none. */
  readFile?(path: string): Promise<ReadableStream<Uint8Array> | undefined>;
  /** Writes a whole file, and the folders on its way. */
  writeFile?(path: string, bytes: Uint8Array): Promise<void>;
  /** A durable folder for the load packages and locks of what is called so; absent where nothing lasts: a run then
   *  streams into the destination's transaction only. */
  storage?(name: string): Storage;
  /** Milliseconds since the Unix epoch, with a fraction where the clock has one. */
  now(): number;
  /** Fills the array with cryptographically secure random bytes. */
  random(into: Uint8Array): Uint8Array;
}

let current: Host | undefined;

/** Called once by the host's entry point. */
export function installHost(host: Host): void {
  current = host;
}

/** The host of this process. */
export function host(): Host {
  if (!current) throw new Error('runlet: no host is installed; import from "runlet", not from its core');
  return current;
}
