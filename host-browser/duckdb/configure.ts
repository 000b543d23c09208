import type { DuckDBFiles } from "../../core/destinations/duckdb/driver.ts";
import { setDuckDBFiles } from "./files.ts";
import { onDownload, startAhead } from "./idle.ts";
import type { DownloadProgress } from "./worker.ts";

export interface DuckDBConfiguration {
  /** Where duckdb-wasm's files are. With Vite: `import mainModule from "@duckdb/duckdb-wasm/dist/duckdb-eh.wasm?url"`
   *  and `import mainWorker from "@duckdb/duckdb-wasm/dist/duckdb-browser-eh.worker.js?url"`. Default: what the import
   *  map says of `@duckdb/duckdb-wasm/`, else what the bundler found; never another server. */
  files?: DuckDBFiles;
  /** Told while duckdb-wasm (36 MB, 8 MB compressed) is downloaded, about fifty times a second. */
  onDownload?(progress: DownloadProgress): void;
}

/** Sets how databases are opened from now on, in this page or worker. */
export function configureDuckDB(configuration: DuckDBConfiguration): void {
  if (configuration.files) setDuckDBFiles(configuration.files);
  if (configuration.onDownload) onDownload((progress) => configuration.onDownload!(progress));
}

/** Downloads and starts duckdb-wasm before it is needed; resolves when it is ready. The next database that is opened
 *  takes that engine. Throws DRIVER_MISSING. */
export function loadDuckDB(): Promise<void> {
  return startAhead();
}
