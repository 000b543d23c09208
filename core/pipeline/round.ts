import type { Json } from "../json.ts";
import type { PipelineState } from "../schema/state.ts";
import type { Budget, BudgetName } from "./budget.ts";
import { dispositionOf, type Node, type Plan } from "./plan.ts";
import type { Place } from "./resumable.ts";
import type { RunOptions } from "./run-options.ts";

/** What a later run has to read. */
export interface Remaining {
  readonly resource: string;
  /** Where it goes on; absent: at its start. */
  readonly from?: string;
}

/** How far a resource, with those that hang on it, is in a round. */
type Standing =
  | { done: true }
  /** `refresh`: it is to be replaced, as the run that began the round was to. */
  | { pending: true; refresh?: true }
  | { at: Json; from: string };

type Standings = Record<string, Standing>;

/** runlet's own key in dlt's state document, which leaves it alone. */
const OWN = "x-runlet";

/** A round reads every resource once, in as many runs as its budgets make of it. How far it is stands in the pipeline's
 *  state, so it is committed with the data: a run that fails or is killed leaves the round where it was.
 *
 *  `only` narrows a run, not the round. A run with `limit`, or with `data` for a resource, is none of a round. */
export class Round {
  /** What this run may read, in the plan's order. */
  readonly roots: readonly Node[];
  stoppedBy: BudgetName | undefined;
  private readonly plan: Plan;
  private readonly standings: Map<string, Standing>;
  private readonly anew: ReadonlySet<Node>;
  private readonly outside: ReadonlySet<Node>;
  private readonly remembers: boolean;
  private readonly begun = new Set<Node>();
  private budget: Budget | undefined;

  constructor(plan: Plan, state: PipelineState, { only, refresh, limit, data = {} }: RunOptions) {
    this.plan = plan;
    this.remembers = limit === undefined;
    const known = this.remembers && !(refresh && !only?.length) ? standingsIn(state) : {};
    const keys = new Set(plan.roots.map(keyOf));
    // What the pipeline no longer has would keep the round from ending.
    this.standings = new Map(Object.entries(known).filter(([key]) => only?.length || keys.has(key)));
    this.outside = new Set(plan.roots.filter(({ name }) => !this.remembers || Object.hasOwn(data, name)));
    const inside = plan.roots.filter((root) => !this.outside.has(root));
    const begins = inside.every((root) => this.isDone(root));
    if (refresh || begins) for (const root of inside) this.standings.delete(keyOf(root));
    this.roots = plan.roots.filter((root) => this.outside.has(root) || !this.isDone(root));
    const marked = (root: Node) => {
      const standing = this.standings.get(keyOf(root));
      return refresh || (standing !== undefined && "pending" in standing && standing.refresh);
    };
    this.anew = new Set(plan.roots.filter(marked).flatMap(tree));
  }

  /** From now on the budget is heeded, but by a look at the data, which is no part of a round. */
  limitTo(budget: Budget): void {
    if (this.remembers) this.budget = budget;
  }

  /** Whether a budget may end the run early. */
  get isLimited(): boolean {
    return this.budget !== undefined;
  }

  /** Written as with `refresh`: what was there before goes. */
  isAnew(node: Node): boolean {
    return this.anew.has(node);
  }

  /** Whether the run has begun to read the resource. */
  isRead(node: Node): boolean {
    return [...this.begun].some((root) => tree(root).includes(node));
  }

  /** Where to go on with a resource. */
  placeOf(root: Node): Json | undefined {
    const standing = this.outside.has(root) ? undefined : this.standings.get(keyOf(root));
    return standing && "at" in standing ? standing.at : undefined;
  }

  /** Whether a resource may be left before its end: a replaced table is not shown half. */
  mayStop(root: Node): boolean {
    return this.isLimited && !this.outside.has(root) && this.replacedBy(root).length === 0;
  }

  /** Whether to begin with a resource in this run. */
  starts(root: Node): boolean {
    const over = this.budget?.over();
    if (over && !this.outside.has(root) && !this.sharesReplaced(root)) {
      this.stoppedBy ??= over;
      if (!this.standings.has(keyOf(root)))
        this.standings.set(keyOf(root), { pending: true, ...(this.isAnew(root) ? { refresh: true } : {}) });
      return false;
    }
    this.begun.add(root);
    return true;
  }

  /** Asked where a resource may be left; `place` tells where it then stands. False: it is left. */
  async goesOn(root: Node, place: () => Promise<Place | undefined>): Promise<boolean> {
    this.budget?.piece();
    const over = this.budget?.over();
    if (!over) return true;
    const left = await place();
    if (!left) return true;
    this.stoppedBy ??= over;
    this.standings.set(keyOf(root), { at: left.at, from: left.label });
    return false;
  }

  /** Tells that a resource is read to its end. */
  ended(root: Node): void {
    if (!this.outside.has(root)) this.standings.set(keyOf(root), { done: true });
    this.budget?.piece();
  }

  /** What is left of the round for the resources of this run. */
  remaining(): Remaining[] {
    return this.roots.flatMap((root): Remaining[] => {
      const standing = this.standings.get(keyOf(root));
      if (this.outside.has(root) || !standing || "done" in standing) return [];
      return [{ resource: root.name, ...("from" in standing ? { from: standing.from } : {}) }];
    });
  }

  /** The state with how far the round is; a round that has ended leaves no trace. */
  into(state: PipelineState): PipelineState {
    if (!this.remembers) return state;
    const { [OWN]: before, ...rest } = state;
    const { round, ...own } = (before ?? {}) as Record<string, Json>;
    void round;
    const open = [...this.standings.values()].some((standing) => !("done" in standing));
    const kept = open ? { ...own, round: Object.fromEntries(this.standings) as unknown as Json } : own;
    return Object.keys(kept).length === 0
      ? (rest as PipelineState)
      : ({ ...rest, [OWN]: kept } as PipelineState);
  }

  private isDone(root: Node): boolean {
    const standing = this.standings.get(keyOf(root));
    return standing !== undefined && "done" in standing;
  }

  private replacedBy(root: Node): Node[] {
    return tree(root).filter((node) => node.loaded && dispositionOf(node, this.isAnew(node)) === "replace");
  }

  /** Whether it fills a table that this run is replacing already: the next run would replace what this one has read. */
  private sharesReplaced(root: Node): boolean {
    const others = [...this.begun].flatMap((each) => this.replacedBy(each));
    return this.replacedBy(root).some((node) =>
      others.some((other) => other.table === node.table || (isRouted(other) && isRouted(node))),
    );
  }
}

function isRouted({ definition }: Node): boolean {
  return typeof definition.options.table === "object";
}

function tree(root: Node): Node[] {
  return [root, ...root.children.flatMap(tree)];
}

/** A resource that is read for others only is another than the one that is loaded, too. */
function keyOf(root: Node): string {
  const loaded = tree(root).filter((node) => node.loaded);
  return [root.source, ...loaded.map(({ name }) => name)].join(" ");
}

function standingsIn(state: PipelineState): Standings {
  const own = state[OWN] as { round?: Standings } | undefined;
  return own?.round ?? {};
}
