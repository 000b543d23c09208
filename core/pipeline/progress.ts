/** How far a run is. All counts are totals of the run so far. */
export interface Progress {
  readonly stage: "extract" | "load" | "commit";
  /** The resource being read, and the table it fills. */
  readonly resource: string;
  readonly table: string;
  /** Pages, files or pieces read. */
  readonly pages: number;
  /** Records read; a record gives one row of a root table and any number of nested ones. */
  readonly records: number;
  /** Rows normalised, nested tables included. */
  readonly rows: number;
  /** Bytes read. */
  readonly bytes: number;
  /** Rows normalised per table. */
  readonly tables: Readonly<Record<string, number>>;
}

/** Counts what a run does, and tells who wants to know. */
export class Meter {
  private resource = "";
  private table = "";
  private readonly tell: ((progress: Progress) => void) | undefined;
  stage: Progress["stage"] = "extract";
  pages = 0;
  records = 0;
  rows = 0;
  bytes = 0;
  readonly tables: Record<string, number> = {};

  constructor(tell: ((progress: Progress) => void) | undefined) {
    this.tell = tell;
  }

  read(resource: string, table: string, bytes: number, records: number): void {
    this.resource = resource;
    this.table = table;
    this.bytes += bytes;
    this.records += records;
    this.report();
  }

  normalised(table: string, rows: number): void {
    this.rows += rows;
    this.tables[table] = (this.tables[table] ?? 0) + rows;
  }

  at(stage: Progress["stage"]): void {
    this.stage = stage;
    this.report();
  }

  private report(): void {
    if (!this.tell) return;
    const { stage, resource, table, pages, records, rows, bytes } = this;
    this.tell({ stage, resource, table, pages, records, rows, bytes, tables: { ...this.tables } });
  }
}
