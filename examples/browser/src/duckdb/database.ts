import { signal } from "@preact/signals";
import type { DuckDBDestination } from "runlet/duckdb";
import { configureDuckDB } from "runlet/browser";
import workerUrl from "@duckdb/duckdb-wasm/dist/duckdb-browser-eh.worker.js?url";
import { fetchDuckDB } from "./fetch-duckdb.ts";

export type Engine = "absent" | "downloading" | "starting" | "ready" | "failed";
/** How far DuckDB is. */
export const engine = signal<Engine>("absent");
/** Bytes of DuckDB that have come, packed. */
export const downloaded = signal(0);

let configured: Promise<void> | undefined;

/** Fetches DuckDB, once, and tells runlet where it is. */
export function fetchedDuckDB(): Promise<void> {
  return (configured ??= fetchAndConfigure().catch((error: unknown) => {
    configured = undefined;
    engine.value = "failed";
    throw error;
  }));
}

async function fetchAndConfigure(): Promise<void> {
  engine.value = "downloading";
  const wasm = await fetchDuckDB((bytes) => (downloaded.value = bytes));
  engine.value = "starting";
  configureDuckDB({ files: { mainModule: URL.createObjectURL(wasm), mainWorker: workerUrl } });
}

/** A database that can be given to a pipeline before DuckDB is there: it is opened when that has been fetched, unless
 *  `signal` has been aborted by then. */
export function fetched(database: DuckDBDestination, signal?: AbortSignal): DuckDBDestination {
  return {
    ...database,
    async open(options) {
      await fetchedDuckDB();
      signal?.throwIfAborted();
      const session = await database.open(options);
      engine.value = "ready";
      return session;
    },
  };
}
