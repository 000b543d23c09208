import type { Host } from "../core/host.ts";

/** A place where WebAssembly comes as a module of the bundle, since nothing may be compiled at run time, and where
 *  settings and secrets come with each call: run({ env }). */
export function workersHost(name: string, core: WebAssembly.Module): Host {
  return {
    name,
    engineModule: async () => core,
    env: () => undefined,
    envPlaces: [],
    // The clock of workerd stands still between two requests to the outside; there is no finer one.
    now: () => Date.now(),
    random: (into) => crypto.getRandomValues(into as Uint8Array<ArrayBuffer>),
  };
}
