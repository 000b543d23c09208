import type { Engine, EngineSchema, InputSummary } from "../../core/binding/contract.ts";
import { exactDouble } from "../reference/coerce.ts";
import { SYSTEM } from "../reference/dlt-cases.ts";
import { readArrow } from "./arrow.ts";

/** A table as the engine gave it, by `apache-arrow`. */
export interface EngineTable {
  name: string;
  parent: string | undefined;
  /** Data columns (no `_dlt_*`), by the type the schema document states. */
  columns: Map<string, { type: string; variant: boolean }>;
  /** Columns of the schema document that have no type yet. */
  pending: Set<string>;
  /** All cells by column, `_dlt_*` columns included. */
  rows: Map<string, string>[];
  /** Every Arrow column that appeared, with its type in each schema version. */
  arrowTypes: Map<string, string[]>;
}

export interface EngineOutput {
  tables: Map<string, EngineTable>;
  schema: EngineSchema;
  summaries: InputSummary[];
  /** Table, version and bytes of each batch in the order they came. */
  batches: { table: string; version: number; rows: number; message: Uint8Array }[];
  /** Schema messages by `table/version`. */
  messages: Map<string, Uint8Array>;
}

/** Takes batches out of an engine and turns them into rows at the end. */
export class Collector {
  readonly engine: Engine;
  readonly batches: EngineOutput["batches"] = [];

  constructor(engine: Engine) {
    this.engine = engine;
  }

  take(drain: boolean): void {
    for (let batch = this.engine.take(drain); batch; batch = this.engine.take(drain)) {
      this.batches.push({
        table: batch.table,
        version: batch.schemaVersion,
        rows: batch.rows,
        message: batch.message,
      });
    }
  }

  finish(summaries: InputSummary[]): EngineOutput {
    this.take(true);
    const schema = this.engine.schema();
    const messages = new Map<string, Uint8Array>();
    for (const { table, version } of this.batches) {
      const key = `${table}/${version}`;
      if (!messages.has(key)) messages.set(key, this.engine.tableSchema(table, version));
    }
    return {
      tables: readTables(this.batches, messages, schema),
      schema,
      summaries,
      batches: this.batches,
      messages,
    };
  }
}

function readTables(
  batches: EngineOutput["batches"],
  messages: Map<string, Uint8Array>,
  schema: EngineSchema,
): Map<string, EngineTable> {
  const tables = new Map<string, EngineTable>();
  for (const stated of Object.values(schema.tables)) {
    const table: EngineTable = {
      name: stated.name,
      parent: stated.parent,
      columns: new Map(),
      pending: new Set(),
      rows: [],
      arrowTypes: new Map(),
    };
    for (const column of Object.values(stated.columns)) {
      if (SYSTEM.has(column.name)) continue;
      if (!column.data_type) table.pending.add(column.name);
      else table.columns.set(column.name, { type: column.data_type, variant: column.variant === true });
    }
    tables.set(stated.name, table);
  }
  // Batches of other tables may lie between; only a table's own order counts.
  const runs = new Map<string, EngineOutput["batches"]>();
  for (const batch of batches) {
    const key = `${batch.table}/${batch.version}`;
    const run = runs.get(key);
    if (run) run.push(batch);
    else runs.set(key, [batch]);
  }
  for (const [key, run] of runs) append(tables.get(run[0]!.table)!, messages.get(key)!, run);
  return tables;
}

function append(table: EngineTable, schema: Uint8Array, batches: EngineOutput["batches"]): void {
  const columns = readArrow(
    schema,
    batches.map((batch) => batch.message),
  );
  const count = batches.reduce((sum, batch) => sum + batch.rows, 0);
  const first = table.rows.length;
  for (let i = 0; i < count; i++) table.rows.push(new Map());
  for (const { name, type, cells } of columns) {
    if (cells.length !== count)
      throw new Error(`${table.name}.${name}: ${cells.length} cells for ${count} rows`);
    const stated = table.columns.get(name)?.type;
    table.arrowTypes.set(name, [...(table.arrowTypes.get(name) ?? []), type]);
    cells.forEach((cell, i) => {
      if (cell !== undefined) table.rows[first + i]!.set(name, stated ? widened(cell, type, stated) : cell);
    });
  }
}

/** A cell emitted before its column was widened, as the commit folds it. */
function widened(cell: string, from: string, to: string): string {
  return from === "bigint" && to === "double" ? exactDouble(cell)! : cell;
}
