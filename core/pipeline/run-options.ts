import type { Checkpoint } from "./checkpoint.ts";
import type { Destination } from "../destinations/contract.ts";
import type { Data } from "./data.ts";
import type { Context, Contract, Normalising } from "./options.ts";
import type { PackageOptions } from "../packages/run-packages.ts";
import type { SchemaFile } from "../schema/exchange.ts";
import type { StoredSchema } from "../schema/stored.ts";
import type { Observing } from "../trace/observed.ts";
import type { Progress } from "./progress.ts";

/** By the names of resources: data, or a function that gives it, as in a resource. */
export type ResourceData = Readonly<Record<string, Data | ((context: Context<unknown, unknown>) => Data)>>;

/** What a run starts anew. */
export type Refresh = boolean | "data" | "resources" | "sources";

/** Options of a run. */
export interface RunOptions extends Observing {
  /** Where to load to; default: `RUNLET_DESTINATION`, else the host's default. */
  to?: Destination;
  /** Names of the resources to load; what they hang on is read, too, but not loaded. */
  only?: string[];
  /** Records per resource, at most: for a look at the data. Such a run neither continues a round nor is continued,
   *  and `maxDuration` and `maxBytes` do not end it. */
  limit?: number;
  /** Milliseconds the run may take. When they are about to be over, it commits what it has and says what remains
   *  (`complete`, `remaining`); the next run goes on there, and a new round begins when all is read. It stops after a
   *  page of `http.pages()` with all that hangs on its records, after a file of `files()`, between resources, and where
   *  a `resumable` function says. It reads one piece at least, and what replaces a table to its end.
   *  A tenth is kept for the commit, and more as far as the speed of writing so far asks for it. */
  maxDuration?: number;
  /** Bytes the run may read, unpacked; as `maxDuration`. A single page or file that is larger is read all the same. */
  maxBytes?: number;
  /** Loads what has been read each time that so much has been read, or so long: a run of many parts, each a load of its own,
   *  whole, with the cursors and places that go with it. What fails later leaves the parts before it loaded, and the next run goes
   *  on there. Parts end where a run with `maxBytes` would. Not together with `data`, `limit` and `reproduce`. */
  checkpoint?: Checkpoint;
  /** Stands in for what the resources called so would give by themselves: messages of a queue, the body of a webhook,
   *  rows of a test. How they are loaded stays as declared, but a cursor neither leaves any out nor moves. */
  data?: ResourceData;
  /** Starts anew. `true`: all state is forgotten (with `only`: that of these resources), and what is loaded replaces what
   *  was there. As dlt's modes: `data`: only the state of the resources of this run is forgotten, theirs of cursors
   *  included, and their rows are replaced; `resources`: so are their tables, whose columns begin anew; `sources`: so are all tables and
   *  all state of their sources. All of it with the commit of the load. */
  refresh?: Refresh;
  /** What may change in the schema; in place of what resources and sources say. */
  contract?: Contract;
  /** As the pipeline's `schema`, in its place. */
  schema?: SchemaFile | StoredSchema;
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
   *  segments, default RUNLET_PACKAGE_BYTES or 64 GiB. Hosts without storage and destinations in memory have none.
   *  `folder`: another place for them than the host's storage. */
  packages?: PackageOptions;
  /** Fixes what else differs from run to run, so that the same input gives the same bytes. For tests.
   *  `seed`: unsigned 64-bit number in decimal. */
  reproduce?: { loadId: string; seed: string };
}
