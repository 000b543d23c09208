import { coerce, exactDouble, inferred, numberScalar } from "./coerce.ts";
import type { Kind, Scalar } from "./coerce.ts";
import { NumberText, writeJson } from "./json.ts";
import type { JsonNode } from "./json.ts";
import { Naming } from "./naming.ts";

export interface Column {
  type: Kind;
  variant: boolean;
  /** A batch with the column has been emitted: its type stays. */
  fixed?: boolean;
}

export interface Row {
  /** Canonical text per column; an absent column is null. */
  cells: Map<string, string>;
  parent: Row | undefined;
  /** Position in the list the row comes from; -1 in a root table. */
  index: number;
}

export interface Table {
  name: string;
  parent: string | undefined;
  columns: Map<string, Column>;
  /** Columns seen only as null. */
  pending: Set<string>;
  rows: Row[];
}

export interface ReferenceOptions {
  onTypeConflict?: "widen" | "variant";
  maxTableNesting?: number;
  maxIdentifierLength?: number;
  /** Columns that hold JSON whatever arrives, as `table.column`. */
  json?: readonly string[];
}

type Cell = Scalar | null;

/**
 * The plain shredder: one record at a time, in the order dlt works. It follows dlt's normaliser step by step
 * (`dlt/common/normalizers/json/relational.py`, `dlt/normalize/items_normalizers`) and knows nothing of the engine.
 */
export class Reference {
  readonly tables = new Map<string, Table>();
  readonly naming: Naming;
  readonly widen: boolean;
  readonly nesting: number;

  constructor(options: ReferenceOptions = {}) {
    this.naming = new Naming(options.maxIdentifierLength);
    this.widen = (options.onTypeConflict ?? "widen") === "widen";
    this.nesting = options.maxTableNesting ?? 1000;
    for (const name of options.json ?? []) {
      const [table, column] = name.split(".") as [string, string];
      this.table(table).columns.set(column, { type: "json", variant: false });
    }
  }

  /** Adds one record to the root table of this (raw) name. */
  record(table: string, value: JsonNode): void {
    const item = value instanceof Map ? value : new Map([["value", value]]);
    this.row(item, [this.naming.key(table)], undefined, -1, this.nesting);
  }

  /** Rows of the table so far are emitted as a batch: its columns are widened no more. */
  emit(name: string): void {
    for (const column of this.tables.get(name)!.columns.values()) column.fixed = true;
  }

  private table(name: string): Table {
    let table = this.tables.get(name);
    if (!table) {
      table = { name, parent: undefined, columns: new Map(), pending: new Set(), rows: [] };
      this.tables.set(name, table);
    }
    return table;
  }

  private row(
    item: Map<string, JsonNode>,
    path: string[],
    parent: Row | undefined,
    index: number,
    level: number,
  ): void {
    const table = this.table(this.naming.join(...path));
    const { cells, lists } = this.flatten(table, item, level);
    const row = this.store(table, cells, parent, index);
    for (const { path: below, items } of lists) {
      this.list(items, [...path, ...below], row, level - 1);
      this.linkParent(path, below);
    }
  }

  /** The parent of a nested table is the table of the row that holds the list. */
  private linkParent(path: string[], below: string[]): void {
    const child = this.tables.get(this.naming.join(...path, ...below));
    if (child && child.parent === undefined) child.parent = this.naming.join(...path);
  }

  private list(items: JsonNode[], path: string[], parent: Row, level: number): void {
    items.forEach((item, index) => {
      if (item instanceof Map) this.row(item, path, parent, index, level);
      else if (Array.isArray(item)) this.row(new Map([["list", item]]), path, parent, index, level - 1);
      else {
        const table = this.table(this.naming.join(...path));
        this.store(table, new Map([["value", scalar(item)]]), parent, index);
      }
    });
  }

  /** Columns and lists of one row. Objects wait on a stack, so that a deeper value overwrites a shallower one. */
  private flatten(table: Table, item: Map<string, JsonNode>, level: number) {
    const cells = new Map<string, Cell>();
    const lists = new Map<string, { path: string[]; items: JsonNode[] }>();
    const found: { key: string; value: JsonNode[] }[] = [];
    const places = listPlaces(item);
    const stack = [{ object: item, level, path: [] as string[] }];
    for (let top = stack.pop(); top; top = stack.pop()) {
      for (const [key, value] of top.object) {
        const path = [...top.path, this.naming.key(key)];
        const name = this.naming.join(...path);
        const stays = top.level <= 0 || table.columns.get(name)?.type === "json";
        if (value instanceof Map && !stays) stack.push({ object: value, level: top.level - 1, path });
        else if (Array.isArray(value) && !stays) {
          // Lists that lead to one table count as one.
          const key = path.join("__");
          const first = lists.get(key);
          found.push({ key, value });
          if (!first || places.get(value)! < places.get(first.items)!) lists.set(key, { path, items: value });
        } else {
          const cell = scalar(value);
          // A null takes nothing back.
          if (cell !== null || !cells.has(name)) cells.set(name, cell);
        }
      }
    }
    const inOrder = [...lists].sort(([, a], [, b]) => places.get(a.items)! - places.get(b.items)!);
    const joined = inOrder.map(([key, { path }]) => {
      const parts = found.filter((list) => list.key === key).map(({ value }) => value);
      parts.sort((a, b) => places.get(a)! - places.get(b)!);
      return { path, items: parts.flat() };
    });
    return { cells, lists: joined };
  }

  private store(table: Table, values: Map<string, Cell>, parent: Row | undefined, index: number): Row {
    const row: Row = { cells: new Map(), parent, index };
    table.rows.push(row);
    for (const [name, value] of values) {
      if (value === null) {
        if (!table.columns.has(name)) table.pending.add(name);
      } else this.cell(table, row, name, value);
    }
    return row;
  }

  private cell(table: Table, row: Row, name: string, value: Scalar): void {
    let column = table.columns.get(name);
    if (!column) {
      column = { type: inferred(value), variant: false };
      table.columns.set(name, column);
      table.pending.delete(name);
    }
    let stored = coerce(column.type, value);
    if (stored === undefined && this.widen && this.promote(table, name, column, value)) {
      stored = coerce(column.type, value);
    }
    if (stored !== undefined) {
      if (stored !== null) row.cells.set(name, stored);
    } else {
      this.variant(table, row, name, value);
    }
  }

  private variant(table: Table, row: Row, name: string, value: Scalar): void {
    const variantName = this.naming.join(name, `v_${value.kind}`);
    let variant = table.columns.get(variantName);
    if (!variant) {
      variant = { type: value.kind, variant: true };
      table.columns.set(variantName, variant);
      table.pending.delete(variantName);
    }
    // The name may be taken by a key of the data: then the value becomes that type, or the variant has a variant.
    const text = coerce(variant.type, value);
    if (text === undefined) this.variant(table, row, variantName, value);
    else if (text !== null) row.cells.set(variantName, text);
  }

  /** Number promotions that lose nothing, for all rows the column has so far. */
  private promote(table: Table, name: string, column: Column, value: Scalar): boolean {
    if (column.type !== "bigint" || column.fixed) return false;
    if (value.kind === "decimal") {
      column.type = "decimal";
      return true;
    }
    if (value.kind !== "double") return false;
    const converted: [Row, string][] = [];
    for (const row of table.rows) {
      const text = row.cells.get(name);
      if (text === undefined) continue;
      const exact = exactDouble(text);
      if (exact === undefined) return false;
      converted.push([row, exact]);
    }
    for (const [row, text] of converted) row.cells.set(name, text);
    column.type = "double";
    return true;
  }
}

/** A value as a column takes it; null for nothing to store. */
function scalar(value: JsonNode): Cell {
  if (value === null) return null;
  if (typeof value === "boolean") return { kind: "bool", text: String(value) };
  if (typeof value === "string") return { kind: "text", text: value };
  if (value instanceof NumberText) return numberScalar(value.text) ?? null;
  return { kind: "json", text: writeJson(value) };
}

/** The order in which the lists of an object and of the objects in it stand in the document. */
function listPlaces(
  object: Map<string, JsonNode>,
  places = new Map<JsonNode[], number>(),
): Map<JsonNode[], number> {
  for (const value of object.values()) {
    if (Array.isArray(value)) places.set(value, places.size);
    else if (value instanceof Map) listPlaces(value, places);
  }
  return places;
}
