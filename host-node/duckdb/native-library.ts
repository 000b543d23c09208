import { createRequire } from "node:module";
import { RunletError } from "../../core/errors.ts";
import { machine } from "../machine.ts";
import { packagePlaces } from "./package-places.ts";

declare const handle: unique symbol;
interface Handle<Name extends string> {
  readonly [handle]: Name;
}
export type NativeDatabase = Handle<"database">;
export type NativeConnection = Handle<"connection">;
export type NativeResult = Handle<"result">;
export type NativeType = Handle<"logical type">;
export type NativeChunk = Handle<"data chunk">;
export type NativeVector = Handle<"vector">;
export type NativeAppender = Handle<"appender">;

/** The part of DuckDB's C API, as `@duckdb/node-bindings` has it, that runlet uses
 *  (https://duckdb.org/docs/stable/clients/c/api). Handles are freed when they are collected. */
export interface NativeBindings {
  library_version(): string;
  vector_size(): number;
  create_config(): object;
  open(path: string, config: object): Promise<NativeDatabase>;
  close_sync(database: NativeDatabase): void;
  connect(database: NativeDatabase): Promise<NativeConnection>;
  disconnect_sync(connection: NativeConnection): void;

  query(connection: NativeConnection, sql: string): Promise<NativeResult>;
  column_count(result: NativeResult): number;
  column_name(result: NativeResult, column: number): string;
  column_logical_type(result: NativeResult, column: number): NativeType;
  fetch_chunk(result: NativeResult): Promise<NativeChunk | null>;

  get_type_id(type: NativeType): number;
  logical_type_get_alias(type: NativeType): string | null;
  decimal_width(type: NativeType): number;
  decimal_scale(type: NativeType): number;
  enum_dictionary_size(type: NativeType): number;
  enum_dictionary_value(type: NativeType, index: number): string;
  list_type_child_type(type: NativeType): NativeType;
  array_type_child_type(type: NativeType): NativeType;
  array_type_array_size(type: NativeType): number;
  map_type_key_type(type: NativeType): NativeType;
  map_type_value_type(type: NativeType): NativeType;
  struct_type_child_count(type: NativeType): number;
  struct_type_child_name(type: NativeType, index: number): string;
  struct_type_child_type(type: NativeType, index: number): NativeType;

  create_data_chunk(types: readonly NativeType[]): NativeChunk;
  data_chunk_reset(chunk: NativeChunk): void;
  data_chunk_get_size(chunk: NativeChunk): number;
  data_chunk_set_size(chunk: NativeChunk, rows: number): void;
  data_chunk_get_vector(chunk: NativeChunk, column: number): NativeVector;
  vector_get_data(vector: NativeVector, bytes: number): Uint8Array;
  /** Null when every row is valid. */
  vector_get_validity(vector: NativeVector, bytes: number): Uint8Array | null;
  vector_ensure_validity_writable(vector: NativeVector): void;
  vector_assign_string_element_len(vector: NativeVector, row: number, bytes: Uint8Array): void;
  list_vector_get_child(vector: NativeVector): NativeVector;
  list_vector_get_size(vector: NativeVector): number;
  struct_vector_get_child(vector: NativeVector, index: number): NativeVector;
  array_vector_get_child(vector: NativeVector): NativeVector;
  copy_data_to_vector(
    vector: NativeVector,
    at: number,
    from: ArrayBufferLike,
    fromAt: number,
    bytes: number,
  ): void;
  copy_data_to_vector_validity(
    vector: NativeVector,
    at: number,
    from: ArrayBufferLike,
    fromAt: number,
    bytes: number,
  ): void;
  get_data_from_pointer(pointers: ArrayBufferLike, at: number, bytes: number): Uint8Array;

  appender_create_ext(
    connection: NativeConnection,
    catalog: string,
    schema: string,
    table: string,
  ): NativeAppender;
  appender_column_count(appender: NativeAppender): number;
  appender_column_type(appender: NativeAppender, column: number): NativeType;
  append_data_chunk(appender: NativeAppender, chunk: NativeChunk): void;
  appender_clear(appender: NativeAppender): void;
  appender_close_sync(appender: NativeAppender): void;
}

/** Oldest DuckDB that runlet's files and statements need. */
const OLDEST = [1, 5] as const;

let loaded: NativeBindings | undefined;

/** Loads the native addon when it is first needed. Throws DRIVER_MISSING when its package is not installed, has no
 *  build for this machine or is too old. */
export function loadNative(): NativeBindings {
  loaded ??= load();
  return loaded;
}

function load(): NativeBindings {
  const entry = locate();
  let bindings: NativeBindings;
  try {
    bindings = bindingsFrom(createRequire(entry));
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw missing(`@duckdb/node-api does not load on this machine: ${reason}`, error);
  }
  const version = bindings.library_version();
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    throw missing(`@duckdb/node-api has DuckDB ${version}; runlet needs ${OLDEST.join(".")} or later`);
  }
  return bindings;
}

/** The package looks for the C library in files of the machine; a runtime that asks a person about each is spared that
 *  where it knows. */
function bindingsFrom(require: NodeJS.Require): NativeBindings {
  if (machine().hasGlibc) {
    const own = createRequire(require.resolve("@duckdb/node-bindings"));
    const addon = resolved(own, `@duckdb/node-bindings-linux-${process.arch}/duckdb.node`);
    if (addon !== undefined) {
      machine().mustLoad?.(addon);
      return own(addon) as NativeBindings;
    }
  }
  return require("@duckdb/node-bindings") as NativeBindings;
}

function resolved(require: NodeJS.Require, name: string): string | undefined {
  try {
    return require.resolve(name);
  } catch {
    return undefined;
  }
}

function locate(): string {
  let cause: unknown;
  for (const place of packagePlaces()) {
    try {
      return createRequire(place).resolve("@duckdb/node-api");
    } catch (error) {
      cause = error;
    }
  }
  throw missing("@duckdb/node-api is not installed", cause);
}

function missing(message: string, cause?: unknown): RunletError {
  return new RunletError("DRIVER_MISSING", message, { hint: "npm install @duckdb/node-api", cause });
}
