import type { App } from "../app.ts";
import type { Feature } from "../case.ts";
import type { SuiteOutcome } from "../suite.ts";

/** Where a runtime runs the suite. */
export interface Surroundings {
  app: App;
  /** Origin of the suite's server: the API below `/api`, the app's files beside it. */
  origin: string;
  offers: readonly Feature[];
  /** Address of a new, empty Postgres database. */
  database(): Promise<string>;
}

/** Milliseconds; absent where the runtime shows no clock. */
export interface Times {
  /** From the start of the process (of the page, of the worker) until the first batch reached a destination. */
  startToBatch?: number;
  engine?: { module: number; open: number; openAgain: number };
}

export interface Ran extends SuiteOutcome {
  /** The module of the package that `runlet` is here. */
  entry?: string;
  times: Times;
  /** Paths that a page asked for, in order. */
  asked?: readonly string[];
}

export type Run = (surroundings: Surroundings) => Promise<Ran>;
