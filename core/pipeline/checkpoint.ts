import type { Discarded } from "../binding/contract.ts";
import { asRunletError, RunletError } from "../errors.ts";
import type { LoadedTable, LoadInfo } from "./load-info.ts";
import type { RunOptions } from "./run-options.ts";

/** After how much a run loads what it has. */
export interface Checkpoint {
  /** Bytes read, unpacked. */
  bytes?: number;
  /** Milliseconds. */
  duration?: number;
}

/** @throws RunletError PIPELINE_INVALID */
export function checkCheckpoint({ checkpoint, data, limit, reproduce }: RunOptions): void {
  if (checkpoint === undefined) return;
  const invalid = (what: string, hint: string) => new RunletError("PIPELINE_INVALID", what, { hint });
  const given = Object.entries(checkpoint ?? {});
  const good = given.every(
    ([name, value]) => ["bytes", "duration"].includes(name) && typeof value === "number" && value > 0,
  );
  if (given.length === 0 || !good)
    throw invalid(
      `checkpoint is ${JSON.stringify(checkpoint)}`,
      "give bytes, or milliseconds as duration: { bytes: 100_000_000 }",
    );
  for (const [name, value] of Object.entries({ data, limit, reproduce })) {
    if (value !== undefined)
      throw invalid(`a run with ${name} has no checkpoints`, `leave out checkpoint, or ${name}`);
  }
}

/** Runs in parts, each a load of its own and part of one round, until all is read, or until the run's own limits.
 *  @throws RunletError that says what the parts before it have loaded */
export async function inParts(
  { checkpoint, maxBytes = Infinity, maxDuration = Infinity, ...options }: RunOptions,
  once: (options: RunOptions) => Promise<LoadInfo>,
): Promise<LoadInfo> {
  const { bytes = Infinity, duration = Infinity } = checkpoint!;
  const parts: LoadInfo[] = [];
  let left = { bytes: maxBytes, duration: maxDuration };
  while (true) {
    const limits = { maxBytes: Math.min(bytes, left.bytes), maxDuration: Math.min(duration, left.duration) };
    let part: LoadInfo;
    try {
      part = await once({ ...options, ...finite(limits) });
    } catch (error) {
      throw parts.length ? afterParts(error, parts) : error;
    }
    parts.push(part);
    // What is to begin anew has begun.
    delete options.refresh;
    const isLast = part.stoppedBy === "maxBytes" ? left.bytes <= bytes : left.duration <= duration;
    left = { bytes: left.bytes - part.bytes, duration: left.duration - part.durationMs };
    if (part.complete || isLast || left.bytes <= 0 || left.duration <= 0) return together(parts);
  }
}

function finite(limits: { maxBytes: number; maxDuration: number }): RunOptions {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => Number.isFinite(value)));
}

function afterParts(error: unknown, parts: readonly LoadInfo[]): RunletError {
  const { code, message, where, hint } = asRunletError(error);
  const records = parts.reduce((sum, part) => sum + part.records, 0).toLocaleString("en-US");
  const from = parts
    .at(-1)!
    .remaining.map((each) => (each.from ? `${each.resource} from ${each.from}` : each.resource));
  const kept = `${parts.length === 1 ? "1 load is" : `${parts.length} loads are`} kept (${records} records): the next run goes on with ${from.join(", ")}`;
  const rest = hint?.replace(/(^| · )nothing loaded( · |$)/, "$1").replace(/ · $/, "");
  return new RunletError(code, message, { where, hint: rest ? `${kept} · ${rest}` : kept, cause: error });
}

/** What the parts are together. */
function together(parts: readonly LoadInfo[]): LoadInfo {
  const last = parts.at(-1)!;
  if (parts.length === 1) return last;
  const loaded = parts.findLast(({ nothingNew }) => !nothingNew) ?? last;
  const sum = (of: (part: LoadInfo) => number) => parts.reduce((total, part) => total + of(part), 0);
  const tables: Record<string, LoadedTable> = {};
  for (const part of parts) {
    for (const [name, table] of Object.entries(part.tables)) {
      const before = tables[name];
      tables[name] = before ? { ...table, rows: before.rows + table.rows, isNew: before.isNew } : table;
    }
  }
  const info = {
    ...last,
    loadId: loaded.loadId,
    nothingNew: loaded.nothingNew,
    loads: parts.flatMap(({ loadId, nothingNew }) => (nothingNew ? [] : [loadId])),
    tables,
    schemaChanges: parts.flatMap(({ schemaChanges }) => schemaChanges),
    discarded: leftOut(parts),
    rejects: sum(({ rejects }) => rejects),
    pages: sum(({ pages }) => pages),
    records: sum(({ records }) => records),
    bytes: sum(({ bytes }) => bytes),
    recovered: parts.flatMap(({ recovered }) => recovered),
    durationMs: sum(({ durationMs }) => durationMs),
    stages: {
      extract: sum(({ stages }) => stages.extract),
      commit: sum(({ stages }) => stages.commit),
    },
  };
  for (const [name, value] of Object.entries({
    toString: () => parts.map(String).join("\n"),
    dataset: last.dataset,
  }))
    Object.defineProperty(info, name, { value, enumerable: false });
  return info as unknown as LoadInfo;
}

/** What contracts have left out of the parts, each column or table once. */
function leftOut(parts: readonly LoadInfo[]): Discarded {
  const found = new Map<string, Discarded["list"][number]>();
  for (const { discarded } of parts) {
    for (const { rows, values, ...what } of discarded.list) {
      const { type: _type, ...same } = what;
      const key = JSON.stringify(what.entity === "data_type" ? what : same);
      const before = found.get(key);
      const add = (count: number | undefined, more: number | undefined) => (count ?? 0) + (more ?? 0);
      found.set(key, {
        ...(before ?? what),
        ...(rows === undefined ? {} : { rows: add(before?.rows, rows) }),
        ...(values === undefined ? {} : { values: add(before?.values, values) }),
      });
    }
  }
  const sum = (of: "rows" | "values") => parts.reduce((total, { discarded }) => total + discarded[of], 0);
  const most = Math.max(...parts.map(({ discarded }) => discarded.entries));
  return {
    rows: sum("rows"),
    values: sum("values"),
    entries: Math.max(found.size, most),
    list: [...found.values()].slice(0, 1000),
  };
}
