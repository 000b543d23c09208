import type { DuckDBFiles } from "../../core/destinations/duckdb/driver.ts";
import { duckdbFiles } from "./files.ts";
import { type DownloadProgress, DuckDBWorker } from "./worker.ts";

/** Starting an engine takes a second, opening another database in one that has run a few milliseconds. Its memory never
 *  shrinks, so one that has taken much is let go. */
const IDLE_BYTES = 128 * 1024 * 1024;

interface Started {
  worker: Promise<DuckDBWorker>;
  module: string;
}

let idle: Started | undefined;
let downloading: ((progress: DownloadProgress) => void) | undefined;

/** Who is told of every download of duckdb-wasm. */
export function onDownload(tell: ((progress: DownloadProgress) => void) | undefined): void {
  downloading = tell;
}

/** An engine that runs, on no database: the idle one, or one that is started. Throws DRIVER_MISSING. */
export async function takeWorker(given: DuckDBFiles | undefined): Promise<DuckDBWorker> {
  const files = duckdbFiles(given);
  const taken = idle?.module === files.mainModule ? idle : undefined;
  if (taken) idle = undefined;
  const worker = await (taken?.worker ?? DuckDBWorker.start(files, (progress) => downloading?.(progress)));
  modules.set(worker, files.mainModule);
  return worker;
}

/** Starts an engine for the next database that is opened. */
export async function startAhead(): Promise<void> {
  const files = duckdbFiles(undefined);
  if (idle?.module !== files.mainModule) {
    void idle?.worker.then((other) => other.terminate()).catch(() => undefined);
    const worker = DuckDBWorker.start(files, (progress) => downloading?.(progress));
    const started = { worker, module: files.mainModule };
    worker.catch(() => {
      if (idle === started) idle = undefined;
    });
    idle = started;
  }
  await idle.worker;
}

/** Keeps one engine for the next database. `bytes` is what it has taken in. */
export function giveBack(worker: DuckDBWorker, bytes: number): void {
  const total = (taken.get(worker) ?? 0) + bytes;
  taken.set(worker, total);
  const module = modules.get(worker);
  if (idle || total > IDLE_BYTES || module === undefined) worker.terminate();
  else idle = { worker: Promise.resolve(worker), module };
}

const modules = new WeakMap<DuckDBWorker, string>();
const taken = new WeakMap<DuckDBWorker, number>();
