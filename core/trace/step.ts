import type { StepCounts } from "./trace.ts";

/** A step under way. */
export class Step {
  readonly counts: StepCounts = {};
  /** Milliseconds since the Unix epoch. */
  readonly start: number;
  end: number;
  /** Milliseconds of {@link work} and {@link wait}; undefined: at work from start to end. */
  spent: number | undefined;
  private readonly now: () => number;
  private readonly fail: (error: unknown) => void;

  constructor(now: () => number, fail: (error: unknown) => void) {
    this.now = now;
    this.fail = fail;
    this.start = this.end = now();
  }

  add(counts: StepCounts): void {
    for (const name of Object.keys(counts) as (keyof StepCounts)[])
      this.counts[name] = (this.counts[name] ?? 0) + counts[name]!;
    this.reached();
  }

  /** The step goes on until now. */
  reached(): void {
    this.end = this.now();
  }

  failed(error: unknown): void {
    this.fail(error);
    this.reached();
  }

  /** Does and times a part of the step. */
  work<T>(part: () => T): T {
    const from = this.now();
    try {
      return part();
    } catch (error) {
      this.fail(error);
      throw error;
    } finally {
      this.took(from);
    }
  }

  /** {@link work} that is awaited. */
  async wait<T>(part: () => Promise<T>): Promise<T> {
    const from = this.now();
    try {
      return await part();
    } catch (error) {
      this.fail(error);
      throw error;
    } finally {
      this.took(from);
    }
  }

  private took(from: number): void {
    this.reached();
    this.spent = (this.spent ?? 0) + this.end - from;
  }
}
