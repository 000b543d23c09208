import type { EngineConfig, EngineSchema, InputOptions, InputSummary } from "../../core/binding/contract.ts";

/** What goes into the engine, as plain data: a file of `vectors/`. Named by its file. */
export interface VectorFile {
  /** What it shows, in a sentence. */
  about: string;
  /** Of each engine; `loadId` and `seed` have fixed defaults. */
  config?: Partial<EngineConfig>;
  /** One load, or … */
  inputs?: InputFile[];
  /** … several, each with an engine of its own that continues from the tables of the one before. */
  loads?: InputFile[][];
}

/** One input: its bytes in one of three forms, and how they are cut. */
export interface InputFile extends InputPlan {
  text?: string;
  base64?: string;
  /** A file below `test/data`, unpacked when its name ends in `.gz`. */
  file?: string;
  /** Only these lines of the bytes, counted from 0: from, to (not included). */
  lines?: [number, number];
}

export interface InputPlan {
  /** Default: `t`. */
  table?: string;
  /** Default: its position in the load. */
  ordinal?: number;
  options?: InputOptions;
  /** Bytes per push; default: everything in one push. */
  split?: number;
  /** Forgets the input after its last push, instead of ending it. */
  abort?: true;
}

/** A vector with its bytes: what a runner needs. Plain JSON. */
export interface Vector {
  name: string;
  config: EngineConfig;
  loads: VectorInput[][];
}

export interface VectorInput extends InputPlan {
  table: string;
  ordinal: number;
  options: InputOptions;
  /** Base64. */
  bytes: string;
}

/** What came out of the engines, one per load. Plain JSON, the same on every runtime. */
export type VectorOutcome = LoadOutcome[];

export interface LoadOutcome {
  /** The configuration was refused; the load has nothing else. */
  refused?: ErrorOutcome;
  inputs: InputOutcome[];
  tables: Record<string, TableOutcome>;
  changes: EngineSchema["changes"];
  /** Where contracts have left something out. */
  discarded?: EngineSchema["discarded"];
  /** Where there are cursors. */
  cursors?: EngineSchema["cursors"];
  /** Hex SHA-256 of the whole schema document, as {@link documentText} writes it. */
  schema: string;
}

export interface InputOutcome {
  /** Records that the pushes said they completed. */
  pushed: number;
  /** Absent where the input was aborted or failed. */
  summary?: InputSummary;
  /** A failing input is aborted; the load goes on with the next. */
  error?: ErrorOutcome;
}

export interface ErrorOutcome {
  code: string;
  message: string;
  where: Record<string, unknown>;
}

export interface TableOutcome {
  parent?: string;
  rows: number;
  /** Type per column, in order: `bigint`, `decimal(38,9) variant`. Columns without a type are `?`. */
  columns: Record<string, string>;
  /** One complete Arrow IPC stream per schema version that has rows: the schema message, the batches, the end-of-stream
   *  marker. */
  streams: { version: number; batches: number; bytes: number; sha256: string }[];
  /** The rows of small tables without the ids, to be read by people; see {@link readable}. */
  sample?: Record<string, unknown>[];
}
