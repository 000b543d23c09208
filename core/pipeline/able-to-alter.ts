import type { Destination } from "../destinations/contract.ts";
import { RunletError } from "../errors.ts";
import type { StepKind } from "../schema/steps.ts";

/** A load that would have to change tables in a way the destination cannot is refused before anything is read.
 *  @throws RunletError DESTINATION_SCHEMA */
export function checkAlters(destination: Destination, kinds: readonly StepKind[]): void {
  const unable = kinds.find((kind) => !destination.capabilities.alters?.includes(kind));
  if (unable === undefined) return;
  throw new RunletError("DESTINATION_SCHEMA", `${destination.kind} cannot ${unable.replace("-", " ")}`, {
    hint:
      unable === "relax-column"
        ? "leave the column as it was declared, or load to another dataset"
        : 'use refresh: "data", which keeps tables and columns',
  });
}
