import type { Host } from "../core/host.ts";

const MB = 1024 * 1024;

/** A place where WebAssembly comes as a module of the bundle, since nothing may be compiled at run time, where settings
 *  and secrets come with each call, run({ env }), and where an isolate has 128 MB. */
export function workersHost(name: string, core: WebAssembly.Module): Host {
  return {
    name,
    engineModule: async () => core,
    env: () => undefined,
    envPlaces: [],
    limits: {
      recordBytes: 8 * MB,
      memoryBytes: 48 * MB,
      streamBytes: MB,
      bodyBytes: 2 * MB,
      segmentBytes: 4 * MB,
    },
    // The clock of workerd stands still between two requests to the outside; there is no finer one.
    now: () => Date.now(),
    random: (into) => crypto.getRandomValues(into as Uint8Array<ArrayBuffer>),
  };
}
