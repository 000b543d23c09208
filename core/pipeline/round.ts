import type { Json } from "../json.ts";
import type { PipelineState } from "../schema/state.ts";
import type { HeldCursor } from "./cursor-state.ts";
import { ownState, withOwnState, type OwnState } from "./own-state.ts";
import type { Budget, BudgetName } from "./budget.ts";
import { isWhole, type Node, type Plan } from "./plan.ts";
import type { Place } from "./resumable.ts";
import type { Refresh, RunOptions } from "./run-options.ts";
import { isOf, keyOf, standingsIn, tree, withStandings, type Standing } from "./standings.ts";

/** What a later run has to read. */
export interface Remaining {
  readonly resource: string;
  /** Where it goes on; absent: at its start. */
  readonly from?: string;
}

/** A round reads every resource once, in as many runs as its budgets make of it. How far it is stands in the pipeline's
 *  state, so it is committed with the data: a run that fails or is killed leaves the round where it was.
 *
 *  `only` narrows a run, not the round. A run with `limit`, or with `data` for a resource, is none of a round.
 *
 *  A function that gives pages or files is called in each run that reads some of them. What its first call sets in `state`
 *  counts, and is stored as its state once all are read: a time up to which it has read is that of the first call. */
export class Round {
  /** What this run may read, in the plan's order. */
  readonly roots: readonly Node[];
  stoppedBy: BudgetName | undefined;
  private readonly standings: Map<string, Standing>;
  private readonly anew: ReadonlyMap<Node, Refresh>;
  private readonly outside: ReadonlySet<Node>;
  private readonly begun = new Set<Node>();
  /** Resources that an earlier run has left, with what their functions had set in `state`. */
  private readonly taken = new Map<Node, OwnState | undefined>();
  /** Resources that were left with others hanging on them, or were to be written in another way. */
  private readonly changed: ReadonlySet<Node>;
  private budget: Budget | undefined;

  constructor(plan: Plan, state: PipelineState, { only, refresh, limit, data = {} }: RunOptions) {
    const known = refresh && !only?.length ? {} : standingsIn(state);
    const keys = new Set(plan.roots.map(keyOf));
    // What the pipeline no longer has would keep the round from ending.
    this.standings = new Map(Object.entries(known).filter(([key]) => only?.length || keys.has(key)));
    this.outside = new Set(plan.roots.filter(({ name }) => limit !== undefined || Object.hasOwn(data, name)));
    // Their rows go, and with them what had been read.
    if (refresh)
      for (const key of this.standings.keys()) if (isOf(key, plan.roots)) this.standings.delete(key);
    const inside = plan.roots.filter((root) => !this.outside.has(root));
    const begins = inside.every((root) => this.isDone(root));
    if (begins) for (const root of inside) this.standings.delete(keyOf(root));
    this.roots = plan.roots.filter((root) => this.outside.has(root) || !this.isDone(root));
    const mark = (root: Node): Refresh => {
      const standing = this.standings.get(keyOf(root));
      return refresh || (standing !== undefined && "pending" in standing && standing.refresh) || false;
    };
    this.anew = new Map(
      plan.roots.flatMap((root) => {
        const how = mark(root);
        return how ? tree(root).map((node) => [node, how] as const) : [];
      }),
    );
    const changed = new Set<Node>();
    for (const root of inside) {
      const standing = this.standings.get(keyOf(root));
      if (standing === undefined) {
        const leftOtherwise = Object.entries(known).some(([key, each]) => "at" in each && isOf(key, [root]));
        if (leftOtherwise && !refresh) changed.add(root);
      } else if ("at" in standing && this.replacedBy(root).length > 0) {
        // It was not when it was left: what is left of it would be all there is.
        this.standings.delete(keyOf(root));
        changed.add(root);
      } else if ("at" in standing && standing.at !== null) this.taken.set(root, standing.state);
    }
    this.changed = changed;
  }

  /** From now on the budget is heeded, but by a look at the data, which is no part of a round. */
  limitTo(budget: Budget): void {
    if (!this.roots.every((root) => this.outside.has(root))) this.budget = budget;
  }

  /** Whether a budget may end the run early. */
  get isLimited(): boolean {
    return this.budget !== undefined;
  }

  /** Written as with `refresh`: what was there before goes. */
  isAnew(node: Node): boolean {
    return this.anew.has(node);
  }

  /** Written to new tables: the old ones go. */
  isRenewed(node: Node): boolean {
    const how = this.anew.get(node);
    return how === "resources" || how === "sources";
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

  /** What the resource's cursor had come to when an earlier run left it. */
  heldOf(node: Node): HeldCursor | undefined {
    const standing = this.standingOf(node);
    return standing && "at" in standing ? standing.cursors?.[node.name] : undefined;
  }

  /** Whether what the resource's cursor has come to is not to count yet, since the resource is left in the middle. `leadsOn`: the
   *  cursor itself says where it goes on. */
  holds(node: Node, leadsOn: boolean): boolean {
    const standing = this.standingOf(node);
    if (!standing || !("at" in standing)) return false;
    return standing.at !== null || !leadsOn || !this.roots.includes(node);
  }

  /** Notes what cursors have come to, for the resources that are left. */
  hold(cursors: ReadonlyMap<Node, HeldCursor>, leadsOn: (node: Node) => boolean): void {
    for (const root of this.begun) {
      const standing = this.standings.get(keyOf(root));
      if (!standing || !("at" in standing) || this.outside.has(root)) continue;
      const held = tree(root).flatMap((node) => {
        const cursor = cursors.get(node);
        return cursor && this.holds(node, leadsOn(node)) ? [[node.name, cursor] as const] : [];
      });
      const { cursors: before, ...rest } = standing;
      void before;
      this.standings.set(keyOf(root), held.length ? { ...rest, cursors: Object.fromEntries(held) } : rest);
    }
  }

  private standingOf(node: Node): Standing | undefined {
    const root = this.roots.find((each) => tree(each).includes(node));
    return root && !this.outside.has(root) ? this.standings.get(keyOf(root)) : undefined;
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
        this.standings.set(keyOf(root), { pending: true, ...this.refreshOf(root) });
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

  /** Why a resource that an earlier run has left is read from its start. */
  startedOver(root: Node): string | undefined {
    return this.changed.has(root)
      ? "it was left with others hanging on it, or to be written otherwise"
      : undefined;
  }

  /** Tells that the place of a resource was of no use. */
  lost(root: Node): void {
    this.taken.delete(root);
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

  /** The state as functions have left it, with how far the round is; a round that has ended leaves no trace. */
  into(state: PipelineState, before: PipelineState): PipelineState {
    let after = state;
    for (const root of this.begun) {
      const standing = this.standings.get(keyOf(root));
      if (this.outside.has(root) || !standing) continue;
      const isTaken = this.taken.has(root);
      const set = isTaken ? this.taken.get(root) : ownState(state, root);
      if ("at" in standing && standing.at !== null) {
        this.standings.set(keyOf(root), { ...standing, ...(set ? { state: set } : {}) });
        after = withOwnState(after, root, ownState(before, root));
      } else if (isTaken) after = withOwnState(after, root, set);
    }
    return withStandings(after, this.standings);
  }

  private refreshOf(root: Node): { refresh?: Exclude<Refresh, false> } {
    const refresh = this.anew.get(root);
    return refresh ? { refresh } : {};
  }

  private isDone(root: Node): boolean {
    const standing = this.standings.get(keyOf(root));
    return standing !== undefined && "done" in standing;
  }

  private replacedBy(root: Node): Node[] {
    return tree(root).filter((node) => node.loaded && isWhole(node, this.isAnew(node)));
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
