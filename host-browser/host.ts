import { epochClock } from "../core/clock.ts";
import type { Host } from "../core/host.ts";
import { defaultAddress, destinationAt } from "./address.ts";
import { openInWorker } from "./engine-workers.ts";
import { engineModule } from "./engine-module.ts";
import { writesWhole } from "./opfs.ts";
import { opfsStorage } from "./storage.ts";

let compiled: Promise<WebAssembly.Module> | undefined;

/** Browsers: pages and workers. */
export const browserHost: Host = {
  name: "browser",
  engineModule: () => (compiled ??= engineModule()),
  openEngine: openInWorker,
  env: () => undefined,
  envPlaces: [],
  defaultDestination: (address, pipeline) => destinationAt(address ?? defaultAddress(pipeline)),
  // Loaded when a database is opened, not before.
  duckdb: async (options) => (await import("./duckdb/open.ts")).openDuckDB(options),
  ...(writesWhole() && "locks" in navigator ? { storage: opfsStorage } : {}),
  now: epochClock(),
  random: (into) => crypto.getRandomValues(into as Uint8Array<ArrayBuffer>),
};
