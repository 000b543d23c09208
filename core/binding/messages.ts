import { asRunletError, type ErrorCode, RunletError, type ErrorWhere } from "../errors.ts";
import type { EngineBatch, EngineConfig, EngineSchema, InputOptions, InputSummary } from "./contract.ts";

/** What two threads talk through: a `Worker`, a `MessagePort`, `node:worker_threads`' `parentPort`. Messages arrive
 *  whole and in order. */
export interface Port {
  /** What is in `transfer` is gone from here. */
  send(message: unknown, transfer: Transferable[]): void;
  /** Called once, before anything is sent. */
  receive(listener: (message: unknown) => void): void;
}

/** What an engine on another thread is asked. Questions are answered in order; inputs are numbered by who asks. */
export type Question =
  | { ask: "open"; module: WebAssembly.Module; config: EngineConfig }
  | { ask: "input"; input: number; table: string; ordinal: number; options: InputOptions }
  | { ask: "push"; input: number; chunk: Uint8Array | string }
  | { ask: "end"; input: number }
  | { ask: "abort"; input: number }
  | { ask: "drain" }
  | { ask: "schema" }
  | { ask: "close" };

/** What it answers. Every answer brings the batches that were finished on the way. */
export interface Answer {
  batches: SentBatch[];
  error?: SentError;
  value?: number | InputSummary | EngineSchema;
}

/** A batch; the first one of each version of a table brings that version's Arrow schema message. */
export interface SentBatch extends EngineBatch {
  schema?: Uint8Array;
}

/** Errors lose their class on the way between threads. */
export interface SentError {
  code: ErrorCode;
  message: string;
  where: ErrorWhere;
  hint: string | undefined;
}

export function sentError(error: unknown): SentError {
  const { code, message, where, hint } = asRunletError(error);
  return { code, message, where, hint };
}

export function receivedError({ code, message, where, hint }: SentError): RunletError {
  return new RunletError(code, message, { where, ...(hint === undefined ? {} : { hint }) });
}
