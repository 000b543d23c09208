import type { CommitFacts, MergePlan, WriteDisposition } from "../destinations/contract.ts";
import { RunletError } from "../errors.ts";
import type { Json } from "../json.ts";
import type { SchemaStep } from "../schema/steps.ts";
import type { TableSchema } from "../schema/types.ts";

/** Version of the package format. */
export const PACKAGE_FORMAT = 1;

/** `extracting`: the run was, or is, under way. `sealed`: whole, and not known to be loaded. `loaded`: kept after its
 *  load. `superseded`: sealed, but another run loaded meanwhile from where this one began. */
export type PackageStatus = "extracting" | "sealed" | "loaded" | "superseded";

/** A file of a package, by which it is checked before it is loaded. */
export interface PackageFile {
  file: string;
  bytes: number;
  /** Hex. */
  sha256: string;
}

export interface PackageTable {
  write: WriteDisposition;
  rows: number;
  bytes: number;
  /** Complete Arrow IPC streams in the order of their rows. */
  segments: (PackageFile & { rows: number })[];
}

/** Where a package is to go. */
export interface PackageTarget {
  destination: string;
  dataset: string;
  /** The folder from which a relative address is meant. */
  folder?: string;
}

/** `manifest.json`: what is in the package, and where it stands. Times are ISO 8601, UTC. */
export interface Manifest extends PackageTarget {
  package: typeof PACKAGE_FORMAT;
  /** Version of runlet that wrote it. */
  runlet: string;
  status: PackageStatus;
  pipeline: string;
  loadId: string;
  created: string;
  sealed?: string;
  loaded?: string;
  schema?: PackageFile & { name: string; version: number; versionHash: string };
  /** Absent when the load does not change the state. */
  state?: PackageFile & { version: number; versionHash: string };
  tables?: Record<string, PackageTable>;
}

/** `schema.json`. */
export interface PackageSchema {
  /** dlt's schema document, as the load makes it. */
  document: Json;
  engineVersion: number;
  insertedAt: string;
  basedOn: NonNullable<CommitFacts["basedOn"]>;
  /** Tables as their segments need them, in the order of preparing. */
  tables: { schema: TableSchema; write: WriteDisposition }[];
  /** Number variants that were folded into their columns. */
  widened: { table: string; base: string; variant: string }[];
  /** How the rows of the tables that wait for it are merged; absent: there are none. */
  merges?: MergePlan[];
  /** What is done to tables that are there, before any is prepared; absent: nothing. */
  altered?: SchemaStep[];
}

/** `state.json`. */
export interface PackageState {
  /** The row of `_dlt_pipeline_state`. */
  row: NonNullable<CommitFacts["state"]>;
  /** What `row.encoded` holds, for people. */
  content: Json;
}

/** Reads `manifest.json`. @throws RunletError STORAGE_FAILED */
export function parseManifest(text: string, where: string): Manifest {
  let found: Partial<Manifest> | undefined;
  try {
    found = JSON.parse(text) as Partial<Manifest>;
  } catch {
    found = undefined;
  }
  if (found?.package === PACKAGE_FORMAT && typeof found.loadId === "string") return found as Manifest;
  const what =
    found && typeof found.package === "number" ? `has package format ${found.package}` : "is damaged";
  throw new RunletError("STORAGE_FAILED", `${where} ${what}`, {
    hint: "nothing was loaded from it: use the version of runlet that wrote it, or remove its folder and run again",
  });
}

export function printManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}
