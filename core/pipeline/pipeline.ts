import { RunletError } from "../errors.ts";
import type { LoadInfo } from "./load-info.ts";
import type { SchemaFile } from "../schema/exchange.ts";
import type { StoredSchema } from "../schema/stored.ts";
import type { Contract } from "./options.ts";
import { checkRunOptions } from "./known-options.ts";
import { checkParts, datasetName, type Part, type PlanInput } from "./plan.ts";
import { previewPipeline, type Preview } from "./preview.ts";
import { isResource, type Resource } from "./resource.ts";
import type { RunOptions } from "./run-options.ts";
import { runPipeline } from "./run.ts";
import { isSource, type Source } from "./source.ts";
import { pipelineStatus, type Status, type StatusOptions } from "./status.ts";

/** Resources with a name and a place; runs nothing by itself. */
export interface Pipeline {
  readonly kind: "pipeline";
  readonly name: string;
  /** Normalised name of the dataset. */
  readonly dataset: string;
  /** Its resources in order; a transformer with the name of the one it hangs on. */
  readonly resources: readonly { readonly name: string; readonly from?: string }[];
  /** Reads, normalises and loads; whole or not at all. */
  run(options?: RunOptions): Promise<LoadInfo>;
  /** The schema and rows a run would load, at most 100 records per resource unless `limit` says otherwise. Needs no
   *  destination; with `fetch: replay(…)` no network either. */
  preview(options?: RunOptions): Promise<Preview>;
  /** What the destination has of it: its loads, and the tables its schema names. */
  status(options?: StatusOptions): Promise<Status>;
}

export interface PipelineOptions {
  /** Default: `<name>_dataset`, as dlt's. */
  dataset?: string;
  /** Tables, columns and hints to start from, as `exportSchema` gives them or a YAML file of dlt's says: what data brings
   *  evolves from there. Columns that the dataset has keep their types; `dataset.alter` changes them. */
  schema?: SchemaFile | StoredSchema;
  contract?: Contract;
}

/** Names what is to be loaded. @throws RunletError PIPELINE_INVALID */
export function pipeline(
  name: string,
  from: Source | Resource<any> | (Source | Resource<any>)[],
  options: PipelineOptions = {},
): Pipeline {
  const parts = [from].flat().flatMap((part): Part[] => {
    if (isSource(part)) return part.resources.map((resource) => ({ source: part, resource }));
    if (isResource(part)) return [{ source: undefined, resource: part }];
    throw new RunletError("PIPELINE_INVALID", `pipeline ${name} is made of sources and resources only`);
  });
  const input: PlanInput = { name, parts, ...options };
  checkParts(input);
  return Object.freeze({
    kind: "pipeline",
    name,
    dataset: datasetName(input),
    resources: parts.map(({ resource: { name, parent } }) =>
      parent ? { name, from: parent.resource.name } : { name },
    ),
    run: async (options: RunOptions = {}) => runPipeline(input, checkRunOptions(options)),
    preview: async (options: RunOptions = {}) => previewPipeline(input, checkRunOptions(options)),
    status: async (options: StatusOptions = {}) => pipelineStatus(input, options),
  });
}
