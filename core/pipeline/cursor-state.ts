import type { Json } from "../json.ts";
import type { PipelineState } from "../schema/state.ts";
import { ownState, withOwnState } from "./own-state.ts";
import type { Node } from "./plan.ts";

/** What dlt keeps of a cursor, under `sources.<source>.resources.<resource>.incremental.<path>`. */
export interface KeptCursor {
  initial_value: Json;
  last_value: Json;
  /** Of the records at the last value. */
  unique_hashes: string[];
  /** The last value before the run that took records last. */
  start_value?: Json;
}

/** What is kept of a node's cursor. */
export function keptCursor(state: PipelineState, node: Node, path: string): KeptCursor | undefined {
  const all = ownState(state, node)?.["incremental"] as Record<string, Json> | undefined;
  const kept = all && Object.hasOwn(all, path) ? all[path] : undefined;
  if (typeof kept !== "object" || kept === null || Array.isArray(kept)) return undefined;
  return Object.hasOwn(kept, "last_value") ? (kept as unknown as KeptCursor) : undefined;
}

/** The state with another cursor for the node; undefined: with none. */
export function withCursor(
  state: PipelineState,
  node: Node,
  path: string,
  kept: KeptCursor | undefined,
): PipelineState {
  const own = ownState(state, node) ?? {};
  const all = own["incremental"] as Record<string, Json> | undefined;
  if (!kept) {
    const { [path]: gone, ...others } = all ?? {};
    return gone === undefined ? state : withOwnState(state, node, { ...own, incremental: others });
  }
  return withOwnState(state, node, { ...own, incremental: { ...all, [path]: kept as unknown as Json } });
}

/** What a cursor has come to in a round that is not over. */
export interface HeldCursor {
  last: Json;
  hashes: string[];
  taken?: boolean;
  overflow?: boolean;
}
