import { signal } from "@preact/signals";
import type { Dataset } from "runlet";
import type { Row } from "../app/session.ts";
import { quoted } from "../sql/names.ts";

const PAGE = 200;
/** Pages that are kept; those seen longest ago go first. */
const KEPT = 60;

/** Rows of a table, asked for in pages as they come into sight. Pages that have gone by before their turn are not
 *  asked for. */
export class TablePages {
  /** Grows when rows have come. */
  readonly version = signal(0);
  /** What went wrong with the rows in sight. */
  readonly problem = signal<string | undefined>(undefined);
  readonly #data: Dataset;
  readonly #table: string;
  readonly #pages = new Map<number, readonly Row[]>();
  #wanted: readonly number[] = [];
  #asking = false;
  #stopped = false;

  constructor(data: Dataset, table: string) {
    this.#data = data;
    this.#table = table;
  }

  row(index: number): Row | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  want(from: number, to: number): void {
    const [first, last] = [Math.floor(from / PAGE), Math.floor(to / PAGE)];
    this.#wanted = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    for (const page of this.#wanted) {
      const rows = this.#pages.get(page);
      if (!rows) continue;
      this.#pages.delete(page);
      this.#pages.set(page, rows);
    }
    void this.#ask();
  }

  stop(): void {
    this.#stopped = true;
  }

  async #ask(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      for (let page = this.#next(); page !== undefined; page = this.#next()) {
        const rows = await this.#data.query<Row>(
          `select * from ${quoted(this.#table)} limit ${PAGE} offset ${page * PAGE}`,
        );
        this.#pages.set(page, rows);
        if (this.#pages.size > KEPT) this.#pages.delete(this.#pages.keys().next().value!);
        this.problem.value = undefined;
        this.version.value++;
      }
    } catch (error) {
      // Asked again when other rows come into sight.
      if (!this.#stopped) this.problem.value = error instanceof Error ? error.message : String(error);
    } finally {
      this.#asking = false;
    }
  }

  #next(): number | undefined {
    return this.#stopped ? undefined : this.#wanted.find((page) => !this.#pages.has(page));
  }
}
