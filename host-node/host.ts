import type { Host } from "../core/host.ts";
import { destinationAt } from "./address.ts";
import { engineModule } from "./engine-module.ts";
import { environment, environmentPlaces } from "./environment.ts";
import { files, readFile, writeFile } from "./files.ts";
import { openSocket } from "./socket.ts";
import { storageAt } from "./storage.ts";

/** Node and Bun. */
export const nodeHost: Host = {
  name: "Bun" in globalThis ? "bun" : "node",
  engineModule,
  env: environment,
  get envPlaces() {
    return environmentPlaces();
  },
  defaultDestination: (address, pipeline) => destinationAt(address ?? defaultAddress(pipeline)),
  // The driver is loaded when a database is opened, not before.
  duckdb: async (options) => (await import("./duckdb/index.ts")).openDuckDB(options),
  socket: openSocket,
  log: (line) => void process.stderr.write(`${line}\n`),
  files,
  readFile,
  writeFile,
  storage: (name) => storageAt(name),
  now: () => performance.timeOrigin + performance.now(),
  random: (into) => crypto.getRandomValues(into as Uint8Array<ArrayBuffer>),
};

/** Where a pipeline loads to when nobody says: a DuckDB file named after it, in the working directory. */
export function defaultAddress(pipeline: string): string {
  return `duckdb:${pipeline.replace(/[^\p{L}\p{N}._-]+/gu, "_")}.duckdb`;
}
