import type { InputOptions, InputSummary, RunEngine } from "../binding/contract.ts";
import { RunletError } from "../errors.ts";
import { untilAborted } from "./abort.ts";
import { inOrder } from "./ahead.ts";
import { chunks } from "./chunks.ts";
import { isText, readingOf, type Reading } from "./format.ts";
import { leaves, type Leaf, type Piece } from "./leaves.ts";
import type { Cursors } from "./cursors.ts";
import type { Context } from "./options.ts";
import { originOf, type Origin } from "./origin.ts";
import { parsePath } from "./path.ts";
import { atOrigin, atResource } from "./placed.ts";
import { picked, type Picked } from "./picked.ts";
import type { Node, Plan } from "./plan.ts";
import type { Meter } from "./progress.ts";
import { isReadAsObjects, ObjectsRoad } from "./objects/road.ts";
import { RecordLines } from "./objects/record-lines.ts";
import { openerOf, type Opening } from "./resumable.ts";
import type { Round } from "./round.ts";
import { beginsWithBrace, recordPath, selected } from "./record-path.ts";
import { UNLOADED } from "./unloaded.ts";
import type { Recorder } from "../trace/recorder.ts";
import type { Step } from "../trace/step.ts";

/** What extraction needs of its run. */
export interface ExtractRun {
  readonly plan: Plan;
  readonly engine: RunEngine;
  readonly meter: Meter;
  readonly recorder: Recorder;
  readonly signal: AbortSignal;
  /** Records per resource, at most. */
  readonly limit: number | undefined;
  /** Where reading begins and ends; absent: all of it. */
  readonly round?: Round;
  /** Whether records that break their schema are set aside. */
  readonly quarantine?: boolean | undefined;
  readonly cursors: Cursors;
  context(node: Node): Promise<Context<unknown, unknown>>;
  /** Columns that every record of the resource gets, as JSON text by name. */
  constants(node: Node): Promise<Record<string, string>>;
  /** Takes what the engine has finished; a promise where there is something to wait for, as a destination that is busy. */
  drain(): Promise<void> | undefined;
}

/** Resources whose first page is asked for while an earlier one is being read. */
const RESOURCES_AHEAD = 4;

/** Reads every resource of the plan into the engine, in the plan's order; children of a page right after it.
 *  @throws RunletError with source and resource in `where` */
export async function extract(run: ExtractRun): Promise<void> {
  const extraction = new Extraction(run);
  const { round } = run;
  const begun: Node[] = [];
  function* starts() {
    for (const node of round?.roots ?? run.plan.roots) {
      if (round && !round.starts(node)) continue;
      begun.push(node);
      yield () => extraction.start(node);
    }
  }
  // What is asked for early could not be left for the next run.
  await inOrder(starts(), round?.isLimited ? 1 : RESOURCES_AHEAD, async (found, at) => {
    await extraction.consume(begun[at]!, found, undefined);
    extraction.ended(begun[at]!);
    return true;
  });
}

class Extraction {
  private readonly run: ExtractRun;
  private readonly ordinals = new Map<Node, number>();
  private readonly taken = new Map<Node, number>();
  private readonly openings = new Map<Node, Opening>();
  private readonly left = new Set<Node>();
  private readonly lines = new RecordLines();
  private readonly objects: ObjectsRoad;
  /** Resources of which records have come that are later than all before. */
  private readonly advanced = new Set<Node>();
  /** Resources whose order says that nothing more is to come of what is being read. */
  private readonly over = new Set<Node>();

  constructor(run: ExtractRun) {
    this.run = run;
    this.objects = new ObjectsRoad(run);
  }

  /** What a resource gives, piece by piece; for a transformer, what it gives for one item. */
  async *start(node: Node, item?: Picked): AsyncGenerator<Leaf> {
    this.run.signal.throwIfAborted();
    this.step(node).reached();
    const { body } = node.definition;
    if (typeof body !== "function") yield* leaves(this.opened(node, await body));
    else {
      const context = await this.run.context(node);
      if (item) yield* leaves(body(item.item, context));
      else {
        const data = this.opened(node, await body(context));
        const places =
          this.openings.has(node) ||
          node.definition.options.resumable === true ||
          this.run.cursors.leadsOn(node);
        yield* leaves(data, places && this.run.round?.mayStop(node));
      }
    }
  }

  /** The data from where an earlier run of the round has left it. */
  private opened(node: Node, data: unknown): unknown {
    const open = this.run.round && openerOf(data);
    if (!open) return data;
    const opening = open(this.run.round!.placeOf(node));
    this.openings.set(node, opening);
    return opening.pieces?.() ?? opening;
  }

  /** Whether to go on with a resource of which all that was asked for has been read. */
  private async goesOn(node: Node): Promise<boolean> {
    const opening = this.openings.get(node);
    const { resumable } = node.definition.options;
    // Where its cursor has not moved, it would begin at the same place again.
    if (!opening && !resumable && !this.advanced.has(node))
      return this.run.round!.goesOn(node, async () => undefined);
    const own = { at: null, label: resumable ? "where its function left off" : "where its cursor is" };
    const goesOn = await this.run.round!.goesOn(node, async () => (opening ? opening.place() : own));
    if (!goesOn) this.left.add(node);
    return goesOn;
  }

  /** Normalises the pieces. False when the resource has all the records it may have. */
  async consume(node: Node, found: AsyncIterator<Leaf>, item: Picked | undefined): Promise<boolean> {
    const pieces = untilAborted(found, this.run.signal);
    try {
      if (this.satisfied(node)) return false;
      for await (const leaf of pieces) {
        if (leaf.kind === "boundary") {
          if (!(await this.goesOn(node))) return false;
          continue;
        }
        await this.feed(node, leaf, item);
        if (this.satisfied(node)) return false;
        if (this.over.delete(node)) return true;
      }
      return true;
    } catch (error) {
      const placed = atResource(error, node, this.run.signal);
      this.step(node).failed(placed);
      throw placed;
    } finally {
      await pieces.return?.();
      this.step(node).reached();
    }
  }

  /** Tells that the resource, and those that hang on it, are read, as far as they are to be. */
  ended(node: Node): void {
    const { round, recorder } = this.run;
    const useless = this.openings.get(node)?.startedOver?.();
    if (useless) round?.lost(node);
    const why = useless ?? round?.startedOver(node);
    if (why) recorder.notice(`resource ${node.name} was read from its start: ${why}`);
    if (!this.left.has(node)) round?.ended(node);
    this.told(node);
  }

  private told(node: Node): void {
    const { start, end, counts } = this.step(node);
    const durationMs = Math.round(end - start);
    this.run.recorder.log("info", "extract.end", { resource: node.name, durationMs, ...counts });
    for (const child of node.children) this.told(child);
  }

  private step(node: Node): Step {
    return this.run.recorder.step("extract", { resource: node.name });
  }

  private async feed(node: Node, leaf: Piece, item: Picked | undefined): Promise<void> {
    const origin = leaf.kind === "bytes" ? originOf(leaf.piece) : undefined;
    this.run.meter.pages++;
    this.step(node).add({ pages: 1 });
    try {
      if (isReadAsObjects(node) || this.run.cursors.ownOf(node))
        await this.feedObjects(node, leaf, origin, item);
      else if (leaf.kind === "records") await this.feedRecords(node, selected(node, leaf.records), item);
      else await this.feedBytes(node, leaf, origin, item);
    } catch (error) {
      throw atOrigin(error, origin);
    }
  }

  /** The straight road: bytes to the engine, nothing parsed here. */
  private async feedBytes(
    node: Node,
    leaf: Exclude<Piece, { kind: "records" }>,
    origin: Origin | undefined,
    item: Picked | undefined,
  ): Promise<void> {
    const reading = this.reading(node, leaf, origin);
    const records = isText(reading.format) ? undefined : (origin?.records ?? recordPath(node));
    const wanted = [...(origin?.capture ?? [])];
    // A page that is one object and no record path: the page is the record, and what is wanted of it lies inside.
    const inside =
      !records?.length && !isText(reading.format) && beginsWithBrace(origin?.bytes) ? wanted : [];
    const summary = await this.input(
      node,
      {
        ...reading,
        ...(records ? { records } : {}),
        capture: { document: wanted, record: inside },
      },
      item,
      leaf.kind === "text" ? [leaf.text] : chunks(leaf.piece),
    );
    if (records?.length && !summary.matched && summary.bytes > 0 && !summary.limitReached) {
      throw new RunletError(
        "SOURCE_SELECTOR",
        `records "${records.map((step) => step ?? "[*]").join(".")}" leads to nothing`,
        {
          hint: "look at the document, or leave records out: preview() and --dry-run load nothing",
        },
      );
    }
    const [only] = summary.records === 1 ? summary.record : [];
    const found = inside.length && only ? only.slice(only.length - inside.length) : summary.document;
    origin?.told?.(found, summary.records + (summary.cursor?.left ?? 0));
  }

  private reading(node: Node, leaf: Piece, origin: Origin | undefined): Reading {
    return readingOf(node.definition.options, origin, leaf.kind === "bytes" ? leaf.piece : undefined);
  }

  private async feedRecords(node: Node, given: readonly unknown[], item: Picked | undefined): Promise<void> {
    const own = this.run.cursors.ownOf(node)?.take(given);
    if (own) this.heed(node, own);
    const records = own ? own.taken : given;
    if (records.length === 0) return;
    const lines = this.lines.of(records, node.name, this.taken.get(node) ?? 0);
    await this.input(node, { format: "ndjson" }, item, lines);
  }

  /** The road through objects. */
  private async feedObjects(
    node: Node,
    leaf: Piece,
    origin: Origin | undefined,
    item: Picked | undefined,
  ): Promise<void> {
    const rows = this.objects.rows(node, leaf, origin, this.reading(node, leaf, origin));
    for await (const records of rows) {
      await this.feedRecords(node, records, item);
      if (this.satisfied(node)) return;
    }
  }

  /** One input of the engine, and the transformers of its records. */
  private async input(
    node: Node,
    options: InputOptions,
    item: Picked | undefined,
    parts: Iterable<string | Uint8Array> | AsyncIterable<Uint8Array>,
  ): Promise<InputSummary> {
    const { engine, meter, limit, signal } = this.run;
    const ordinal = this.ordinals.get(node) ?? 0;
    this.ordinals.set(node, ordinal + 1);
    const { table: tableOption } = node.definition.options;
    const table = node.loaded ? node.table : UNLOADED + node.name;
    const picks = node.children.map((child) => Object.keys(child.definition.parent!.pick).map(parsePath));
    const captured = [...picks.flat(), ...(options.capture?.record ?? [])];
    const left = limit === undefined || !node.loaded ? undefined : limit - (this.taken.get(node) ?? 0);
    const constants = { ...item?.constants, ...(await this.run.constants(node)) };
    const cursor = this.run.cursors.nameOf(node);
    const normalising = this.run.recorder.step("normalise", { resource: node.name });
    const extracting = this.step(node);
    const id = await engine.input(table, ordinal, {
      ...options,
      ...(Object.keys(constants).length ? { constants } : {}),
      ...(node.loaded && typeof tableOption === "object" ? { route: parsePath(tableOption.by) } : {}),
      capture: { ...options.capture, ...(captured.length ? { record: captured } : { record: undefined }) },
      ...(left === undefined ? {} : { limit: left }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    let summary: InputSummary;
    try {
      let records = 0;
      for await (const part of Symbol.asyncIterator in parts
        ? untilAborted(parts[Symbol.asyncIterator](), signal)
        : parts) {
        signal.throwIfAborted();
        const pushed = normalising.work(() =>
          typeof part === "string" ? engine.pushText(id, part) : engine.push(id, part),
        );
        const count = typeof pushed === "number" ? pushed : await normalising.wait(() => pushed);
        records += count;
        const bytes = typeof part === "string" ? part.length : part.byteLength;
        extracting.add({ records: count, bytes });
        meter.read(node.name, node.table, bytes, count);
        const busy = this.run.drain();
        if (busy) await busy;
        if (left !== undefined && records >= left) break;
      }
      const ended = normalising.work(() => engine.end(id));
      summary = ended instanceof Promise ? await normalising.wait(() => ended) : ended;
      extracting.add({ records: summary.records - records });
      meter.read(node.name, node.table, 0, summary.records - records);
    } catch (error) {
      engine.abort(id);
      throw error;
    }
    const busy = this.run.drain();
    if (busy) await busy;
    this.taken.set(node, (this.taken.get(node) ?? 0) + summary.records);
    if (summary.cursor) this.heed(node, summary.cursor);
    let at = 0;
    for (const [index, child] of node.children.entries()) {
      const width = picks[index]!.length;
      await this.runChild(child, summary.record, at);
      at += width;
    }
    return summary;
  }

  /** A transformer, over the records of one piece of its parent. */
  private async runChild(
    node: Node,
    captured: readonly (readonly (string | null)[])[],
    at: number,
  ): Promise<void> {
    if (this.satisfied(node)) return;
    const link = node.definition.parent!;
    const width = Object.keys(link.pick).length;
    const items: Picked[] = [];
    const pick = (record: number) =>
      (items[record] ??= picked(link, captured[record]!.slice(at, at + width), node.name, record + 1));
    function* starts(start: (item: Picked) => AsyncGenerator<Leaf>) {
      for (let record = 0; record < captured.length; record++) {
        const item = pick(record);
        yield () => start(item);
      }
    }
    await inOrder(
      starts((item) => this.start(node, item)),
      link.parallel,
      async (found, record) => {
        const goOn = await this.consume(node, found, items[record]);
        delete items[record];
        return goOn;
      },
    );
  }

  /** Notes what a cursor says of a piece. */
  private heed(node: Node, seen: { pastStart?: boolean; pastEnd?: boolean; advanced?: boolean }): void {
    const { rowOrder } = node.definition.options.cursor!;
    if (seen.advanced) this.advanced.add(node);
    if ((rowOrder === "asc" && seen.pastEnd) || (rowOrder === "desc" && seen.pastStart)) this.over.add(node);
  }

  private satisfied(node: Node): boolean {
    const { limit } = this.run;
    if (limit === undefined) return false;
    if (!node.loaded)
      return node.children.length > 0 && node.children.every((child) => this.satisfied(child));
    return (this.taken.get(node) ?? 0) >= limit;
  }
}
