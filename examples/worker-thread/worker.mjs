// The thread: runs the pipeline, and says what happens.
import { parentPort, workerData } from "node:worker_threads";
import { duckdb } from "runlet/duckdb";
import pipeline from "../http-api/pipeline.ts";

const stop = new AbortController();
parentPort.on("message", (message) => message === "cancel" && stop.abort());
try {
  const info = await pipeline.run({
    to: duckdb(workerData.database),
    signal: stop.signal,
    onProgress: (progress) => parentPort.postMessage({ progress }),
  });
  // Plain data: what JSON has of it.
  parentPort.postMessage({ info: JSON.parse(JSON.stringify(info)) });
} catch (error) {
  parentPort.postMessage({ error: { code: error.code, message: error.message, hint: error.hint } });
} finally {
  parentPort.close();
}
