import type { Json } from "../json.ts";
import type { PipelineState } from "../schema/state.ts";
import type { HeldCursor } from "./cursor-state.ts";
import type { OwnState } from "./own-state.ts";
import type { Node } from "./plan.ts";
import type { Refresh } from "./run-options.ts";

/** How far a resource, with those that hang on it, is in a round. */
export type Standing =
  | { done: true }
  /** `refresh`: it is to be replaced, as the run that began the round was to. */
  | { pending: true; refresh?: Exclude<Refresh, false> }
  | {
      at: Json;
      from: string;
      /** What its function has set in `state`. */
      state?: OwnState;
      /** What cursors have come to, by resource. */
      cursors?: Record<string, HeldCursor>;
    };

/** runlet's own key in dlt's state document, which leaves it alone. */
const OWN = "x-runlet";

/** A resource and all that hang on it. */
export function tree(root: Node): Node[] {
  return [root, ...root.children.flatMap(tree)];
}

/** A resource that is read for others only is another than the one that is loaded, too. */
export function keyOf(root: Node): string {
  return JSON.stringify([root.source, ...loadedOf(root)]);
}

function loadedOf(root: Node): string[] {
  return tree(root).flatMap(({ loaded, name }) => (loaded ? [name] : []));
}

/** Whether a key names resources that are loaded with these. */
export function isOf(key: string, roots: readonly Node[]): boolean {
  const [, ...names] = JSON.parse(key) as string[];
  return roots.flatMap(loadedOf).some((name) => names.includes(name));
}

/** How far the round is, by {@link keyOf}; empty when none is under way. */
export function standingsIn(state: PipelineState): Record<string, Standing> {
  const own = state[OWN] as { round?: Record<string, Standing> } | undefined;
  return own?.round ?? {};
}

/** The state with how far the round is; a round that has ended leaves no trace. */
export function withStandings(state: PipelineState, standings: ReadonlyMap<string, Standing>): PipelineState {
  const { [OWN]: before, ...rest } = state;
  const { round, ...own } = (before ?? {}) as Record<string, Json>;
  void round;
  const open = [...standings.values()].some((standing) => !("done" in standing));
  const kept = open ? { ...own, round: Object.fromEntries(standings) as unknown as Json } : own;
  return (Object.keys(kept).length === 0 ? rest : { ...rest, [OWN]: kept }) as PipelineState;
}
