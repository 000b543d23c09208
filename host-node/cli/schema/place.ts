import type { Destination } from "../../../core/destinations/contract.ts";
import { RunletError } from "../../../core/errors.ts";
import { datasetOf, type Dataset } from "../../../core/pipeline/dataset.ts";

/** Where a schema is: at an address, or at a pipeline's default destination. */
export interface Place {
  destination: Destination;
  /** The pipeline's own dataset, where a pipeline's file was given. */
  dataset?: string;
}

export async function placeOf(of: string): Promise<Place> {
  await import("../../index.ts");
  const [{ destinationAt, isAddress }, { environment }, { defaultAddress }] = await Promise.all([
    import("../../address.ts"),
    import("../../environment.ts"),
    import("../../host.ts"),
  ]);
  const isFile = /\.[cm]?[jt]s$/.test(of);
  if (!isFile && isAddress(of)) return { destination: destinationAt(of) };
  const pipeline = isFile ? await (await import("../pipeline-file.ts")).loadPipeline(of) : undefined;
  const address = environment("RUNLET_DESTINATION") ?? defaultAddress(pipeline?.name ?? of);
  return {
    destination: destinationAt(address),
    ...(pipeline ? { dataset: pipeline.dataset } : {}),
  };
}

/** The dataset that was asked for, the pipeline's, or the only one. @throws RunletError USAGE */
export async function datasetAt(
  of: string,
  asked: string | undefined,
): Promise<{ destination: Destination; dataset: Dataset }> {
  const { destination, dataset: own } = await placeOf(of);
  const { chosen, datasetsAt } = await import("../dataset-choice.ts");
  const all = await datasetsAt(destination);
  const name = chosen(
    all,
    asked ?? (own !== undefined && all.includes(own) ? own : undefined),
    destination.address,
  );
  if (name !== undefined) return { destination, dataset: datasetOf(destination, name) };
  throw new RunletError(
    "USAGE",
    `${destination.address} has ${all.length ? "several datasets" : "no dataset of runlet or dlt"}`,
    { hint: all.length ? `name one with --dataset: ${all.join(", ")}` : "load something first" },
  );
}
