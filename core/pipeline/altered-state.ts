import type { PipelineState } from "../schema/state.ts";
import type { StoredSchema } from "../schema/stored.ts";

/** The state with a note that tables or columns of the schema are gone or have other names: dlt fetches schemas anew where the state
 *  has changed, and otherwise goes on with those it has at hand. */
export function withAltered(
  state: PipelineState,
  { name, version_hash }: Pick<StoredSchema, "name" | "version_hash">,
): PipelineState {
  const own = state["x-runlet"] as { altered?: Record<string, string> } | undefined;
  return { ...state, "x-runlet": { ...own, altered: { ...own?.altered, [name]: version_hash } } };
}
