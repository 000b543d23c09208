import type { CommitFacts, StoredDataset } from "../destinations/contract.ts";
import type { Json } from "../json.ts";
import { emptyDocument, nextDocument, type ResourceFacts } from "../schema/document.ts";
import { bumpState, defaultState, encodeState, type PipelineState } from "../schema/state.ts";
import type { StoredSchema } from "../schema/stored.ts";
import type { Tables } from "../schema/types.ts";
import type { Plan } from "./plan.ts";

/** What a run knows of the dataset it continues. */
export interface Restored {
  readonly schema: StoredSchema;
  readonly state: PipelineState;
}

/** The documents to continue from; fresh ones for a new dataset. */
export function restored(plan: Plan, stored: StoredDataset): Restored {
  const owner = { pipeline: plan.pipeline, dataset: plan.dataset, schema: plan.schema };
  return {
    schema: (stored.schema as StoredSchema | undefined) ?? emptyDocument(plan.schema),
    state: (stored.state as PipelineState | undefined) ?? defaultState(owner),
  };
}

export interface CommitInput {
  readonly before: Restored;
  readonly loadId: string;
  readonly tables: Tables;
  /** Facts of the root tables of this run. */
  readonly resources: Record<string, ResourceFacts>;
  /** State values per source and resource. */
  readonly state: PipelineState;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  readonly random: (into: Uint8Array) => Uint8Array;
}

/** The facts a destination writes beside the data: schema version, state, load. */
export async function commitFacts(input: CommitInput): Promise<{ facts: CommitFacts; schema: StoredSchema }> {
  const schema = nextDocument(input.before.schema, input.tables, input.resources);
  const state = bumpState(input.state);
  const facts: CommitFacts = {
    loadId: input.loadId,
    schemaName: schema.name,
    schema: schema as unknown as Json,
    schemaVersion: schema.version,
    schemaVersionHash: schema.version_hash,
    engineVersion: schema.engine_version,
    insertedAt: timestamp(input.now),
  };
  if (state._version_hash !== input.before.state._version_hash) {
    facts.state = {
      pipelineName: state.pipeline_name,
      version: state._state_version,
      engineVersion: state._state_engine_version,
      encoded: await encodeState(state),
      versionHash: state._version_hash!,
      dltId: rowId(input.random),
    };
  }
  return { facts, schema };
}

/** A random row id as dlt makes them: 10 bytes in base64 without padding, 14 characters. */
function rowId(random: (into: Uint8Array) => Uint8Array): string {
  return btoa(String.fromCharCode(...random(new Uint8Array(10)))).replace(/=+$/, "");
}

function timestamp(now: number): string {
  const micros = String(Math.floor((now % 1) * 1000)).padStart(3, "0");
  return new Date(now).toISOString().replace("Z", `${micros}+00:00`);
}
