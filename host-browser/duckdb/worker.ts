import { RunletError } from "../../core/errors.ts";
import { DUCKDB_WASM_VERSION } from "./files.ts";

/** How much of duckdb-wasm has come, in bytes as unpacked. */
export interface DownloadProgress {
  readonly loaded: number;
  readonly total: number;
}

/** Bytes of the WebAssembly module; what a server says of a compressed answer is another number. */
const MODULE_BYTES = 35_996_950;

interface Answer {
  requestId: number;
  type: string;
  data: unknown;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** duckdb-wasm's asynchronous worker, spoken to in its own messages (`WorkerRequestType` in
 *  https://github.com/duckdb/duckdb-wasm, packages/duckdb-wasm/src/parallel/worker_request.ts), which needs neither its
 *  client nor the Arrow library that comes with it in the page. */
export class DuckDBWorker {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;
  #broken: Error | undefined;
  #downloading: ((progress: DownloadProgress) => void) | undefined;

  private constructor(url: string) {
    this.#worker = new Worker(url);
    this.#worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => this.#answer(data));
    this.#worker.addEventListener("error", (event) => {
      this.#fail(new Error(event.message || `the worker ${url} cannot be started`));
    });
  }

  /** Starts a worker and its engine. Throws DRIVER_MISSING. */
  static async start(
    files: { mainModule: string; mainWorker: string },
    downloading: (progress: DownloadProgress) => void,
  ): Promise<DuckDBWorker> {
    let started: DuckDBWorker | undefined;
    try {
      started = new DuckDBWorker(files.mainWorker);
      started.#downloading = downloading;
      // The worker does not tell when its module cannot be had: it waits for ever.
      const checking = mustBeModule(files.mainModule);
      const instantiated = started.request("INSTANTIATE", [files.mainModule, null]);
      await Promise.race([instantiated, checking.then(() => instantiated)]);
      started.#downloading = undefined;
      return started;
    } catch (cause) {
      started?.terminate();
      if (cause instanceof RunletError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new RunletError("DRIVER_MISSING", `duckdb-wasm cannot be started: ${reason}`, {
        hint: `serve ${files.mainWorker} and ${files.mainModule}; a content security policy needs script-src 'wasm-unsafe-eval', worker-src 'self' and connect-src 'self'`,
        cause,
      });
    }
  }

  /** Asks the worker; what is in `transfer` is gone from here. */
  request<T = unknown>(type: string, data: unknown, transfer: Transferable[] = []): Promise<T> {
    if (this.#broken) return Promise.reject(this.#broken);
    const messageId = this.#next++;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(messageId, { resolve: resolve as (value: unknown) => void, reject });
      this.#worker.postMessage({ messageId, type, data }, transfer);
    });
  }

  terminate(): void {
    this.#worker.terminate();
    this.#fail(new Error("the DuckDB engine has been closed"));
  }

  #answer({ requestId, type, data }: Answer): void {
    if (type === "INSTANTIATE_PROGRESS") {
      const { bytesLoaded, bytesTotal } = data as { bytesLoaded: number; bytesTotal: number };
      this.#downloading?.({ loaded: bytesLoaded, total: Math.max(bytesTotal, bytesLoaded, MODULE_BYTES) });
      return;
    }
    const waiting = this.#waiting.get(requestId);
    if (!waiting || type === "LOG" || type === "PROGRESS_UPDATE") return;
    this.#waiting.delete(requestId);
    if (type !== "ERROR") return waiting.resolve(data);
    const { name, message } = data as { name: string; message: string };
    waiting.reject(Object.assign(new Error(message), { name }));
  }

  #fail(error: Error): void {
    this.#broken ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** Looks at the beginning of the answer only. @throws RunletError DRIVER_MISSING */
async function mustBeModule(url: string): Promise<void> {
  const stop = new AbortController();
  const response = await fetch(url, { signal: stop.signal });
  const type = response.headers.get("content-type") ?? "nothing";
  stop.abort();
  const problem = !response.ok
    ? `answers ${response.status}`
    : !type.startsWith("application/wasm")
      ? `is served as ${type}, not as application/wasm`
      : undefined;
  if (problem === undefined) return;
  throw new RunletError("DRIVER_MISSING", `${url} ${problem}`, {
    hint: `serve duckdb-eh.wasm of @duckdb/duckdb-wasm@${DUCKDB_WASM_VERSION} there`,
  });
}
