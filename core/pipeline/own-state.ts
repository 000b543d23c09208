import type { Json } from "../json.ts";
import type { PipelineState } from "../schema/state.ts";
import type { Node } from "./plan.ts";

/** A resource's own values: its function's `state`. */
export type OwnState = Record<string, Json>;

/** Where dlt keeps a resource's own values: `sources.<source>.resources.<resource>`. */
export function ownState(state: PipelineState, { source, name }: Node): OwnState | undefined {
  return resourcesOf(state, source)?.[name];
}

/** The state with other values for the resource; undefined: with none. */
export function withOwnState(state: PipelineState, node: Node, own: OwnState | undefined): PipelineState {
  const { source, name } = node;
  if (own === undefined && !ownState(state, node)) return state;
  const { [name]: _, ...others } = resourcesOf(state, source) ?? {};
  const resources = own === undefined ? others : { ...others, [name]: own };
  return { ...state, sources: { ...state.sources, [source]: { ...state.sources?.[source], resources } } };
}

function resourcesOf(state: PipelineState, source: string): Record<string, OwnState> | undefined {
  return state.sources?.[source]?.["resources"] as Record<string, OwnState> | undefined;
}
