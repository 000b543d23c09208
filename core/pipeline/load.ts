import type { Engine, EngineBatch, EngineSchema } from "../binding/contract.ts";
import { readFields } from "../arrow/ipc-schema.ts";
import { readMessages } from "../arrow/ipc-messages.ts";
import type { DestinationLoad } from "../destinations/contract.ts";
import { widened } from "../schema/widened.ts";
import type { ColumnSchema, SchemaChange, Tables, TableSchema, WriteDisposition } from "../schema/types.ts";
import { UNLOADED } from "./extract.ts";
import type { Meter } from "./progress.ts";

/** End-of-stream marker of the Arrow IPC streaming format. */
const END_OF_STREAM = new Uint8Array([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

export interface LoadOptions {
  /** Arrow bytes per table that are written at once. */
  readonly streamBytes: number;
  /** Tables the dataset has. */
  readonly stored: Tables;
  readonly meter: Meter;
  /** How the root table called so is written in this run. */
  disposition(root: string): WriteDisposition;
  /** Root tables that this run replaces, also when nothing comes for them. */
  replaced(root: string, table: TableSchema): boolean;
  readonly widen: boolean;
}

/** What a load ended with. */
export interface LoadedSchema {
  tables: Tables;
  changes: SchemaChange[];
  rows: Record<string, number>;
}

interface Pending {
  version: number;
  batches: Uint8Array[];
  bytes: number;
}

/** Gathers the engine's batches to complete Arrow IPC streams and gives them to the destination, each table prepared
 *  before its first row. */
export class LoadWriter {
  private readonly engine: Engine;
  private readonly load: DestinationLoad;
  private readonly options: LoadOptions;
  private readonly pending = new Map<string, Pending>();
  private pendingBytes = 0;
  /** Columns each table has at the destination by now. */
  private readonly columns = new Map<string, Set<string>>();
  private readonly prepared = new Set<string>();
  private readonly versions = new Map<string, { message: Uint8Array; names: string[] }>();
  private schema: EngineSchema | undefined;

  constructor(engine: Engine, load: DestinationLoad, options: LoadOptions) {
    this.engine = engine;
    this.load = load;
    this.options = options;
    for (const table of Object.values(options.stored))
      this.columns.set(table.name, new Set(complete(table).map(({ name }) => name)));
  }

  /** Takes what the engine has finished. */
  async drain(all = false): Promise<void> {
    for (let batch = this.engine.take(all); batch; batch = this.engine.take(all)) await this.add(batch);
  }

  private async add(batch: EngineBatch): Promise<void> {
    if (batch.table.startsWith(UNLOADED) || batch.rows === 0) return;
    this.options.meter.normalised(batch.table, batch.rows);
    let pending = this.pending.get(batch.table);
    if (pending && pending.version !== batch.schemaVersion) {
      await this.flush(batch.table, pending);
      pending = undefined;
    }
    if (!pending)
      this.pending.set(batch.table, (pending = { version: batch.schemaVersion, batches: [], bytes: 0 }));
    pending.batches.push(batch.message);
    pending.bytes += batch.message.byteLength;
    this.pendingBytes += batch.message.byteLength;
    if (pending.bytes >= this.options.streamBytes) await this.flush(batch.table, pending);
    // Many tables with a little each must not add up without bound.
    if (this.pendingBytes > 4 * this.options.streamBytes) {
      const [table, most] = [...this.pending].reduce((a, b) => (b[1].bytes > a[1].bytes ? b : a));
      await this.flush(table, most);
    }
  }

  private async flush(table: string, pending: Pending): Promise<void> {
    this.pending.delete(table);
    this.pendingBytes -= pending.bytes;
    const { message, names } = this.version(table, pending.version);
    const known = this.columns.get(table) ?? new Set();
    if (!this.prepared.has(table) || names.some((name) => !known.has(name))) {
      await this.prepare(this.describe(table, names), new Set([...known, ...names]));
    }
    const stream = new Uint8Array(message.byteLength + pending.bytes + END_OF_STREAM.byteLength);
    stream.set(message);
    let at = message.byteLength;
    for (const batch of pending.batches) {
      stream.set(batch, at);
      at += batch.byteLength;
    }
    stream.set(END_OF_STREAM, at);
    const stage = this.options.meter.stage;
    this.options.meter.at("load");
    await this.load.write(table, stream);
    this.options.meter.at(stage);
  }

  private version(table: string, version: number): { message: Uint8Array; names: string[] } {
    const key = `${version} ${table}`;
    let known = this.versions.get(key);
    if (!known) {
      const message = this.engine.tableSchema(table, version);
      const [schema] = readMessages(message).messages;
      known = { message, names: schema ? readFields(schema.header).map(({ name }) => name) : [] };
      this.versions.set(key, known);
      this.schema = undefined;
    }
    return known;
  }

  /** The table as the engine knows it now; asked again when it lacks a wanted column. */
  private describe(table: string, names: readonly string[]): TableSchema {
    const known = this.schema?.tables[table];
    if (known && names.every((name) => known.columns[name]?.data_type)) return known;
    this.schema = this.engine.schema();
    return this.schema.tables[table]!;
  }

  /** Only `columns`: a column of which no batch is out yet may still change its type in the engine. */
  private async prepare(table: TableSchema, columns: Set<string>): Promise<void> {
    const kept = complete(table).filter(({ name }) => columns.has(name));
    // A second `replace` would remove the rows of this very load.
    const disposition = this.prepared.has(table.name)
      ? "append"
      : this.options.disposition(rootOf(table.name, this.tables()));
    this.prepared.add(table.name);
    this.columns.set(table.name, new Set(kept.map(({ name }) => name)));
    await this.load.prepare(
      { ...table, columns: Object.fromEntries(kept.map((column) => [column.name, column])) },
      disposition,
    );
  }

  private tables(): Tables {
    return (this.schema ??= this.engine.schema()).tables;
  }

  /** Writes the rest, prepares what got columns but no rows, empties what is replaced by nothing, folds number
   *  variants of this load into their columns. */
  async finish(): Promise<LoadedSchema> {
    await this.drain(true);
    for (const [table, pending] of [...this.pending]) await this.flush(table, pending);
    const { tables: all, changes, rows } = this.engine.schema();
    this.schema = { tables: all, changes, rows };
    const tables: Tables = {};
    for (const [name, table] of Object.entries(all)) if (!name.startsWith(UNLOADED)) tables[name] = table;
    for (const table of Object.values(tables)) {
      const columns = complete(table).map(({ name }) => name);
      const known = this.columns.get(table.name);
      const exists = this.prepared.has(table.name) || this.options.stored[table.name] !== undefined;
      if (!exists || columns.length === 0) continue;
      const root = rootOf(table.name, tables);
      const emptied = !this.prepared.has(table.name) && this.options.replaced(root, tables[root] ?? table);
      if (emptied || columns.some((name) => !known?.has(name))) await this.prepare(table, new Set(columns));
    }
    const kept = changes.filter((change) => !change.table.startsWith(UNLOADED));
    return {
      tables,
      changes: this.options.widen ? await this.widen(tables, kept) : kept,
      rows: ownRows(rows),
    };
  }

  private async widen(tables: Tables, changes: SchemaChange[]): Promise<SchemaChange[]> {
    const result: SchemaChange[] = [];
    for (const change of changes) {
      const table = tables[change.table];
      const variant =
        change.kind === "column-added" && change.variant ? table?.columns[change.column] : undefined;
      const base = variant && table ? baseOf(variant, table) : undefined;
      if (table && variant && base && (await this.load.widen(table.name, base.name, variant.name))) {
        const columns = { ...table.columns, [base.name]: widened(base, variant) };
        delete columns[variant.name];
        tables[table.name] = { ...table, columns };
        result.push({
          kind: "column-widened",
          table: table.name,
          column: base.name,
          from: base.data_type!,
          type: variant.data_type!,
        });
      } else result.push(change);
    }
    return result;
  }
}

/** The integer column that a double or decimal variant can be folded into. */
function baseOf(variant: ColumnSchema, table: TableSchema): ColumnSchema | undefined {
  const suffix = `__v_${variant.data_type}`;
  if (variant.data_type !== "double" && variant.data_type !== "decimal") return undefined;
  if (!variant.name.endsWith(suffix)) return undefined;
  const base = table.columns[variant.name.slice(0, -suffix.length)];
  return base?.data_type === "bigint" ? base : undefined;
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
