import { asRunletError } from "../errors.ts";
import type { Json } from "../json.ts";
import type { Redactor } from "../pipeline/redact.ts";
import type { LogEntry, LogLevel } from "./log.ts";
import { Step } from "./step.ts";
import type { RunFacts, StepName, Trace, TraceError, TraceStep } from "./trace.ts";

export interface RecorderOptions {
  readonly redactor: Redactor;
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Receives what happens; absent: notices go to `say`. */
  log: ((entry: LogEntry) => void) | undefined;
  say: ((line: string) => void) | undefined;
}

interface Kept {
  readonly name: StepName;
  readonly of: { readonly resource?: string; readonly table?: string };
  readonly step: Step;
}

/** Records the steps of one run and tells what happens. Nothing leaves it with a secret in it, and who is told cannot
 *  make the run fail. */
export class Recorder {
  private readonly options: RecorderOptions;
  private readonly steps = new Map<string, Kept>();
  private readonly started: number;
  /** The step that failed first: what goes wrong afterwards follows from it. */
  private failure: { step: Step; error: unknown } | undefined;

  constructor(options: RecorderOptions) {
    this.options = options;
    this.started = options.now();
  }

  /** The step of a resource or table; it begins when it is asked for first. */
  step(name: StepName, of: Kept["of"] = {}): Step {
    const key = `${name}\0${of.resource ?? ""}\0${of.table ?? ""}`;
    let kept = this.steps.get(key);
    if (!kept) {
      const step: Step = new Step(this.options.now, (error) => (this.failure ??= { step, error }));
      this.steps.set(key, (kept = { name, of, step }));
      if (name === "extract") this.log("info", "extract.start", { ...of });
    }
    return kept.step;
  }

  log(level: LogLevel, event: string, fields: Record<string, Json>): void {
    const { log, now, redactor } = this.options;
    if (!log) return;
    try {
      const safe = redacted(fields, redactor) as Record<string, Json>;
      log({ time: iso(now()), level, event, fields: safe });
    } catch {
      // The load goes on without its log.
    }
  }

  /** What a person should know though nothing failed. */
  notice(line: string): void {
    if (this.options.log) this.log("warn", "notice", { message: line });
    else this.options.say?.(this.options.redactor.text(line));
  }

  /** What has been recorded so far. */
  trace(facts: RunFacts, error?: unknown): Trace {
    const steps = [...this.steps.values()]
      .sort((a, b) => a.step.start - b.step.start)
      .map(({ name, of, step }): TraceStep => {
        const failed = this.failure?.step === step ? { error: this.describe(this.failure.error) } : {};
        const durationMs = rounded(step.spent ?? step.end - step.start);
        return {
          step: name,
          ...of,
          start: iso(step.start),
          end: iso(step.end),
          durationMs,
          ...step.counts,
          ...failed,
        };
      });
    const trace: Trace = {
      ...facts,
      start: iso(this.started),
      durationMs: rounded(this.options.now() - this.started),
      steps,
      ...(error === undefined ? {} : { error: this.describe(error) }),
    };
    return redacted(trace as unknown as Json, this.options.redactor) as unknown as Trace;
  }

  private describe(thrown: unknown): TraceError {
    const { code, message } = this.options.redactor.error(asRunletError(thrown, "SOURCE_FAILED"));
    return { code, message };
  }
}

/** Plain data with every text in it redacted. */
function redacted(value: Json, redactor: Redactor): Json {
  if (typeof value === "string") return redactor.text(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => redacted(each, redactor));
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) =>
      each === undefined ? [] : [[redactor.text(key), redacted(each, redactor)]],
    ),
  );
}

function iso(millis: number): string {
  return new Date(millis).toISOString();
}

/** To the microsecond: clocks tell no more. */
function rounded(millis: number): number {
  return Math.round(millis * 1000) / 1000;
}
