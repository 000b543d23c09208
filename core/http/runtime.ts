import type { Value } from "../pipeline/value.ts";

/** What requests need of the run they belong to. */
export interface HttpRuntime {
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal;
  /** Milliseconds since the Unix epoch. */
  now(): number;
  resolve(value: string | Value<string>): Promise<string>;
  /** Declares a value that no message may show. */
  conceal(value: string, name: string): void;
  /** Removes secrets from text. */
  redact(text: string): string;
}
