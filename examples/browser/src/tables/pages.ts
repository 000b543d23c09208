import { signal } from "@preact/signals";
import type { Dataset } from "runlet";
import type { Row } from "../app/session.ts";
import { quoted } from "../sql/names.ts";

const PAGE = 200;

/** Rows of a table, asked for in pages as they come into sight. */
export class TablePages {
  /** Grows when rows have come. */
  readonly version = signal(0);
  readonly #data: Dataset;
  readonly #table: string;
  readonly #pages = new Map<number, readonly Row[]>();
  readonly #asked = new Set<number>();
  #stopped = false;

  constructor(data: Dataset, table: string) {
    this.#data = data;
    this.#table = table;
  }

  row(index: number): Row | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  want(from: number, to: number): void {
    for (let page = Math.floor(from / PAGE); page <= Math.floor(to / PAGE); page++) void this.#fetch(page);
  }

  stop(): void {
    this.#stopped = true;
  }

  async #fetch(page: number): Promise<void> {
    if (this.#asked.has(page)) return;
    this.#asked.add(page);
    try {
      const rows = await this.#data.query<Row>(
        `select * from ${quoted(this.#table)} limit ${PAGE} offset ${page * PAGE}`,
      );
      if (this.#stopped) return;
      this.#pages.set(page, rows);
      this.version.value++;
    } catch {
      // Asked again when it comes into sight again.
      this.#asked.delete(page);
    }
  }
}
