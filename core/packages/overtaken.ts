import type { DestinationSession, StoredDataset } from "../destinations/contract.ts";
import { RunletError } from "../errors.ts";
import { basedOn } from "./load-package.ts";

/** Why a load really failed: rows that do not fit their table, when another run has changed it meanwhile, are no fault of
 *  the schema. Call it after the load was rolled back; `started` is what was restored before it. */
export async function overtaken(
  error: unknown,
  session: DestinationSession,
  { pipeline, schema }: { pipeline: string; schema: string },
  started: StoredDataset,
): Promise<unknown> {
  if (!(error instanceof RunletError) || error.code !== "DESTINATION_SCHEMA") return error;
  const now = await session.restore(pipeline, schema).catch(() => started);
  if (basedOn(now).schemaVersionHash === basedOn(started).schemaVersionHash) return error;
  return new RunletError(
    "CONCURRENT_RUN",
    `another run changed schema ${schema} during this one: ${error.message}`,
    {
      where: error.where,
      hint: "nothing was loaded: run again, and it continues from there",
      cause: error,
    },
  );
}
