import type { ColumnSchema, WriteDisposition } from "../../schema/types.ts";
import type { SchemaStep } from "../../schema/steps.ts";
import { completeColumns } from "../duckdb/tables.ts";
import { sqlType } from "../duckdb/types.ts";
import { type Folding, foldingOf } from "./folding.ts";
import { type DataFile, type LakeColumn, type LakeTable, sameName, type TableChange } from "./snapshot.ts";

/** What can be done to a table whose files stay as they are. */
export type LakeStep = Extract<
  SchemaStep,
  { kind: "drop-table" | "create-table" | "add-column" | "type-column" | "relax-column" }
>;

/** A table in one load: its columns as they will be, and the files the load brings. */
export class LoadTable {
  readonly name: string;
  /** In order. */
  columns: LakeColumn[];
  files: DataFile[] = [];
  /** The table's committed files are to go. */
  replaced = false;
  #prepared = false;
  #altered = false;
  /** Columns, as names are compared, that no file has a value for and that get their type. */
  readonly #typed = new Set<string>();
  readonly #before: LakeTable | undefined;

  constructor(name: string, before: LakeTable | undefined) {
    this.name = before?.name ?? name;
    this.columns = [...(before?.columns ?? [])];
    this.#before = before;
  }

  prepare(wanted: readonly ColumnSchema[], disposition: WriteDisposition): void {
    if (disposition === "replace" && !this.#prepared) {
      this.replaced = true;
      const names = new Set(wanted.map(({ name }) => sameName(name)));
      const kept = this.columns.filter(({ name }) => !names.has(sameName(name)));
      // A table that loses no column begins anew, in the order of the schema.
      this.columns = kept.length === 0 ? wanted.map(lakeColumn) : this.#renewed(wanted);
    }
    const isNew = !this.#prepared && this.columns.length === 0;
    this.#prepared = true;
    const known = new Set(this.columns.map(({ name }) => sameName(name)));
    for (const column of wanted) {
      if (known.has(sameName(column.name))) continue;
      const added = lakeColumn(column);
      // Rows that are there have no value for it.
      if (!isNew) delete added.nullable;
      this.columns.push(added);
    }
  }

  /** Changes the table as the next commit lists it; files that are there stay as they are. */
  alter(step: LakeStep): void {
    this.#altered = true;
    switch (step.kind) {
      case "drop-table":
        this.replaced = true;
        this.columns = [];
        return;
      case "create-table":
        if (this.columns.length === 0) this.columns = completeColumns(step.schema).map(lakeColumn);
        return;
      case "add-column": {
        const { nullable: _, ...column } = lakeColumn(step.schema);
        if (!this.#has(step.column)) this.columns.push(column);
        return;
      }
      case "type-column":
        this.#typed.add(sameName(step.column));
        this.columns = this.columns.map((column) =>
          sameName(column.name) === sameName(step.column) ? lakeColumn(step.schema) : column,
        );
        return;
      case "relax-column":
        this.columns = this.columns.map(({ nullable, ...column }) =>
          nullable === undefined || sameName(column.name) === sameName(step.column)
            ? column
            : { ...column, nullable },
        );
    }
  }

  /** Whether nobody has given the column a type since the load began. */
  #isAsBefore(now: LakeColumn): boolean {
    const before = this.#before?.columns.find(({ name }) => sameName(name) === sameName(now.name));
    return before !== undefined && sqlType(before as ColumnSchema) === sqlType(now as ColumnSchema);
  }

  #has(name: string): boolean {
    return this.columns.some((column) => sameName(column.name) === sameName(name));
  }

  #renewed(wanted: readonly ColumnSchema[]): LakeColumn[] {
    const byName = new Map(wanted.map((column) => [sameName(column.name), column]));
    return this.columns.map((column) => {
      const renewed = byName.get(sameName(column.name));
      if (renewed) return lakeColumn(renewed);
      const { nullable: _, ...rest } = column;
      return rest;
    });
  }

  /** How a variant would be folded into its base: only in files of this load. Files that are committed never change, so
   *  a column they have keeps its type. */
  folding(base: string, variant: string): Folding | undefined {
    const find = (name: string) => this.columns.find((column) => sameName(column.name) === sameName(name));
    const [to, from] = [find(base), find(variant)];
    const committed = !this.replaced && (this.#before?.files.length ?? 0) > 0;
    const isOld = (column: LakeColumn) =>
      this.#before?.columns.some(({ name }) => sameName(name) === sameName(column.name));
    if (!to || !from || (committed && (isOld(to) || isOld(from)))) return undefined;
    return foldingOf(to, from);
  }

  folded({ base, variant, column }: Folding, files: DataFile[]): void {
    this.files = files;
    this.columns = this.columns
      .filter(({ name }) => name !== variant.name)
      .map((each) => (each.name === base.name ? column : each));
  }

  /** What the load changes about the table as it is `now`, together with what dlt did since the last commit. Undefined:
   *  nothing. Throws what `overtaken` makes where another run's columns do not go with this one's. */
  change(
    now: LakeTable | undefined,
    foreign: TableChange | undefined,
    overtaken: () => Error,
  ): TableChange | undefined {
    const own = new Map(this.columns.map((column) => [sameName(column.name), column]));
    const theirs = (now?.columns ?? []).filter(({ name }) => !own.has(sameName(name)));
    const before = new Set(this.#before?.columns.map(({ name }) => sameName(name)));
    for (const column of now?.columns ?? []) {
      const mine = own.get(sameName(column.name));
      const isTyped = this.#typed.has(sameName(column.name)) && this.#isAsBefore(column);
      const holds = !this.replaced && now!.files.length > 0 && !isTyped;
      if (mine && holds && sqlType(mine as ColumnSchema) !== sqlType(column as ColumnSchema))
        throw overtaken();
    }
    if (this.replaced && theirs.some(({ name }) => !before.has(sameName(name)))) throw overtaken();
    const columns = this.replaced ? this.columns : [...this.columns, ...theirs];
    const remove = this.replaced ? (now?.files ?? []).map(({ name }) => name) : [];
    const unchanged =
      !this.#altered &&
      this.files.length === 0 &&
      remove.length === 0 &&
      columns.length === (now?.columns.length ?? 0);
    if (unchanged && !foreign) return undefined;
    return {
      name: this.name,
      columns: columns.map((column) => ({ ...column })),
      add: [...(this.replaced ? [] : (foreign?.add ?? [])), ...this.files],
      remove: [...new Set([...(foreign?.remove ?? []), ...remove])],
    };
  }
}

function lakeColumn({ name, data_type, nullable, precision, scale, timezone }: ColumnSchema): LakeColumn {
  return {
    name,
    ...(data_type === undefined ? {} : { data_type }),
    ...(nullable === false ? { nullable } : {}),
    ...(precision === undefined ? {} : { precision }),
    ...(scale === undefined ? {} : { scale }),
    ...(timezone === undefined ? {} : { timezone }),
  };
}
