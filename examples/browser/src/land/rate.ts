import type { Progress } from "runlet";
import type { Session } from "../app/session.ts";

/** Counts rows and measures how long the engine takes. */
export class Rate {
  readonly #first: Session["preview"]["value"];
  readonly #opened: Session;
  readonly #started = performance.now();
  #rows: Readonly<Record<string, number>> = {};
  #ms = 0;

  /** `first` is what was looked at before the whole is read. */
  constructor(opened: Session, first: Session["preview"]["value"]) {
    this.#opened = opened;
    this.#first = first;
  }

  /** Rows of each table so far: never fewer than have been shown. */
  rowsOf(tables: object): Record<string, number> {
    const own = (name: string) => (Object.hasOwn(this.#rows, name) ? this.#rows[name]! : 0);
    const shown = (name: string) => (Object.hasOwn(this.#first, name) ? this.#first[name]!.length : 0);
    return Object.fromEntries(Object.keys(tables).map((name) => [name, Math.max(own(name), shown(name))]));
  }

  at({ bytes, rows, tables, stage }: Progress): void {
    // Waiting for DuckDB is no work of the engine's.
    if (stage === "extract" || this.#ms === 0) this.#ms = performance.now() - this.#started;
    this.#rows = tables;
    this.#opened.figures.value = { bytes, rows, ms: this.#ms };
  }
}
