// The pipeline of ../http-api in a thread of its own: DuckDB and the engine work there, and this thread stays free for what
// else the process does. Node 22.18 or later, which takes TypeScript as it is. From the repository's folder:
//
//   node examples/http-api/server.mjs &
//   API_TOKEN=demo node examples/worker-thread/main.mjs api.duckdb        Ctrl-C cancels, and nothing is loaded
import { Worker } from "node:worker_threads";
import { fileURLToPath } from "node:url";

/** Loads into a DuckDB file. What comes back is the run's LoadInfo; `onProgress` is told how far it is, and an aborted
 *  `signal` ends it with nothing loaded. Rejects with the run's error: `{code, message, hint}`. */
export function load(database, { signal, onProgress } = {}) {
  const worker = new Worker(new URL("./worker.mjs", import.meta.url), { workerData: { database } });
  const cancel = () => worker.postMessage("cancel");
  if (signal?.aborted) cancel();
  signal?.addEventListener("abort", cancel);
  return new Promise((resolve, reject) => {
    worker.on("message", ({ progress, info, error }) => {
      if (progress) onProgress?.(progress);
      if (info) resolve(info);
      if (error) reject(Object.assign(new Error(error.message), error));
    });
    worker.on("error", reject);
    worker.on("exit", (code) => reject(new Error(`the thread ended with ${code}`)));
  }).finally(() => signal?.removeEventListener("abort", cancel));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  const onProgress = ({ stage, records }) => process.stderr.write(`\r${stage} ${records} records `);
  const { tables } = await load(process.argv[2] ?? "api.duckdb", { signal: stop.signal, onProgress });
  for (const [name, { rows }] of Object.entries(tables)) console.log(`${name} ${rows}`);
}
