import type { EngineConfig, RunEngine } from "../core/binding/contract.ts";
import { EngineLink, openRemote } from "../core/binding/remote-engine.ts";

/** Where the engine runs: `page` for the thread that runs the pipeline, else the URL of `host-browser/engine-worker.js`
 *  in a worker of its own. */
export type EnginePlace = "page" | string | URL | undefined;

let place: EnginePlace;
/** Workers without an engine; one is kept, since starting one costs as much as a small load. */
const idle: EngineLink[] = [];
let forbidden = false;

export function setEnginePlace(chosen: EnginePlace): void {
  if (String(chosen) === String(place)) return;
  place = chosen;
  forbidden = false;
  for (const link of idle.splice(0)) workers.get(link)?.terminate();
}

/** Opens an engine in a worker, so that the page goes on meanwhile. Undefined where that cannot be: within a worker,
 *  which holds up no page, and where workers are forbidden or their module is not found. */
export async function openInWorker(
  module: WebAssembly.Module,
  config: EngineConfig,
): Promise<RunEngine | undefined> {
  if (place === "page" || forbidden || typeof document === "undefined" || typeof Worker === "undefined")
    return undefined;
  const from = place;
  let link = idle.pop();
  if (!link || link.isLost) link = await startWorker();
  if (!link) {
    forbidden = true;
    return undefined;
  }
  return openRemote(link, module, config, () => {
    if (idle.length === 0 && from === place && !link.isLost) idle.push(link);
    else workers.get(link)?.terminate();
  });
}

const workers = new WeakMap<EngineLink, Worker>();

function startWorker(): Promise<EngineLink | undefined> {
  return new Promise((resolve) => {
    let worker: Worker;
    try {
      worker = place
        ? new Worker(place, { type: "module" })
        : new Worker(new URL("./engine-worker.js", import.meta.url), { type: "module" });
    } catch {
      return resolve(undefined);
    }
    let listener: ((message: unknown) => void) | undefined;
    const link = new EngineLink({
      send: (message, transfer) => worker.postMessage(message, transfer),
      receive: (called) => (listener = called),
    });
    workers.set(link, worker);
    worker.addEventListener("message", ({ data }) => {
      if (data === "ready") resolve(link);
      else listener?.(data);
    });
    const lose = (reason: string): void => {
      link.lost(reason);
      worker.terminate();
      resolve(undefined);
    };
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      lose(event.message || "it could not be loaded");
    });
    worker.addEventListener("messageerror", () => lose("a message could not be read"));
  });
}
