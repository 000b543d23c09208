import type { SchemaStep } from "../../schema/steps.ts";
import type { ColumnSchema, TableSchema, WriteDisposition } from "../../schema/types.ts";
import { type MergePlan, RECORD_COLUMN } from "../merge-plan.ts";
import { mergeStatements, rootKeyStatements, rootlessQuery } from "../sql/merge.ts";
import { quoteName } from "../sql/quote.ts";
import { alterTable } from "./alter.ts";
import type { Connection } from "./connection.ts";
import type { LoadLocks } from "./locks.ts";
import {
  addColumns,
  completeColumns,
  createTable,
  qualified,
  type StoredColumn,
  storedColumns,
} from "./tables.ts";
import { allowDoubles } from "./unique.ts";
import { sqlType } from "./types.ts";
import { foldVariant } from "./widen.ts";

type TypeStep = Extract<SchemaStep, { kind: "type-column" }>;

/** A table in a load. */
interface LoadTable {
  /** What streams are copied into may have: the table's columns and those it is to get. */
  columns: StoredColumn[];
  /** Whether this load made it, so that no reader can be in its way. */
  created: boolean;
  /** Number of the temporary table that takes the rows in its stead. */
  stage: number | undefined;
  /** Columns that the table gets before the commit. */
  added: ColumnSchema[];
  /** Columns that get a unique index before the commit, when rows are in: sorted once, it costs a fraction. */
  unique: string[];
  /** Whether the rows that wait are merged, by {@link LoadTables.merge}. */
  merging: boolean;
  /** Whether it takes the place of a table that is dropped before the commit. */
  renewed: boolean;
}

function loadTable(columns: StoredColumn[], more: Partial<LoadTable> = {}): LoadTable {
  return {
    columns,
    created: false,
    stage: undefined,
    added: [],
    unique: [],
    merging: false,
    renewed: false,
    ...more,
  };
}

/** The tables of one load, changed such that readers are held up for no longer than the commit.
 *
 *  - A new table is created in the transaction, and rows are copied into it.
 *  - Rows are appended by copying into the table; readers see them with the commit.
 *  - `replace` deletes the rows and copies the new ones beside them: readers go on seeing the old ones, in all tables alike.
 *    TRUNCATE, or a new table put in place of the old, would be faster for big tables and leave nothing for vacuum, but lock
 *    readers out, show an empty table to transactions that began before, and lose the table's views and grants.
 *  - Columns are added just before the commit, since that locks readers out until it. The rows of such a table wait in a
 *    temporary one, which belongs to the connection and vanishes with the transaction. So do rows that are merged, those of
 *    columns that may be null from now on, and those of a table that is dropped and made anew. */
export class LoadTables {
  readonly #connection: Connection;
  readonly #dataset: string;
  readonly #locks: LoadLocks;
  readonly #uniqueIndexes: boolean;
  readonly #tables = new Map<string, LoadTable>();
  /** Tables that go before the commit, or are made anew. */
  readonly #dropped = new Set<string>();
  /** Columns that may be null from the commit on, by table. */
  readonly #relaxed = new Map<string, string[]>();
  /** Columns that get their type when the rows that wait for them are moved, by table. */
  readonly #typed = new Map<string, TypeStep[]>();
  #stages = 0;

  constructor(connection: Connection, dataset: string, locks: LoadLocks, uniqueIndexes: boolean) {
    this.#connection = connection;
    this.#dataset = dataset;
    this.#locks = locks;
    this.#uniqueIndexes = uniqueIndexes;
  }

  columns(name: string): readonly StoredColumn[] | undefined {
    return this.#tables.get(name)?.columns;
  }

  /** What rows of the table are copied into, as SQL. */
  target(name: string): string {
    const stage = this.#tables.get(name)?.stage;
    return stage === undefined ? qualified(this.#dataset, name) : stageName(stage);
  }

  async prepare(table: TableSchema, disposition: WriteDisposition): Promise<void> {
    if (disposition === "merge") return this.#prepareMerge(table);
    const { name } = table;
    const wanted = completeColumns(table);
    const known = this.#tables.get(name);
    if (known) return this.#extend(name, known, wanted);
    const stored = await this.#stored(name);
    if (stored.length === 0) {
      if (wanted.length === 0) return;
      await this.#create(name, wanted);
      return;
    }
    if (disposition === "replace") {
      await this.#locks.ownTable(name);
      await this.#connection.run(`DELETE FROM ${qualified(this.#dataset, name)}`);
    } else {
      await this.#locks.shareTable(name);
    }
    const found = loadTable(stored);
    this.#tables.set(name, found);
    if (this.#relaxed.has(name) || this.#typed.has(name)) await this.#stage(name, found, false);
    await this.#extend(name, found, wanted);
  }

  /** Changes tables that no other load has in hand. What locks readers out is left for the end where rows may come yet. */
  async alter(steps: readonly SchemaStep[]): Promise<void> {
    for (const step of steps) {
      if (step.kind === "type-column") {
        await this.#typeLater(step);
        continue;
      }
      await this.#locks.ownTable(step.table);
      if (step.kind === "rename-table") await this.#locks.ownTable(step.to);
      if (step.kind === "drop-table") this.#dropped.add(step.table);
      else if (step.kind === "relax-column")
        this.#relaxed.set(step.table, [...(this.#relaxed.get(step.table) ?? []), step.column]);
      else await alterTable(this.#connection, this.#dataset, step);
    }
  }

  async #typeLater(step: TypeStep): Promise<void> {
    const { table } = step;
    const known = this.#tables.get(table);
    const columns = known ? known.columns : await this.#stored(table);
    if (!columns.some(({ name }) => name === step.column)) return;
    if (known?.created && known.stage === undefined)
      return alterTable(this.#connection, this.#dataset, step).then(() => this.#reread(table, known));
    this.#typed.set(table, [...(this.#typed.get(table) ?? []), step]);
    if (!known) return;
    if (known.stage === undefined) await this.#stage(table, known, false);
    else {
      await this.#typeStage(known.stage, step);
      known.columns = await this.#staged(known.stage);
    }
  }

  async #reread(name: string, table: LoadTable): Promise<void> {
    table.columns = await storedColumns(this.#connection, this.#dataset, name);
  }

  async #typeStage(stage: number, { table, column, schema }: TypeStep): Promise<void> {
    const type = sqlType(table, schema);
    await this.#connection.run(
      `ALTER TABLE ${stageName(stage)} ALTER ${quoteName(column)} TYPE ${type} USING NULL`,
    );
  }

  /** Columns of a table as they are for this load: none, where it is dropped. */
  async #stored(name: string): Promise<StoredColumn[]> {
    return this.#dropped.has(name) ? [] : storedColumns(this.#connection, this.#dataset, name);
  }

  /** Makes a system table exist. Loads commit one after the other, so nobody makes it at the same time. */
  async prepareSystem(table: TableSchema): Promise<void> {
    const columns = completeColumns(table);
    const stored = await storedColumns(this.#connection, this.#dataset, table.name);
    if (stored.length > 0) return;
    await createTable(this.#connection, this.#dataset, table.name, columns);
    await this.#index(table.name, uniqueOf(columns));
  }

  async #create(name: string, wanted: readonly ColumnSchema[]): Promise<void> {
    await this.#locks.ownTable(name);
    if (this.#dropped.has(name)) return this.#renew(name, wanted);
    await createTable(this.#connection, this.#dataset, name, wanted);
    const columns = await storedColumns(this.#connection, this.#dataset, name);
    this.#tables.set(name, loadTable(columns, { created: true, unique: uniqueOf(wanted) }));
  }

  /** A table in place of one that is dropped: until then its rows wait in a temporary one. */
  async #renew(name: string, wanted: readonly ColumnSchema[]): Promise<void> {
    const stage = this.#stages++;
    const nullable = wanted.map((column) => ({ ...column, nullable: true }));
    await createTable(this.#connection, "pg_temp", stageTable(stage), nullable);
    const columns = await this.#staged(stage);
    const unique = uniqueOf(wanted);
    this.#tables.set(name, loadTable(columns, { stage, added: [...wanted], renewed: true, unique }));
  }

  async #prepareMerge(table: TableSchema): Promise<void> {
    const { name } = table;
    const { [RECORD_COLUMN]: record, ...columns } = table.columns;
    const wanted = completeColumns({ ...table, columns });
    let known = this.#tables.get(name);
    if (!known) {
      await this.#locks.ownTable(name);
      const stored = await this.#stored(name);
      if (stored.length > 0) this.#tables.set(name, loadTable(stored));
      else if (wanted.length > 0) await this.#create(name, wanted);
      else return;
      known = this.#tables.get(name)!;
    }
    known.merging = true;
    if (known.stage === undefined) await this.#stage(name, known, record !== undefined);
    else if (record && !known.columns.some((column) => column.name === RECORD_COLUMN))
      await this.#addRecord(known);
    await this.#extend(name, known, wanted);
  }

  async #extend(name: string, table: LoadTable, wanted: readonly ColumnSchema[]): Promise<void> {
    const names = new Set(table.columns.map((column) => column.name));
    const added = wanted.filter((column) => !names.has(column.name));
    if (added.length === 0) return;
    if (table.created && !table.merging) {
      await addColumns(this.#connection, qualified(this.#dataset, name), name, added);
      table.columns = await storedColumns(this.#connection, this.#dataset, name);
      return;
    }
    if (table.stage === undefined) await this.#stage(name, table, false);
    await addColumns(this.#connection, stageName(table.stage!), name, added);
    table.added.push(...added);
    table.columns = await this.#staged(table.stage!);
  }

  async #stage(name: string, table: LoadTable, withRecord: boolean): Promise<void> {
    const stage = this.#stages++;
    const more = withRecord ? `, NULL::bigint AS ${quoteName(RECORD_COLUMN)}` : "";
    await this.#connection.run(
      `CREATE TEMP TABLE ${quoteName(stageTable(stage))} ON COMMIT DROP
       AS SELECT *${more} FROM ${qualified(this.#dataset, name)} WITH NO DATA`,
    );
    for (const step of this.#typed.get(name) ?? []) await this.#typeStage(stage, step);
    table.stage = stage;
    table.columns = await this.#staged(stage);
  }

  async #addRecord(table: LoadTable): Promise<void> {
    const column = `ADD COLUMN ${quoteName(RECORD_COLUMN)} bigint`;
    await this.#connection.run(`ALTER TABLE ${stageName(table.stage!)} ${column}`);
    table.columns = await this.#staged(table.stage!);
  }

  async #staged(stage: number): Promise<StoredColumn[]> {
    const { rows } = await this.#connection.rows(
      "SELECT nspname::text FROM pg_catalog.pg_namespace WHERE oid = pg_my_temp_schema()",
    );
    return storedColumns(this.#connection, rows[0]![0] as string, stageTable(stage));
  }

  async widen(name: string, base: string, variant: string): Promise<boolean> {
    const table = this.#tables.get(name);
    if (table) await this.#settle(name, table);
    else await this.#locks.shareTable(name);
    const target = qualified(this.#dataset, name);
    const columns = await storedColumns(this.#connection, this.#dataset, name);
    const stage = table?.stage;
    const waiting = stage === undefined ? [] : [{ target: stageName(stage), columns: table!.columns }];
    const folded = await foldVariant(this.#connection, [{ target, columns }, ...waiting], base, variant);
    if (!folded) return false;
    // The table is this load's own now, locked until the commit.
    const changed = table ?? loadTable(columns);
    changed.created = true;
    changed.columns =
      stage === undefined
        ? await storedColumns(this.#connection, this.#dataset, name)
        : await this.#staged(stage);
    this.#tables.set(name, changed);
    return true;
  }

  /** Merges the rows that wait for the plan's tables. */
  async merge(plan: MergePlan): Promise<void> {
    const withRecord = plan.strategy !== "delete-insert";
    for (const { name } of plan.tables) {
      // Where nothing has come, what is nested in rows that go must go, too.
      const columns: TableSchema["columns"] = {};
      if (withRecord) columns[RECORD_COLUMN] = { name: RECORD_COLUMN };
      await this.#prepareMerge({ name, columns });
      await this.#settle(name, this.#tables.get(name)!);
      await this.#connection.run(`ANALYZE ${this.target(name)}`);
    }
    const dialect = {
      target: (table: string) => qualified(this.#dataset, table),
      stage: (table: string) => this.target(table),
      temporary: (name: string) => `pg_temp.${quoteName(name)}`,
      arrival: "ctid",
    };
    if (plan.scd2)
      await allowDoubles(this.#connection, this.#dataset, plan.tables[0].name, plan.scd2.version);
    const rootless = rootlessQuery(plan, dialect);
    const isRootless = rootless && (await this.#connection.rows(rootless)).rows.length > 0;
    const before = isRootless ? rootKeyStatements(plan.tables, dialect) : [];
    for (const sql of [...before, ...mergeStatements(plan, dialect)]) await this.#connection.run(sql);
    for (const { name } of plan.tables) {
      const table = this.#tables.get(name)!;
      await this.#connection.run(`DROP TABLE ${stageName(table.stage!)}`);
      const columns = await storedColumns(this.#connection, this.#dataset, name);
      Object.assign(table, { stage: undefined, merging: false, created: true, columns });
    }
  }

  /** Adds the columns, moves the rows that wait, and makes indexes. */
  async settle(): Promise<void> {
    for (const [name, table] of this.#tables) {
      await this.#settle(name, table);
      await this.#index(name, table.unique);
      table.unique = [];
    }
    for (const name of [...this.#relaxed.keys(), ...this.#typed.keys()]) await this.#relax(name);
    for (const table of this.#dropped)
      await alterTable(this.#connection, this.#dataset, { kind: "drop-table", table });
    this.#dropped.clear();
  }

  async #relax(table: string): Promise<void> {
    for (const step of this.#typed.get(table) ?? []) await alterTable(this.#connection, this.#dataset, step);
    this.#typed.delete(table);
    for (const column of this.#relaxed.get(table) ?? [])
      await alterTable(this.#connection, this.#dataset, { kind: "relax-column", table, column });
    this.#relaxed.delete(table);
  }

  async #settle(name: string, table: LoadTable): Promise<void> {
    if (table.stage === undefined) return;
    const target = qualified(this.#dataset, name);
    await this.#relax(name);
    if (table.renewed) {
      await alterTable(this.#connection, this.#dataset, { kind: "drop-table", table: name });
      await createTable(this.#connection, this.#dataset, name, table.added);
      this.#dropped.delete(name);
      Object.assign(table, { renewed: false, created: true });
    } else await addColumns(this.#connection, target, name, table.added);
    if (table.merging) {
      table.added = [];
      return;
    }
    const columns = table.columns.map((column) => quoteName(column.name)).join(", ");
    const stage = stageName(table.stage);
    await this.#connection.run(`INSERT INTO ${target} (${columns}) SELECT ${columns} FROM ${stage}`);
    await this.#connection.run(`DROP TABLE ${stage}`);
    Object.assign(table, { stage: undefined, added: [], created: true });
  }

  async #index(name: string, columns: readonly string[]): Promise<void> {
    if (!this.#uniqueIndexes) return;
    for (const column of columns) {
      const target = qualified(this.#dataset, name);
      await this.#connection.run(`ALTER TABLE ${target} ADD UNIQUE (${quoteName(column)})`);
    }
  }
}

function uniqueOf(columns: readonly ColumnSchema[]): string[] {
  return columns.filter((column) => column.unique).map((column) => column.name);
}

function stageTable(stage: number): string {
  return `_runlet_stage_${stage}`;
}

function stageName(stage: number): string {
  return `pg_temp.${quoteName(stageTable(stage))}`;
}
