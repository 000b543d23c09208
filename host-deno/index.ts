// Deno. The core itself needs no permission. A pipeline needs what it does; what is missing is named in an error, and
// runlet and its drivers ask nobody on a terminal for it:
//   --allow-net=<host of each API or database>
//   --allow-env=<names>              secret() and setting() out of the environment; run({ env }) needs none
//   --allow-read=.env,runlet.toml    the same out of these files
//   --allow-read=<folders>           files(), and of a DuckDB file
//   --allow-read=node_modules        DuckDB's package, or where Deno keeps those of npm
//   --allow-write=<folder>           of a DuckDB file, and of the load packages (.runlet, or RUNLET_HOME)
//   --allow-ffi=<that package>       DuckDB's native driver; the WebAssembly one needs --allow-sys=cpus in its place
import { armCrashPoint } from "../host-node/crash-point.ts";
import { environment, environmentPlaces } from "../host-node/environment.ts";
import { files, readFile, writeFile } from "../host-node/files.ts";
import { defaultAddress } from "../host-node/host.ts";
import { useMachine } from "../host-node/machine.ts";
import { sha3 } from "../host-node/sha3.ts";
import { storageAt, storageHome } from "../host-node/storage.ts";
import { epochClock } from "../core/clock.ts";
import { installHost } from "../core/index.ts";
import { denoMachine } from "./deno-machine.ts";
import { engineModule } from "./engine-module.ts";
import { eachWithLeave, mustKeep, mustRead, withLeave } from "./leave.ts";

let compiled: Promise<WebAssembly.Module> | undefined;

useMachine(denoMachine);
installHost({
  name: "deno",
  engineModule: () => (compiled ??= engineModule()),
  env: environment,
  get envPlaces() {
    const [first, ...rest] = environmentPlaces();
    return [`${first} (--allow-env)`, ...rest.map((place) => `${place} (--allow-read)`)];
  },
  // What a run may never need (destinations, drivers) is loaded when it does.
  defaultDestination: async (address, pipeline) =>
    (await import("../host-node/address.ts")).destinationAt(address ?? defaultAddress(pipeline)),
  duckdb: withLeave(async (options) => (await import("../host-node/duckdb/index.ts")).openDuckDB(options)),
  fetch: withLeave((...request: Parameters<typeof fetch>) => fetch(...request)),
  log: (line) => console.error(line),
  files: withLeave(async (pattern: string) => {
    mustRead(pattern);
    return files(pattern);
  }),
  readFile: withLeave(readFile),
  writeFile: withLeave(writeFile),
  disk: withLeave(async (path, options) => (await import("../host-node/disk.ts")).openDisk(path, options)),
  storage(name) {
    mustKeep(storageHome());
    return eachWithLeave(storageAt(name));
  },
  sha3,
  now: epochClock(),
  random: (into) => crypto.getRandomValues(into as Uint8Array<ArrayBuffer>),
});
armCrashPoint();

export * from "../core/index.ts";
