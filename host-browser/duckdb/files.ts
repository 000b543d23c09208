import type { DuckDBFiles } from "../../core/destinations/duckdb/driver.ts";
import { RunletError } from "../../core/errors.ts";

/** The version runlet is tested with: older ones lose commits to the origin's private file system. */
export const DUCKDB_WASM_VERSION = "1.33.1-dev65.0";

const MODULE = "@duckdb/duckdb-wasm/dist/duckdb-eh.wasm";
const WORKER = "@duckdb/duckdb-wasm/dist/duckdb-browser-eh.worker.js";

let configured: DuckDBFiles | undefined;

/** Names the files for every database opened from now on. */
export function setDuckDBFiles(files: DuckDBFiles | undefined): void {
  configured = files;
}

let bundled: { mainModule: string; mainWorker: string } | undefined;

/** Where the bundler has put them, if one was at work. */
export function setBundledFiles(files: typeof bundled): void {
  bundled = files;
}

/** The files of duckdb-wasm, absolute: the given ones, else the configured ones, else those that the page's import map
 *  or its bundler knows. Nothing is ever taken from another server by itself. Throws DRIVER_MISSING. */
export function duckdbFiles(given: DuckDBFiles | undefined): { mainModule: string; mainWorker: string } {
  const files = given ?? configured;
  if (files) return absolute(files);
  try {
    return { mainModule: import.meta.resolve(MODULE), mainWorker: import.meta.resolve(WORKER) };
  } catch {
    if (bundled) return bundled;
  }
  throw new RunletError("DRIVER_MISSING", "the page does not say where duckdb-wasm's files are", {
    hint: `npm install @duckdb/duckdb-wasm@${DUCKDB_WASM_VERSION}, and name them: configureDuckDB({ files }) of runlet/browser, or "@duckdb/duckdb-wasm/" in the import map; Vite finds them, in development with optimizeDeps: { exclude: ["runlet"] }`,
  });
}

function absolute({ mainModule, mainWorker }: DuckDBFiles): { mainModule: string; mainWorker: string } {
  const base = globalThis.location?.href;
  return { mainModule: new URL(mainModule, base).href, mainWorker: new URL(mainWorker, base).href };
}
