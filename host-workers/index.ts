// Cloudflare Workers (workerd). WebAssembly comes as a module of the bundle, since nothing may be compiled at run time.
// Needs no compatibility flag. Settings and secrets are the bindings: run({ env }).
import core from "../core.wasm";
import { installHost } from "../core/index.ts";

installHost({
  name: "workerd",
  engineModule: async () => core,
  env: () => undefined,
  envPlaces: [],
  // The clock of workerd stands still between two requests to the outside; performance counts from the same instant.
  now: () => Date.now(),
  random: (into) => crypto.getRandomValues(into as Uint8Array<ArrayBuffer>),
});

export * from "../core/index.ts";
