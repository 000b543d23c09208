import { RECORD_COLUMN } from "../merge-plan.ts";
import { quoteName } from "../sql/quote.ts";
import type { DuckDBConnection } from "./driver.ts";
import { qualified, sameName, type StoredColumn } from "./tables.ts";

/** DuckDB's own column of the rows' order, which data may hide behind one of that name. */
const ROW_ID = "rowid";
const ARRIVAL = "_runlet_arrival";

/** Where rows wait for a merge: a temporary table per table, which no other connection sees and no file keeps. */
export class Stages {
  readonly #connection: DuckDBConnection;
  readonly #dataset: string;
  /** Stages are dropped while others are still made: a name is used once. */
  #made = 0;
  readonly #stages = new Map<string, { name: string; columns: StoredColumn[] }>();

  constructor(connection: DuckDBConnection, dataset: string) {
    this.#connection = connection;
    this.#dataset = dataset;
  }

  has(table: string): boolean {
    return this.#stages.has(sameName(table));
  }

  /** The stage's name in the temporary schema. */
  name(table: string): string {
    return this.#stages.get(sameName(table))!.name;
  }

  /** The stage as SQL. */
  sql(table: string): string {
    return temporary(this.name(table));
  }

  columns(table: string): readonly StoredColumn[] | undefined {
    return this.#stages.get(sameName(table))?.columns;
  }

  /** Makes the stage of a table exist, with the columns the table has by now. */
  async ensure(table: string, columns: readonly StoredColumn[], withRecord: boolean): Promise<void> {
    const record: StoredColumn = { name: RECORD_COLUMN, type: "BIGINT", nullable: true };
    const wanted = [...columns.map((column) => ({ ...column })), ...(withRecord ? [record] : [])];
    const known = this.#stages.get(sameName(table));
    if (!known) {
      const name = `_runlet_stage_${this.#made++}`;
      const more = withRecord ? `, CAST(NULL AS BIGINT) AS ${quoteName(RECORD_COLUMN)}` : "";
      await this.#connection.exec(
        `CREATE TEMP TABLE ${name} AS SELECT *${more} FROM ${qualified(this.#connection, this.#dataset, table)} LIMIT 0`,
      );
      this.#stages.set(sameName(table), { name, columns: wanted });
      return;
    }
    const names = new Set(known.columns.map((column) => sameName(column.name)));
    for (const { name, type } of wanted.filter((column) => !names.has(sameName(column.name)))) {
      // JSON has no name to declare a column with; its text becomes JSON on the way into the table.
      const declared = type === "JSON" ? "VARCHAR" : type;
      await this.#connection.exec(
        `ALTER TABLE ${temporary(known.name)} ADD COLUMN ${quoteName(name)} ${declared}`,
      );
      known.columns.push({ name, type: declared, nullable: true });
    }
  }

  /** After a fold: without the variant, the base as the table has it. */
  folded(table: string, base: string, variant: string, type: string): void {
    const known = this.#stages.get(sameName(table));
    if (!known) return;
    known.columns = known.columns
      .filter((column) => sameName(column.name) !== sameName(variant))
      .map((column) => (sameName(column.name) === sameName(base) ? { ...column, type } : column));
  }

  /** A column that was empty is of another type: no row that waits has a value for it. */
  async typed(table: string, column: StoredColumn): Promise<void> {
    const known = this.#stages.get(sameName(table));
    if (!known) return;
    const others = known.columns.filter(({ name }) => sameName(name) !== sameName(column.name));
    if (others.length < known.columns.length)
      await this.#connection.exec(
        `ALTER TABLE ${temporary(known.name)} DROP COLUMN ${quoteName(column.name)}`,
      );
    known.columns = others;
  }

  /** The column that grows as rows come, the same one in all these stages. No more rows may come after this. */
  async arrival(tables: readonly string[]): Promise<string> {
    const isHidden = tables.some((table) =>
      this.columns(table)!.some(({ name }) => sameName(name) === ROW_ID),
    );
    if (!isHidden) return ROW_ID;
    for (const table of tables) {
      await this.#connection.exec(
        `CREATE OR REPLACE TEMP TABLE ${this.name(table)} AS
         SELECT *, row_number() OVER () AS ${ARRIVAL} FROM ${this.sql(table)}`,
      );
    }
    return ARRIVAL;
  }

  async drop(tables: readonly string[]): Promise<void> {
    for (const table of tables.filter((name) => this.has(name))) {
      await this.#connection.exec(`DROP TABLE ${this.sql(table)}`);
      this.#stages.delete(sameName(table));
    }
  }
}

/** A temporary table as SQL. */
export function temporary(name: string): string {
  return `temp.main.${quoteName(name)}`;
}
