import type { Destination } from "../destinations/contract.ts";
import type { Normalising } from "./options.ts";
import type { PackageOptions } from "../packages/run-packages.ts";
import type { Observing } from "../trace/observed.ts";
import type { Progress } from "./progress.ts";

/** Options of a run. */
export interface RunOptions extends Observing {
  /** Where to load to; default: `RUNLET_DESTINATION`, else the host's default. */
  to?: Destination;
  /** Names of the resources to load; what they hang on is read, too, but not loaded. */
  only?: string[];
  /** Records per resource, at most. */
  limit?: number;
  /** Starts anew: state is forgotten, and what is loaded replaces what was there. */
  refresh?: boolean;
  /** Values of secrets and settings, asked before the host's environment. Workers: the binding object. */
  env?: Record<string, unknown>;
  /** Every request goes through it; default: the global `fetch`. */
  fetch?: typeof fetch;
  /** The compiled engine (`runlet/core.wasm`), for a place where the host cannot find or compile it by itself. */
  engineModule?: WebAssembly.Module;
  signal?: AbortSignal;
  onProgress?(progress: Progress): void;
  normalise?: Normalising;
  /** What becomes of the load package on the host's storage, from which an interrupted load is finished: `remove` it
   *  when it is loaded (default), `keep` it, or write `none`. Default: RUNLET_PACKAGES. `maxBytes`: of its Arrow
   *  segments, default RUNLET_PACKAGE_BYTES or 64 GiB. Hosts without storage and destinations in memory have none. */
  packages?: PackageOptions;
  /** Fixes what else differs from run to run, so that the same input gives the same bytes. For tests.
   *  `seed`: unsigned 64-bit number in decimal. */
  reproduce?: { loadId: string; seed: string };
}
