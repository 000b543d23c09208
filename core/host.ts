import type { EngineConfig, RunEngine } from "./binding/contract.ts";
import type { Destination } from "./destinations/contract.ts";
import type { OpenFolder } from "./folders/folder.ts";
import type { Storage } from "./packages/storage.ts";
import type { DuckDBDriver, OpenDuckDB } from "./destinations/duckdb/driver.ts";

/** A file to read. */
export interface HostFile {
  /** As people would write it. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** When it was last changed: milliseconds since the Unix epoch; absent where unknown. */
  readonly modified?: number;
  open(): ReadableStream<Uint8Array>;
}

/** Sizes in bytes that suit a runtime with little memory; what is absent has its usual size. */
export interface HostLimits {
  /** The largest record. */
  readonly recordBytes?: number;
  /** The engine's memory. */
  readonly memoryBytes?: number;
  /** Arrow that is gathered per table before a destination gets it, at most. */
  readonly streamBytes?: number;
  /** Of an HTTP body, what is complete before its first byte is normalised. */
  readonly bodyBytes?: number;
  /** Segments of a load package on their way to the storage. */
  readonly segmentBytes?: number;
}

/** A SHA3-256 under way; text is taken as UTF-8. */
export interface Sha3 {
  update(text: string): unknown;
  digest(): Uint8Array;
}

/** What a runtime provides. It is all that may differ between runtimes; a host shim is a page of code. */
export interface Host {
  /** `node`, `deno`, `bun`, `browser`, `workerd`. */
  readonly name: string;
  /** The compiled engine; called once per process, the host keeps the module. */
  engineModule(): Promise<WebAssembly.Module>;
  /** Opens an engine on another thread; absent, or undefined: on this one. */
  openEngine?(module: WebAssembly.Module, config: EngineConfig): Promise<RunEngine | undefined>;
  /** A setting from the host's environment (environment variables, `.env`, `runlet.toml`), in that order. */
  env(name: string): string | undefined | Promise<string | undefined>;
  /** Where {@link Host.env} looks, for messages: `["environment", ".env", "runlet.toml"]`. */
  readonly envPlaces: readonly string[];
  /** The destination of a run that names none: the one at `address`, else the host's default for the pipeline. */
  defaultDestination?(address: string | undefined, pipeline: string): Destination | Promise<Destination>;
  /** Opens DuckDB databases; absent where there is no driver. Loads its package when called, not before. */
  duckdb?: OpenDuckDB;
  /** A driver over an instance of another DuckDB than duckdb-wasm that the application has open. */
  duckdbInstance?(db: object): Promise<DuckDBDriver>;
  /** Sends the requests of runs that name no other `fetch`; default: the global one. */
  fetch?: typeof fetch;
  /** Opens a TCP connection like one of `node:net` that sends each piece at once, or promises it. Absent: drivers open their own. */
  socket?(host: string, port: number): unknown;
  /** Sink for progress and warnings; absent: silent. */
  log?(line: string): void;
  /** Files that a path or a glob names, sorted by path; absent where there is no file system. */
  files?(pattern: string): Promise<readonly HostFile[]>;
  /** A file by its path, relative to the working directory; undefined when there is none. */
  readFile?(path: string): Promise<ReadableStream<Uint8Array> | undefined>;
  /** Writes a whole file, and the folders on its way. */
  writeFile?(path: string, bytes: Uint8Array): Promise<void>;
  /** Opens a folder of the file system to store objects in; absent where there is none. `existing`: it must be there. */
  disk?(path: string, options: { existing: boolean }): Promise<OpenFolder>;
  /** A durable folder for the load packages and locks of what is called so; absent where nothing lasts: a run then
   *  streams into the destination's transaction only. */
  storage?(name: string): Storage;
  readonly limits?: HostLimits;
  /** SHA3-256, where the runtime has it by itself; undefined where it does not. Schemas of many tables are hashed so. */
  sha3?(): Sha3 | undefined;
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

/** A SHA3-256 of this process's host, if it has one. */
export function hostSha3(): Sha3 | undefined {
  return current?.sha3?.();
}

/** The limits of this process's host, if it has any. */
export function hostLimits(): HostLimits {
  return current?.limits ?? {};
}
