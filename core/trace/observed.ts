import type { RunletError } from "../errors.ts";
import type { Json } from "../json.ts";
import { RUNLET_VERSION } from "../version.ts";
import type { LogEntry } from "./log.ts";
import type { Recorder } from "./recorder.ts";
import type { RunFacts, Trace, TraceStep } from "./trace.ts";
import { globalTracer, STATUS_ERROR, type Attributes, type Span, type Tracer } from "./tracer.ts";

/** How a run is observed. */
export interface Observing {
  /** Gets a span of the run and, below it, one per step: a tracer of OpenTelemetry (`trace.getTracer("my-app")`). Default:
   *  that of the SDK registered in this process, if there is one; `false`: none. */
  tracer?: Tracer | false;
  /** Receives what happens, as it happens. What it throws is ignored. */
  log?(entry: LogEntry): void;
}

/** Does a run's work within a span, and tells how it ends. `facts` grow while the work goes on; `safe` makes the error as
 *  it is reported. */
export async function observed<T extends { readonly trace: Trace }>(
  recorder: Recorder,
  observing: Observing,
  facts: RunFacts,
  safe: (error: unknown) => RunletError,
  work: () => Promise<T>,
): Promise<T> {
  const within = async (span?: Span): Promise<T> => {
    recorder.log("info", "run.start", { pipeline: facts.pipeline, dataset: facts.dataset });
    try {
      const result = await work();
      told(recorder, result.trace);
      spans(tracer, span, result.trace, undefined);
      return result;
    } catch (thrown) {
      const error = safe(thrown);
      const trace = recorder.trace(facts, error);
      told(recorder, trace);
      spans(tracer, span, trace, error);
      throw thrown;
    }
  };
  const tracer = observing.tracer === false ? undefined : (observing.tracer ?? globalTracer(RUNLET_VERSION));
  if (!tracer) return within();
  return tracer.startActiveSpan("runlet.run", { attributes: attributesOf(facts) }, (span) => within(span));
}

/** Logs the steps that are whole only at the end, and the end. */
function told(recorder: Recorder, { steps, error, ...run }: Trace): void {
  for (const { step, error: failure, ...counts } of steps) {
    if (!error && (step === "load" || step === "commit"))
      recorder.log("info", step, counts as unknown as Record<string, Json>);
    if (failure) recorder.log("error", `${step}.failed`, { ...counts, ...failure } as Record<string, Json>);
  }
  const fields = { ...run, ...error } as unknown as Record<string, Json>;
  if (error) recorder.log("error", "run.failed", fields);
  else recorder.log("info", "run.end", fields);
}

/** The steps as spans below the run's, which ends. They are made afterwards: what a step counts is known then. */
function spans(
  tracer: Tracer | undefined,
  span: Span | undefined,
  trace: Trace,
  error: RunletError | undefined,
): void {
  try {
    for (const step of trace.steps) {
      const child = tracer?.startSpan(`runlet.${step.step}`, {
        startTime: Date.parse(step.start),
        attributes: attributesOf(step),
      });
      if (child && step.error) fail(child, step.error);
      child?.end(Date.parse(step.end));
    }
    span?.setAttributes(attributesOf(trace));
    if (span && error) fail(span, error);
    span?.end();
  } catch {
    // The load is what it is, whatever becomes of its spans.
  }
}

function fail(span: Span, { code, message }: { code: string; message: string }): void {
  span.setAttributes({ "error.type": code });
  span.recordException({ name: code, message, code });
  span.setStatus({ code: STATUS_ERROR, message });
}

/** `loadId` → `runlet.load_id`; times and lists are told otherwise. */
function attributesOf(of: RunFacts | Trace | TraceStep): Attributes {
  return Object.fromEntries(
    Object.entries(of).flatMap(([key, value]: [string, unknown]) =>
      ["step", "start", "end", "durationMs"].includes(key) || !["string", "number"].includes(typeof value)
        ? []
        : [
            [
              `runlet.${key.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`)}`,
              value as string | number,
            ],
          ],
    ),
  );
}
