import type { Destination } from "../../core/destinations/contract.ts";

/** What a destination's own test gives the suite. */
export interface Subject {
  /** A destination of its own for one test; opened again it shows what was committed. */
  create(): Destination | Promise<Destination>;
  /** Whether a second session sees what the first one committed after it was closed. */
  durable: boolean;
  /** Values that come back otherwise than `EVERY_TYPE` says, by column. */
  reads?: Record<string, unknown[]>;
  /** Whether text may hold U+0000; default true. Where not, it is refused before anything is sent. */
  nulInText?: boolean;
  /** Whether a column of which rows are committed may become another type; default true. Where not, variants stay. */
  widensCommitted?: boolean;
}
