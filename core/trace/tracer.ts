// The part of OpenTelemetry's API that is used, by its shape (https://opentelemetry.io/docs/specs/otel/trace/api/):
// a Tracer of @opentelemetry/api 1.x fits, and nobody needs the package.

export type Attributes = Record<string, string | number | boolean>;

export interface Span {
  setAttributes(attributes: Attributes): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  recordException(exception: { name: string; message: string; code: string }): void;
  /** `time`: milliseconds since the Unix epoch. */
  end(time?: number): void;
}

export interface SpanOptions {
  attributes?: Attributes;
  /** Milliseconds since the Unix epoch. */
  startTime?: number;
}

export interface Tracer {
  startSpan(name: string, options?: SpanOptions): Span;
  /** Starts a span that is the parent of those started within `work`, also after it has awaited. */
  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    options: SpanOptions,
    work: F,
  ): ReturnType<F>;
}

/** `SpanStatusCode.ERROR`. */
export const STATUS_ERROR = 2;

/** The tracer of the OpenTelemetry SDK that is registered in this process; undefined where there is none. All copies of
 *  @opentelemetry/api 1.x, and runtimes with OpenTelemetry built in, find each other under this symbol. */
export function globalTracer(version: string): Tracer | undefined {
  const api = (globalThis as Record<symbol, unknown>)[Symbol.for("opentelemetry.js.api.1")] as
    { trace?: { getTracer?(name: string, version: string): Tracer } } | undefined;
  return api?.trace?.getTracer?.("runlet", version);
}
