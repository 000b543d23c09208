import { AsyncLocalStorage } from "node:async_hooks";
import type { Attributes, Span, SpanOptions, Tracer } from "../../core/trace/tracer.ts";

export interface RecordedSpan {
  name: string;
  parent: string | undefined;
  attributes: Attributes;
  exceptions: { name: string; message: string }[];
  status?: { code: number; message?: string };
  start: number;
  ended?: number;
}

/** A tracer that keeps its spans, with the active one carried along as a context manager does it. */
export function recordingTracer(): Tracer & { spans: RecordedSpan[] } {
  const active = new AsyncLocalStorage<RecordedSpan>();
  const spans: RecordedSpan[] = [];
  const start = (
    name: string,
    { attributes = {}, startTime = Date.now() }: SpanOptions = {},
  ): RecordedSpan => {
    const parent = active.getStore()?.name;
    const span = { name, parent, attributes: { ...attributes }, exceptions: [], start: startTime };
    spans.push(span);
    return span;
  };
  const handle = (span: RecordedSpan): Span => ({
    setAttributes: (attributes) => Object.assign(span.attributes, attributes),
    setStatus: (status) => (span.status = status),
    recordException: ({ name, message }) => void span.exceptions.push({ name, message }),
    end: (time = Date.now()) => void (span.ended = time),
  });
  return {
    spans,
    startSpan: (name, options) => handle(start(name, options)),
    startActiveSpan(name, options, work) {
      const span = start(name, options);
      return active.run(span, () => work(handle(span))) as ReturnType<typeof work>;
    },
  };
}
