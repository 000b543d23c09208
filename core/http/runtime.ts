import type { Value } from "../pipeline/value.ts";

/** A request that is about to be sent again. */
export type Retried = {
  /** What is asked for, as messages call it. */
  request: string;
  /** Number of the retry, from 1. */
  retry: number;
  /** The status of the answer; absent where there was no whole answer. */
  status?: number;
};

/** What requests need of the run they belong to. */
export interface HttpRuntime {
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal;
  /** Milliseconds since the Unix epoch. */
  now(): number;
  resolve(value: string | Value<string>): Promise<string>;
  /** Told of each request that is sent again. */
  retried?(again: Retried): void;
  /** Declares a value that no message may show. */
  conceal(value: string, name: string): void;
  /** Removes secrets from text. */
  redact(text: string): string;
}
