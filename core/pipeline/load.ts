import type { CursorState, Discarded, EngineBatch, EngineSchema, RunEngine } from "../binding/contract.ts";
import { readFields } from "../arrow/ipc-schema.ts";
import { readMessages } from "../arrow/ipc-messages.ts";
import type { DestinationLoad } from "../destinations/contract.ts";
import { RECORD_COLUMN } from "../destinations/merge-plan.ts";
import { widened } from "../schema/widened.ts";
import type { ColumnSchema, SchemaChange, Tables, TableSchema, WriteDisposition } from "../schema/types.ts";
import { UNLOADED } from "./unloaded.ts";
import { type Merging, numbersRecords } from "./merging.ts";
import { mergePlan, treeOf } from "./merge-plan.ts";
import { NullColumns } from "./null-columns.ts";
import { StreamMemory } from "./stream-memory.ts";
import { StreamBuilder } from "./stream-builder.ts";
import type { Meter } from "./progress.ts";

export interface LoadOptions {
  /** Arrow bytes per table that are written at once. */
  readonly streamBytes: number;
  /** Tables the dataset has. */
  readonly stored: Tables;
  readonly meter: Meter;
  /** How the root table is written in this run. */
  disposition(root: TableSchema): WriteDisposition;
  /** How the root table is merged, where it is; `anew`: what was there before goes. */
  merging?(root: TableSchema): (Merging & { anew: boolean }) | undefined;
  /** Whether the run has read what fills the root table. */
  read?(root: TableSchema): boolean;
  /** Time of the load, ISO 8601 with microseconds. */
  readonly time?: string;
  /** Root tables that this run replaces, also when nothing comes for them. */
  replaced(root: TableSchema): boolean;
  /** Whether the root table that is there is dropped, with those nested in it, before the run writes to it. */
  drops?(root: string, table: TableSchema): boolean;
  readonly widen: boolean;
  /** Columns for keys that only were null. */
  readonly nulls?: NullColumns;
}

/** What a load ended with. */
export interface LoadedSchema {
  tables: Tables;
  changes: SchemaChange[];
  rows: Record<string, number>;
  discarded: Discarded;
  /** Names of tables that were there and are dropped, some of them made anew. */
  dropped: string[];
  cursors: Readonly<Record<string, CursorState>>;
}

const NOTHING: Discarded = { rows: 0, values: 0, entries: 0, list: [] };

interface Pending {
  readonly table: string;
  readonly version: number;
  readonly stream: StreamBuilder;
}

/** The column of rows that wait for a merge. */
const RECORD: ColumnSchema = { name: RECORD_COLUMN, data_type: "bigint", nullable: true };

/** Gathers the engine's batches to complete Arrow IPC streams and gives them to the destination, each table prepared
 *  before its first row. */
export class LoadWriter {
  private readonly engine: RunEngine;
  private readonly load: DestinationLoad;
  private readonly options: LoadOptions;
  private readonly pending = new Map<string, Pending>();
  private readonly full: Pending[] = [];
  private pendingBytes = 0;
  /** Columns each table has at the destination by now. */
  private readonly columns = new Map<string, Set<string>>();
  private readonly prepared = new Set<string>();
  private readonly versions = new Map<string, { message: Uint8Array; names: string[] }>();
  private readonly memory: StreamMemory;
  private schema: EngineSchema | undefined;
  /** Root tables whose rows are not merged in this run, since none has come. */
  private readonly unmerged = new Set<string>();
  private readonly dropped: string[] = [];
  private isMerged = false;
  private readonly nulls: NullColumns;
  private readonly typedChanges: SchemaChange[] = [];

  constructor(engine: RunEngine, load: DestinationLoad, options: LoadOptions) {
    this.engine = engine;
    this.load = load;
    this.options = options;
    this.memory = new StreamMemory(4 * options.streamBytes);
    this.nulls = options.nulls ?? new NullColumns(new Map(), () => false);
    for (const { name: table, ...rest } of Object.values(options.stored)) {
      const names = complete({ name: table, ...rest }).map(({ name }) => name);
      this.columns.set(table, new Set(names.filter((name) => !this.nulls.isOpen(table, name))));
    }
  }

  /** Arrow bytes that have been gathered and not yet been written. */
  get waitingBytes(): number {
    return this.pendingBytes;
  }

  /** Whether no table at the destination is any different. */
  get isUntouched(): boolean {
    return this.prepared.size === 0 && this.dropped.length === 0 && !this.isMerged;
  }

  /** Takes what the engine has finished. */
  drain(): Promise<void> | undefined {
    // What was read of the schema before the engine went on may have changed since: a type that is in no batch yet.
    this.schema = undefined;
    const first = this.engine.takeInto(this.sink);
    return first === false ? undefined : this.drainOn(first, false);
  }

  /** Writes what is full, then takes the next batch, until there is none. */
  private async drainOn(first: boolean | Promise<boolean>, all: boolean): Promise<void> {
    for (let taken = first; typeof taken === "boolean" ? taken : await taken;) {
      for (const pending of this.full.splice(0)) await this.flush(pending);
      // Many tables with a little each must not add up without bound.
      if (this.pendingBytes > 4 * this.options.streamBytes) {
        const size = (pending: Pending) => pending.stream.byteLength;
        await this.leave([...this.pending.values()].reduce((a, b) => (size(b) > size(a) ? b : a)));
      }
      taken = this.engine.takeInto(this.sink, all);
    }
  }

  private async drainAll(): Promise<void> {
    this.schema = undefined;
    await this.drainOn(this.engine.takeInto(this.sink, true), true);
  }

  private readonly sink = (batch: EngineBatch) => this.add(batch);

  /** Copies a batch to its table's stream; streams that are to be written go to {@link full}. */
  private add(batch: EngineBatch): void {
    const { table, schemaVersion: version, rows, message } = batch;
    if (table.startsWith(UNLOADED) || rows === 0) return;
    this.options.meter.normalised(table, rows);
    let pending = this.pending.get(table);
    if (pending && pending.version !== version) {
      this.full.push(this.takeOut(pending));
      pending = undefined;
    }
    if (!pending) {
      // Asking for a schema that is not known yet moves what the engine's memory holds.
      const kept = this.versions.has(`${version} ${table}`) ? message : message.slice();
      const memory = this.memory.taken(table);
      const stream = new StreamBuilder(this.version(table, version).message, kept.byteLength, memory);
      this.pending.set(table, (pending = { table, version, stream }));
      this.pendingBytes += stream.byteLength;
      this.append(pending, kept);
    } else this.append(pending, message);
    if (pending.stream.byteLength >= this.options.streamBytes) this.full.push(this.takeOut(pending));
  }

  private append(pending: Pending, message: Uint8Array): void {
    pending.stream.add(message);
    this.pendingBytes += message.byteLength;
  }

  private takeOut(pending: Pending): Pending {
    this.pending.delete(pending.table);
    this.pendingBytes -= pending.stream.byteLength;
    return pending;
  }

  private leave(pending: Pending): Promise<void> {
    return this.flush(this.takeOut(pending));
  }

  private async flush({ table, version, stream }: Pending): Promise<void> {
    const { names } = this.version(table, version);
    const known = this.columns.get(table) ?? new Set();
    if (!this.prepared.has(table) || names.some((name) => !known.has(name))) {
      await this.prepare(await this.describe(table, names), new Set([...known, ...names]));
    }
    const stage = this.options.meter.stage;
    this.options.meter.at("load");
    const bytes = stream.finish();
    await this.load.write(table, bytes);
    if (this.load.borrows) this.memory.keep(table, bytes.buffer);
    this.options.meter.at(stage);
  }

  private version(table: string, version: number): { message: Uint8Array; names: string[] } {
    const key = `${version} ${table}`;
    let known = this.versions.get(key);
    if (!known) {
      const message = this.engine.tableSchema(table, version);
      const [schema] = readMessages(message).messages;
      known = { message, names: schema ? dataColumns(schema.header) : [] };
      this.versions.set(key, known);
    }
    return known;
  }

  /** The table as the engine knows it now; asked again when it lacks a wanted column. */
  private async describe(table: string, names: readonly string[]): Promise<TableSchema> {
    const known = this.schema?.tables[table];
    if (known && names.every((name) => known.columns[name]?.data_type)) return known;
    this.schema = await this.engine.schema();
    return this.schema.tables[table]!;
  }

  /** Only `columns`: a column of which no batch is out yet may still change its type in the engine. */
  private async prepare(table: TableSchema, columns: Set<string>): Promise<void> {
    const kept = complete(table).filter(({ name }) => columns.has(name));
    // A second `replace` would remove the rows of this very load.
    const tables = await this.tables();
    const root = tables[rootOf(table.name, tables)] ?? table;
    await this.drop(root.name);
    for (const { from, column } of this.nulls.typed(table.name, kept)) {
      await this.load.alter!([
        { kind: "type-column", table: table.name, column: column.name, schema: column },
      ]);
      const [before, type] = [from.data_type!, column.data_type!];
      this.typedChanges.push({
        kind: "column-widened",
        table: table.name,
        column: column.name,
        from: before,
        type,
      });
    }
    const wanted = this.options.disposition(root);
    const isMerged = wanted === "merge" && !this.unmerged.has(root.name);
    const disposition = isMerged
      ? "merge"
      : this.prepared.has(table.name) || wanted === "merge"
        ? "append"
        : wanted;
    this.prepared.add(table.name);
    this.columns.set(table.name, new Set(kept.map(({ name }) => name)));
    const merging = isMerged ? this.options.merging?.(root) : undefined;
    const numbered = merging && numbersRecords(merging) ? [RECORD] : [];
    await this.load.prepare(
      {
        ...table,
        columns: Object.fromEntries([...kept, ...numbered].map((column) => [column.name, column])),
      },
      disposition,
    );
  }

  /** Drops the root table that is there and those nested in it, where the run is to. */
  private async drop(root: string): Promise<void> {
    const { stored, drops } = this.options;
    const table = stored[root];
    if (!table || this.dropped.includes(root) || !drops?.(root, table)) return;
    const tables = treeOf(root, stored).reverse();
    this.dropped.push(...tables.map(({ name }) => name));
    for (const { name } of tables) {
      this.columns.delete(name);
      this.nulls.forget(name);
    }
    const existing = tables.filter((each) => complete(each).length > 0);
    await this.load.alter?.(existing.map(({ name }) => ({ kind: "drop-table", table: name })));
  }

  private async tables(): Promise<Tables> {
    return (this.schema ??= await this.engine.schema()).tables;
  }

  /** Writes the rest, prepares what got columns but no rows, empties what is replaced by nothing, folds number
   *  variants of this load into their columns. */
  async finish(): Promise<LoadedSchema> {
    await this.drainAll();
    for (const pending of [...this.pending.values()]) await this.leave(pending);
    for (const table of Object.values(this.options.stored))
      if (table.parent === undefined) await this.drop(table.name);
    const { tables: all, changes, rows, discarded = NOTHING, cursors = {} } = await this.engine.schema();
    const tables = this.nulls.complete(
      Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith(UNLOADED))),
      (table) => all[rootOf(table.name, all)] ?? table,
      (table) => this.prepared.has(table),
      changes,
    );
    this.schema = { tables, changes, rows };
    for (const table of Object.values(tables))
      if (this.isLeftAlone(table, rows)) this.unmerged.add(table.name);
    for (const table of Object.values(tables)) {
      const columns = complete(table).map(({ name }) => name);
      const known = this.columns.get(table.name);
      const exists = this.prepared.has(table.name) || this.isStored(table.name);
      if (!exists || columns.length === 0) continue;
      const root = tables[rootOf(table.name, tables)] ?? table;
      const emptied = !this.prepared.has(table.name) && this.options.replaced(root);
      const isNew = (name: string): boolean =>
        !known?.has(name) && (this.prepared.has(table.name) || !this.nulls.isOpen(table.name, name));
      if (emptied || columns.some(isNew)) await this.prepare(table, new Set(columns));
    }
    const kept = changes.filter((change) => !change.table.startsWith(UNLOADED)).map(this.typedIn);
    const widened = this.options.widen ? await this.widen(tables, kept) : kept;
    for (const table of Object.values(tables))
      if (table.parent === undefined) await this.merge(table, tables);
    return { tables, changes: widened, rows: ownRows(rows), discarded, cursors, dropped: this.dropped };
  }

  /** A column that got its type is no new one. */
  private readonly typedIn = (change: SchemaChange): SchemaChange =>
    (change.kind === "column-added" &&
      this.typedChanges.find((typed) => nameOf(typed as never) === nameOf(change))) ||
    change;

  /** Whether the table was there before, and still is. */
  private isStored(name: string): boolean {
    return this.options.stored[name] !== undefined && !this.dropped.includes(name);
  }

  /** Whether nothing is to be merged into the root table: where nothing has come, nothing happens. */
  private isLeftAlone(table: TableSchema, rows: Record<string, number>): boolean {
    if (table.parent !== undefined || rows[table.name]) return false;
    const merging = this.options.merging?.(table);
    return merging !== undefined && !(merging.anew && this.options.read?.(table));
  }

  /** Merges what waits for a root table and those nested in it. */
  private async merge(root: TableSchema, tables: Tables): Promise<void> {
    const merging = this.options.merging?.(root);
    if (!merging || this.unmerged.has(root.name)) return;
    const [first, ...nested] = treeOf(root.name, tables)
      .map((table) => ({
        ...table,
        columns: Object.fromEntries(complete(table).map((column) => [column.name, column])),
      }))
      .filter(({ name }) => this.prepared.has(name) || this.isStored(name));
    if (!first || Object.keys(first.columns).length === 0) return;
    const { anew } = merging;
    const existing = nested.filter(({ columns }) => Object.keys(columns).length);
    this.isMerged = true;
    await this.load.merge?.(mergePlan(merging, [first, ...existing], { time: this.options.time!, anew }));
  }

  private async widen(tables: Tables, changes: SchemaChange[]): Promise<SchemaChange[]> {
    const result: SchemaChange[] = [];
    const added = new Set(
      changes.flatMap((change) => (change.kind === "column-added" ? [nameOf(change)] : [])),
    );
    // A new table is one change; the variants its columns got on the way may be folded all the same.
    for (const table of Object.values(tables)) {
      for (const { name } of Object.values(table.columns).filter(({ variant }) => variant)) {
        if (
          (this.isStored(table.name) && this.options.stored[table.name]!.columns[name]) ||
          added.has(nameOf({ table: table.name, column: name }))
        )
          continue;
        await this.fold(tables, table.name, name);
      }
    }
    for (const change of changes) {
      const isVariant = change.kind === "column-added" && change.variant;
      result.push((isVariant && (await this.fold(tables, change.table, change.column))) || change);
    }
    return result;
  }

  /** Folds a number variant into its column, at the destination and in `tables`; undefined when it stays. */
  private async fold(tables: Tables, name: string, column: string): Promise<SchemaChange | undefined> {
    const table = tables[name];
    const variant = table?.columns[column];
    const base = variant && table ? baseOf(variant, table) : undefined;
    if (!table || !variant || !base || !(await this.load.widen(name, base.name, variant.name)))
      return undefined;
    const columns = { ...table.columns, [base.name]: widened(base, variant) };
    delete columns[variant.name];
    tables[name] = { ...table, columns };
    return {
      kind: "column-widened",
      table: name,
      column: base.name,
      from: base.data_type!,
      type: variant.data_type!,
    };
  }
}

/** Of an Arrow schema the columns of the table. */
function dataColumns(header: Parameters<typeof readFields>[0]): string[] {
  return readFields(header)
    .map(({ name }) => name)
    .filter((name) => name !== RECORD_COLUMN);
}

/** The integer column that a double or decimal variant can be folded into. */
function baseOf(variant: ColumnSchema, table: TableSchema): ColumnSchema | undefined {
  const suffix = `__v_${variant.data_type}`;
  if (variant.data_type !== "double" && variant.data_type !== "decimal") return undefined;
  if (!variant.name.endsWith(suffix)) return undefined;
  const base = table.columns[variant.name.slice(0, -suffix.length)];
  return base?.data_type === "bigint" ? base : undefined;
}

function nameOf({ table, column }: { table: string; column: string }): string {
  return `${table}\u0000${column}`;
}

/** The tables without the trees of root tables that go; the same object where none does. */
export function tablesWithout(tables: Tables, goes: (root: string) => boolean): Tables {
  const gone = Object.values(tables).filter(({ name, parent }) => parent === undefined && goes(name));
  if (gone.length === 0) return tables;
  const names = new Set(gone.flatMap(({ name }) => treeOf(name, tables)).map(({ name }) => name));
  return Object.fromEntries(Object.entries(tables).filter(([name]) => !names.has(name)));
}

/** Columns that exist at a destination: those with a type. */
export function complete(table: TableSchema): ColumnSchema[] {
  return Object.values(table.columns).filter((column) => column.data_type !== undefined);
}

/** The root of the tree a table belongs to. */
export function rootOf(name: string, tables: Tables): string {
  let at = name;
  for (let parent = tables[at]?.parent; parent !== undefined; parent = tables[at]?.parent) at = parent;
  return at;
}

function ownRows(rows: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(rows).filter(([table]) => !table.startsWith(UNLOADED)));
}
