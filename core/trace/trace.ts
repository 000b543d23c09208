import type { ErrorCode } from "../errors.ts";

/** `open`: the destination is opened and what it remembers is read. `recover`: loads that earlier runs left are finished.
 *  `extract`: a resource is read. `normalise`: the engine makes rows of what was read. `load`: rows go to the
 *  destination. `commit`: they become visible. */
export type StepName = "open" | "recover" | "extract" | "normalise" | "load" | "commit";

/** What a step dealt with; what it does not count is absent. */
export interface StepCounts {
  /** Pages, files or pieces read. */
  pages?: number;
  /** Records read. */
  records?: number;
  /** Rows loaded into the table. */
  rows?: number;
  /** Rows and values that the table's contract has left out. */
  discarded?: number;
  /** Bytes read; in `load`, of Arrow. */
  bytes?: number;
  /** Requests sent again. */
  retries?: number;
}

/** One step of a run, for one resource or table. Steps overlap: rows are loaded while others are read. */
export interface TraceStep extends StepCounts {
  readonly step: StepName;
  /** Of `extract` and `normalise`. */
  readonly resource?: string;
  /** Of `load`. */
  readonly table?: string;
  /** ISO 8601, UTC. */
  readonly start: string;
  readonly end: string;
  /** Milliseconds the step was at work between start and end; in `extract` all of them, waiting included. */
  readonly durationMs: number;
  readonly error?: TraceError;
}

export interface TraceError {
  readonly code: ErrorCode;
  readonly message: string;
}

/** What a run is about; what is absent was not known yet when it failed. */
export interface RunFacts {
  pipeline: string;
  dataset: string;
  /** Address without credentials. */
  destination?: string;
  loadId?: string;
}

/** What a run did and how long it took. Plain data without secrets. */
export interface Trace extends Readonly<RunFacts> {
  /** ISO 8601, UTC. */
  readonly start: string;
  readonly durationMs: number;
  /** In the order of their start. */
  readonly steps: readonly TraceStep[];
  readonly error?: TraceError;
}
