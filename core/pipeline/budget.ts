import type { DestinationLoad } from "../destinations/contract.ts";
import { RunletError } from "../errors.ts";
import type { Meter } from "./progress.ts";

export interface BudgetOptions {
  /** Milliseconds. */
  maxDuration?: number;
  /** Bytes read. */
  maxBytes?: number;
}

export type BudgetName = keyof BudgetOptions;

/** Part of the time that is kept for the commit, at least. */
const COMMIT_SHARE = 0.1;
/** Arrow bytes a destination writes per millisecond, as long as nothing is known of it. */
const USUAL_SPEED = 20_000;
/** Pieces whose size and time say what the next will take. */
const REMEMBERED = 8;

/** @throws RunletError PIPELINE_INVALID */
export function checkBudget({ maxDuration, maxBytes }: BudgetOptions): void {
  for (const [name, value] of Object.entries({ maxDuration, maxBytes })) {
    if (value === undefined || (typeof value === "number" && value > 0)) continue;
    throw new RunletError("PIPELINE_INVALID", `${name} is ${String(value)}`, {
      hint: name === "maxBytes" ? "give bytes: 100_000_000" : "give milliseconds: 30_000",
    });
  }
}

/** What a destination has taken so far. */
export class WriteCost {
  bytes = 0;
  ms = 0;

  /** The load, its writing measured. */
  of(load: DestinationLoad, now: () => number): DestinationLoad {
    const write: DestinationLoad["write"] = async (table, stream) => {
      const { byteLength } = stream;
      const started = now();
      await load.write(table, stream);
      this.ms += now() - started;
      this.bytes += byteLength;
    };
    return new Proxy(load, {
      get(of, name: keyof DestinationLoad) {
        const found = name === "write" ? write : of[name];
        return typeof found === "function" ? (found as () => unknown).bind(of) : found;
      },
    });
  }
}

/** Tells when a run is about to hit its limit: when another piece like the last few, and the commit, would be too much.
 *  For the commit a tenth of `maxDuration` is kept, or the time it takes, at the speed of writing so far, to write what
 *  waits (twice over) and what has been written: destinations do part of their work at commit. */
export class Budget {
  private readonly options: BudgetOptions;
  private readonly started: number;
  private readonly now: () => number;
  private readonly meter: Meter;
  private readonly cost: WriteCost;
  private readonly waiting: () => number;
  private readonly pieces: { ms: number; bytes: number }[] = [];
  private at: number;
  private bytes = 0;

  constructor(
    options: BudgetOptions,
    run: {
      /** Milliseconds since the Unix epoch. */
      started: number;
      now: () => number;
      meter: Meter;
      cost: WriteCost;
      /** Arrow bytes that wait to be written. */
      waiting: () => number;
    },
  ) {
    this.options = options;
    this.started = run.started;
    this.now = run.now;
    this.meter = run.meter;
    this.cost = run.cost;
    this.waiting = run.waiting;
    this.at = run.now();
  }

  /** Notes that a piece is read, with all that hangs on it. */
  piece(): void {
    const now = this.now();
    this.pieces.push({ ms: now - this.at, bytes: this.meter.bytes - this.bytes });
    if (this.pieces.length > REMEMBERED) this.pieces.shift();
    this.at = now;
    this.bytes = this.meter.bytes;
  }

  /** Which limit another piece would hit. A run reads one piece at least. */
  over(): BudgetName | undefined {
    const { maxBytes, maxDuration } = this.options;
    if (this.pieces.length === 0) return undefined;
    const bytes = this.meter.bytes + Math.max(...this.pieces.map((piece) => piece.bytes));
    if (maxBytes !== undefined && bytes > maxBytes) return "maxBytes";
    if (maxDuration === undefined) return undefined;
    const { bytes: written, ms } = this.cost;
    const perByte = written > 0 && ms > 0 ? ms / written : 1 / USUAL_SPEED;
    const commit = Math.max(maxDuration * COMMIT_SHARE, perByte * (2 * this.waiting() + written));
    const next = Math.max(...this.pieces.map((piece) => piece.ms));
    return this.now() - this.started + next + commit > maxDuration ? "maxDuration" : undefined;
  }
}
