import { epochClock } from "../core/clock.ts";
import type { Host } from "../core/host.ts";
import { engineModule } from "./engine-module.ts";
import { environment, environmentPlaces } from "./environment.ts";
import { files, readFile, writeFile } from "./files.ts";
import { openSocket } from "./socket.ts";
import { sha3 } from "./sha3.ts";
import { storageAt } from "./storage.ts";

/** Node and Bun. */
export const nodeHost: Host = {
  name: "Bun" in globalThis ? "bun" : "node",
  engineModule,
  env: environment,
  get envPlaces() {
    return environmentPlaces();
  },
  // What a run may never need (destinations, drivers) is loaded when it does.
  defaultDestination: async (address, pipeline) =>
    (await import("./address.ts")).destinationAt(address ?? defaultAddress(pipeline)),
  duckdb: async (options) => (await import("./duckdb/index.ts")).openDuckDB(options),
  duckdbInstance: async (db) => (await import("./duckdb/index.ts")).openOwnInstance(db),
  socket: openSocket,
  log: (line) => void process.stderr.write(`${line}\n`),
  files,
  readFile,
  writeFile,
  disk: async (path, options) => (await import("./disk.ts")).openDisk(path, options),
  storage: (name) => storageAt(name),
  sha3,
  now: epochClock(),
  random: (into) => crypto.getRandomValues(into as Uint8Array<ArrayBuffer>),
};

/** Where a pipeline loads to when nobody says: a DuckDB file named after it, in the working directory. */
export function defaultAddress(pipeline: string): string {
  return `duckdb:${pipeline.replace(/[^\p{L}\p{N}._-]+/gu, "_")}.duckdb`;
}
