import { setEnginePlace } from "./engine-workers.ts";

export interface EngineConfiguration {
  /** Whether the engine runs in a worker of its own, so that the page never waits for it (default), or in the thread
   *  that runs the pipeline. A URL: of `host-browser/engine-worker.js` of this package, of the page's origin, where the
   *  bundler does not find it by itself. Within a worker the engine always runs there. */
  worker: boolean | string | URL;
}

/** Sets where the engine of the runs that begin from now on is. */
export function configureEngine({ worker }: EngineConfiguration): void {
  setEnginePlace(worker === true ? undefined : worker === false ? "page" : worker);
}
