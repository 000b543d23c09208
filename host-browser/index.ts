// Browsers, main thread and workers alike, and every other place with the Web's own interfaces.
// A content security policy needs script-src 'wasm-unsafe-eval'.
import { installHost } from "../core/index.ts";
import { engineModule } from "./engine-module.ts";

let compiled: Promise<WebAssembly.Module> | undefined;

installHost({
  name: "browser",
  engineModule: () => (compiled ??= engineModule()),
  env: () => undefined,
  envPlaces: [],
  now: () => performance.timeOrigin + performance.now(),
  random: (into) => crypto.getRandomValues(into as Uint8Array<ArrayBuffer>),
});

export * from "../core/index.ts";
