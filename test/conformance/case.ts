import type { Pipeline, RunOptions } from "runlet";

/** Destinations that datasets are loaded into: DuckDB by its native library and by duckdb-wasm, Parquet files, Postgres. */
export const STORES = ["duckdb-native", "duckdb-wasm", "parquet", "postgres"] as const;

/** What only some runtimes offer; `features.ts` says which: destinations, the environment's variables, files. */
export type Feature = (typeof STORES)[number] | "env" | "files";

/** What surrounds a case. */
export interface World {
  /** Address of the suite's API, without a slash at its end. */
  api: string;
  /** A path prefix of its own on that API, for what the API counts. */
  nonce: string;
  /** Folder with the case's files; empty where the runtime has no files. */
  folder: string;
}

/** One pipeline and what is done with it. A file of `cases/`, copied byte for byte to every runtime: no syntax that only
 *  TypeScript has, and imports of `runlet` and this module only. */
export interface PipelineCase {
  /** What it shows, in a sentence. */
  about: string;
  needs?: Feature[];
  make(world: World): Pipeline;
  /** Options of each run, one after the other into the same destination; default: one run. */
  runs?: RunOptions[] | ((world: World) => RunOptions[]);
  /** Instead of the runs: its result is the outcome. */
  act?(pipeline: Pipeline, world: World): Promise<unknown>;
  /** Loads it into each destination that the runtime offers, too. */
  dataset?: true;
}

/** Types a case; changes nothing. */
export const pipelineCase = (of: PipelineCase): PipelineCase => of;

/** Ids and load ids are the same in every run of the suite. */
export const reproduce = (run = 0) => ({ loadId: `173227320${run}.1`, seed: `2024112${run}` });
