import { asRunletError } from "../errors.ts";
import type { Host } from "../host.ts";
import type { Json } from "../json.ts";
import type { Redactor } from "../pipeline/redact.ts";
import type { LogEntry, LogLevel } from "./log.ts";
import type { StepCounts, StepName, Trace, TraceError, TraceStep } from "./trace.ts";

/** A step under way. */
export class Step {
  readonly counts: StepCounts = {};
  readonly start: number;
  end: number;
  /** Milliseconds of {@link work}; undefined: the step was at work from start to end. */
  worked: number | undefined;
  error: unknown;
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
    this.start = this.end = now();
  }

  add(counts: StepCounts): void {
    for (const [name, count] of Object.entries(counts) as [keyof StepCounts, number][])
      this.counts[name] = (this.counts[name] ?? 0) + count;
    this.reached();
  }

  /** The step goes on, or ends, now. */
  reached(): void {
    this.end = this.now();
  }

  /** Does and times a part of the step. */
  work<T>(part: () => T): T {
    const from = this.now();
    try {
      const result = part();
      if (!(result instanceof Promise)) return result;
      return result
        .catch((error: unknown) => this.failed(error))
        .finally(() => this.spent(from)) as T;
    } catch (error) {
      return this.failed(error);
    } finally {
      this.spent(from);
    }
  }

  private spent(from: number): void {
    this.reached();
    this.worked = (this.worked ?? 0) + this.end - from;
  }

  private failed(error: unknown): never {
    this.error ??= error;
    throw error;
  }
}
