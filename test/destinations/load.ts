import type { CommitFacts, DestinationLoad, WriteDisposition } from "../../core/destinations/contract.ts";
import type { Json } from "../../core/json.ts";
import { emptyDocument } from "../../core/schema/document.ts";
import { type Column, stream, table } from "./streams.ts";

/** What a pipeline tells a destination on commit, of an empty schema. */
export function facts(loadId: string, more: Partial<CommitFacts> = {}): CommitFacts {
  const schema = emptyDocument("shop");
  return {
    loadId,
    schemaName: "shop",
    schema: schema as unknown as Json,
    schemaVersion: schema.version,
    schemaVersionHash: schema.version_hash,
    engineVersion: schema.engine_version,
    insertedAt: "2026-01-02T03:04:05.123456+00:00",
    ...more,
  };
}

/** Prepares a table of these columns and loads them. */
export async function put(
  load: DestinationLoad,
  name: string,
  columns: Record<string, Column>,
  disposition: WriteDisposition = "append",
): Promise<void> {
  await load.prepare(table(name, columns), disposition);
  await load.write(name, stream(columns));
}
