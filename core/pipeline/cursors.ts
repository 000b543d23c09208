import type { CursorConfig, CursorState } from "../binding/contract.ts";
import { RunletError } from "../errors.ts";
import type { Json } from "../json.ts";
import { parseExact } from "../schema/exact-json.ts";
import type { PipelineState } from "../schema/state.ts";
import { type HeldCursor, keptCursor, withCursor } from "./cursor-state.ts";
import { type Incremental, isOwn } from "./incremental.ts";
import { lagged } from "./lag.ts";
import { refuseMarked } from "./marked-value.ts";
import { OwnCursor } from "./own-cursor.ts";
import { parsePath } from "./path.ts";
import { dispositionOf, type Node, type Plan } from "./plan.ts";
import type { Round } from "./round.ts";
import { stringifyRecord } from "./stringify.ts";

/** Where a cursor begins in a run. */
export interface CursorStart {
  /** What the run's records are compared with; undefined: with nothing. */
  readonly start: unknown;
  /** Of records at `start` that have been taken. */
  readonly startHashes: readonly string[];
  /** What has been come to by now, and the records there. */
  readonly last: unknown;
  readonly hashes: readonly string[];
  /** Whether records at a boundary are told apart. */
  readonly deduplicate: boolean;
  readonly taken?: boolean;
  readonly overflow?: boolean;
}

/** The cursors of a run: where they begin, and what becomes of them. */
export class Cursors {
  private readonly plan: Plan;
  private readonly before: PipelineState;
  private readonly starts = new Map<Node, CursorStart>();
  private readonly own = new Map<Node, OwnCursor>();

  /** `given`: resources whose records are given to the run; these are loaded as they are. */
  constructor(plan: Plan, before: PipelineState, given: object = {}, round?: Round) {
    this.plan = plan;
    this.before = before;
    for (const node of plan.nodes) {
      const { cursor } = node.definition.options;
      if (!cursor || Object.hasOwn(given, node.name)) continue;
      const start = beginning(cursor, keptOf(before, node, cursor), round?.heldOf(node));
      this.starts.set(node, start);
      if (isOwn(cursor)) this.own.set(node, new OwnCursor(node, start));
    }
  }

  /** What the resource's function gets as `cursor.start`. */
  startOf(node: Node): unknown {
    const { cursor } = node.definition.options;
    if (!cursor) return undefined;
    return (this.starts.get(node) ?? beginning(cursor, keptOf(this.before, node, cursor), undefined)).start;
  }

  /** The cursor that is applied to a resource's records as objects. */
  ownOf(node: Node): OwnCursor | undefined {
    return this.own.get(node);
  }

  /** The name of the cursor that the engine applies to a resource's records. */
  nameOf(node: Node): string | undefined {
    return this.starts.has(node) && !this.own.has(node) ? node.name : undefined;
  }

  configs(): Record<string, CursorConfig> | undefined {
    const all: Record<string, CursorConfig> = {};
    for (const [node, start] of this.starts) if (!this.own.has(node)) all[node.name] = configOf(node, start);
    return Object.keys(all).length ? all : undefined;
  }

  /** Whether a resource may be left after any piece of its data, since its cursor leads on from there. */
  leadsOn(node: Node): boolean {
    const { cursor } = node.definition.options;
    if (!cursor || !this.starts.has(node) || !this.remembers(node, cursor)) return false;
    const { rowOrder, rangeStart, onMissing, lag } = cursor;
    return rowOrder === "asc" && rangeStart !== "open" && onMissing !== "include" && !lag && !isOwn(cursor);
  }

  /** The state with what the cursors have come to; what the round has not read to its end is held in the round.
   *  @throws RunletError BOUNDARY_OVERFLOW */
  into(state: PipelineState, found: Readonly<Record<string, CursorState>>, round: Round): PipelineState {
    let after = state;
    for (const [node, start] of this.starts) {
      const cursor = node.definition.options.cursor!;
      if (!round.isRead(node)) continue;
      if (cursor.end !== undefined && isReplaced(node))
        after = withCursor(after, node, cursor.path, undefined);
      if (!this.remembers(node, cursor)) continue;
      const reached = this.own.get(node)?.state() ?? found[node.name];
      if (!reached || round.holds(node, this.leadsOn(node))) continue;
      if (reached.overflow) throw overflow(node, cursor);
      const kept = keptOf(this.before, node, cursor);
      const last = reached.last === null ? null : parseExact(reached.last, "the cursor's value");
      after = withCursor(after, node, cursor.path, {
        initial_value: kept ? kept.initial_value : ((cursor.initial ?? null) as Json),
        last_value: last,
        unique_hashes: start.deduplicate ? reached.hashes.toSorted() : [],
        start_value:
          reached.taken || !kept
            ? (kept ?? { last_value: (cursor.initial ?? null) as Json }).last_value
            : (kept.start_value ?? null),
      });
    }
    return after;
  }

  /** What the cursors of resources that are left have come to, for {@link Round}. */
  held(found: Readonly<Record<string, CursorState>>): Map<Node, HeldCursor> {
    const held = new Map<Node, HeldCursor>();
    for (const node of this.starts.keys()) {
      const cursor = node.definition.options.cursor!;
      const reached = this.own.get(node)?.state() ?? found[node.name];
      if (!reached || cursor.end !== undefined) continue;
      const { last, hashes, taken, overflow } = reached;
      held.set(node, {
        last: last === null ? null : parseExact(last, "the cursor's value"),
        hashes: hashes.toSorted(),
        ...(taken ? { taken } : {}),
        ...(overflow ? { overflow } : {}),
      });
    }
    return held;
  }

  /** A window leaves what is remembered alone; so does a parent that `only` has left out, since its rows are not loaded. */
  private remembers(node: Node, cursor: Incremental<unknown>): boolean {
    return cursor.end === undefined && !node.isLeftOut;
  }
}

/** A replaced table begins anew, as in dlt. */
function keptOf(state: PipelineState, node: Node, { path, end }: Incremental<unknown>) {
  if (end !== undefined || isReplaced(node)) return undefined;
  const kept = keptCursor(state, node, path);
  if (kept) refuseMarked(kept.last_value, node, path);
  return kept;
}

function isReplaced(node: Node): boolean {
  return node.loaded && dispositionOf(node, false) === "replace";
}

function beginning(
  cursor: Incremental<unknown>,
  kept: ReturnType<typeof keptOf>,
  held: HeldCursor | undefined,
): CursorStart {
  const { initial, end, lag, rangeStart } = cursor;
  const deduplicate = rangeStart !== "open" && end === undefined && !lag;
  // Nothing is remembered of runs that found no record and had no initial value.
  const last = valueLike(kept?.last_value ?? undefined, initial) ?? initial;
  const hashes = deduplicate ? (kept?.unique_hashes ?? []) : [];
  const start = kept && lag && end === undefined && last !== undefined ? lagged(cursor, last) : last;
  if (!held) return { start, startHashes: hashes, last, hashes, deduplicate };
  return {
    ...held,
    last: valueLike(held.last ?? undefined, initial),
    start,
    startHashes: hashes,
    deduplicate,
  };
}

/** A remembered number as its function knows it: a bigint where `initial` is one. */
function valueLike(value: Json | undefined, initial: unknown): unknown {
  return typeof initial === "bigint" && Number.isSafeInteger(value) ? BigInt(value as number) : value;
}

function configOf(node: Node, from: CursorStart): CursorConfig {
  const { cursor, primaryKey } = node.definition.options;
  const { path, order, end, onMissing, rangeStart, rangeEnd } = cursor!;
  const key = node.ownKey.map(parsePath);
  const text = (value: unknown) => (value === undefined ? undefined : stringifyRecord(value));
  const config = {
    path: parsePath(path),
    order: order as "max" | "min" | undefined,
    onMissing,
    start: text(from.start),
    end: text(end),
    last: text(from.last),
    ...(rangeStart === "open" ? { openStart: true } : {}),
    ...(rangeEnd === "closed" ? { closedEnd: true } : {}),
    ...(from.deduplicate ? { startHashes: from.startHashes, hashes: from.hashes } : { deduplicate: false }),
    ...(key.length ? { key, singleKey: typeof primaryKey === "string" } : {}),
    taken: from.taken,
    overflow: from.overflow,
  };
  return Object.fromEntries(
    Object.entries(config).filter(([, value]) => value !== undefined),
  ) as unknown as CursorConfig;
}

function overflow(node: Node, { path }: Incremental<unknown>): RunletError {
  return new RunletError(
    "BOUNDARY_OVERFLOW",
    `more than 10,000 records of ${node.name} have the last value of its cursor ${path}: they cannot be told from those to come`,
    {
      where: { source: node.source, resource: node.name },
      hint: 'take a finer cursor (a time instead of a date); or merge by a primaryKey with a lag; or rangeStart: "open", if no record comes late',
    },
  );
}
