import type { CommitFacts, StoredDataset } from "../destinations/contract.ts";
import type { Json } from "../json.ts";
import { own } from "../schema/carried.ts";
import { continued } from "../schema/continued.ts";
import { type Contract, emptyDocument, nextDocument, type ResourceFacts } from "../schema/document.ts";
import { bumpState, continuedState, encodeState, type PipelineState } from "../schema/state.ts";
import type { StoredSchema } from "../schema/stored.ts";
import type { Tables } from "../schema/types.ts";
import { basedOn } from "../packages/load-package.ts";
import { withAltered } from "./altered-state.ts";
import { isoMicros, loadMicros } from "./load-id.ts";
import { withOwnState } from "./own-state.ts";
import type { Plan } from "./plan.ts";
import { rowId } from "./row-id.ts";
import type { RunOptions } from "./run-options.ts";

/** What a run knows of the dataset it continues. */
export interface Restored {
  readonly schema: StoredSchema;
  readonly state: PipelineState;
}

/** What of the state is forgotten: nothing, all, or that of the resources, or the sources, of this run. */
export type Forget = "nothing" | "everything" | "resources" | "sources";

export function forgetOf({ refresh = false, only }: Pick<RunOptions, "refresh" | "only">): Forget {
  if (refresh === true) return only?.length ? "resources" : "everything";
  return refresh === "sources" ? "sources" : refresh ? "resources" : "nothing";
}

/** The documents to continue from; fresh ones for a new dataset. `destinationType`: dlt's name of it.
 *  @throws RunletError SCHEMA_INVALID for a schema that runlet cannot continue */
export function restored(
  plan: Plan,
  stored: StoredDataset,
  forget: Forget,
  destinationType?: string,
): Restored {
  const { pipeline, dataset, schema } = plan;
  const owner = { pipeline, dataset, schema, ...(destinationType ? { destinationType } : {}) };
  const state = continuedState(stored.state as PipelineState | undefined, owner);
  return {
    schema: stored.schema ? continued(stored.schema) : emptyDocument(schema),
    state: forget === "nothing" ? state : forgotten(plan, state, forget),
  };
}

/** The version stays: what is stored next is a later one of the same state. */
function forgotten(plan: Plan, state: PipelineState, forget: Exclude<Forget, "nothing">): PipelineState {
  if (forget === "resources")
    return plan.nodes
      .filter(({ loaded }) => loaded)
      .reduce((rest, node) => withOwnState(rest, node, undefined), state);
  const { sources, ...rest } = state;
  if (forget === "everything") return rest as PipelineState;
  const own = new Set(plan.nodes.filter(({ loaded }) => loaded).map(({ source }) => source));
  const kept = Object.entries(sources ?? {}).filter(([source]) => !own.has(source));
  return { ...rest, ...(kept.length ? { sources: Object.fromEntries(kept) } : {}) } as PipelineState;
}

function withoutTables(schema: StoredSchema, names: readonly string[]): StoredSchema {
  if (names.length === 0) return schema;
  const kept = Object.entries(schema.tables).filter(([name]) => !names.includes(name));
  return { ...schema, tables: Object.fromEntries(kept) };
}

export interface CommitInput {
  readonly before: Restored;
  /** What {@link before} was made of. */
  readonly stored: StoredDataset;
  readonly loadId: string;
  readonly tables: Tables;
  /** Names of tables that the load has dropped. */
  readonly dropped?: readonly string[];
  /** Rows of this load per table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Facts of the root tables of this run. */
  readonly resources: Record<string, ResourceFacts>;
  /** Contract of the tables that have none of their own; absent: as before. */
  readonly contract?: Contract;
  /** State values per source and resource. */
  readonly state: PipelineState;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  readonly random: (into: Uint8Array) => Uint8Array;
}

/** The facts a destination writes beside the data: schema version, state, load. */
export async function commitFacts(input: CommitInput): Promise<{ facts: CommitFacts; schema: StoredSchema }> {
  const previous = withoutTables(input.before.schema, input.dropped ?? []);
  const next = nextDocument(previous, seenTables(input), input.resources, input.contract);
  // Tables that came back as they were leave the document as it was.
  const schema = next === previous ? input.before.schema : next;
  const altered = schema !== input.before.schema && (input.dropped ?? []).length > 0;
  const state = bumpState(altered ? withAltered(input.state, schema) : input.state);
  const facts: CommitFacts = {
    loadId: input.loadId,
    schemaName: schema.name,
    schema: schema as unknown as Json,
    schemaVersion: schema.version,
    schemaVersionHash: schema.version_hash,
    engineVersion: schema.engine_version,
    // Not before the load's id, should the clock have been set back: the newest schema is told by this time.
    insertedAt: isoMicros(Math.max(Math.floor(input.now * 1000), loadMicros(input.loadId) || 0)),
    basedOn: basedOn(input.stored),
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

/** The tables that have had data. One that dlt has only been told of is not at the destination, and stays so. */
function seenTables({ before, tables, rows }: CommitInput): Tables {
  const isUnseen = (name: string) => {
    const stored = own(before.schema.tables, name);
    return stored !== undefined && !stored["x-normalizer"]?.["seen-data"] && !rows[name];
  };
  return Object.fromEntries(Object.entries(tables).filter(([name]) => !isUnseen(name)));
}
