// Runs an engine vector against anything that keeps the binding contract. Web standards only.
import type { Engine, EngineBatch, EngineConfig, EngineSchema } from "../../core/binding/contract.ts";
import { errorOutcome, sampleOf, sha256, typeText } from "./outcome.ts";
import type {
  InputOutcome,
  LoadOutcome,
  TableOutcome,
  Vector,
  VectorInput,
  VectorOutcome,
} from "./vector.ts";

export interface VectorTools {
  open(config: EngineConfig): Engine;
  /** Rows of one Arrow IPC stream: `core/arrow/json-rows`. */
  rows(stream: Uint8Array): Record<string, unknown>[];
}

const END_OF_STREAM = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

export async function runVector(vector: Vector, tools: VectorTools): Promise<VectorOutcome> {
  const outcome: VectorOutcome = [];
  let tables = vector.config.tables;
  for (const inputs of vector.loads) {
    const done = await runLoad(inputs, { ...vector.config, ...(tables ? { tables } : {}) }, tools);
    outcome.push(done.outcome);
    tables = done.tables;
  }
  return outcome;
}

async function runLoad(inputs: VectorInput[], config: EngineConfig, tools: VectorTools) {
  let engine: Engine;
  try {
    engine = tools.open(config);
  } catch (error) {
    const refused = errorOutcome(error);
    return { outcome: { refused, inputs: [], tables: {}, changes: [], schema: "" } satisfies LoadOutcome };
  }
  try {
    const batches: EngineBatch[] = [];
    const done = inputs.map((input) => runInput(engine, input, batches));
    takeAll(engine, batches, true);
    const schema = engine.schema();
    const outcome: LoadOutcome = {
      inputs: done,
      tables: await tablesOf(schema, batches, engine, tools),
      changes: schema.changes,
      ...(schema.discarded ? { discarded: schema.discarded } : {}),
      ...(schema.cursors ? { cursors: schema.cursors } : {}),
      schema: await sha256(new TextEncoder().encode(documentText(schema))),
    };
    return { outcome, tables: schema.tables };
  } finally {
    engine.close();
  }
}

function runInput(engine: Engine, input: VectorInput, batches: EngineBatch[]): InputOutcome {
  const bytes = Uint8Array.from(atob(input.bytes), (letter) => letter.charCodeAt(0));
  const outcome: InputOutcome = { pushed: 0 };
  let id: number | undefined;
  try {
    id = engine.input(input.table, input.ordinal, input.options);
    const step = input.split ?? bytes.length;
    for (let at = 0; at < bytes.length; at += step) {
      outcome.pushed += engine.push(id, bytes.subarray(at, at + step));
      takeAll(engine, batches, false);
    }
    if (input.abort) engine.abort(id);
    else outcome.summary = engine.end(id);
  } catch (error) {
    outcome.error = errorOutcome(error);
    if (id !== undefined) engine.abort(id);
  }
  return outcome;
}

function takeAll(engine: Engine, into: EngineBatch[], drain: boolean): void {
  for (let batch = engine.take(drain); batch; batch = engine.take(drain)) into.push(batch);
}

async function tablesOf(
  { tables, rows }: EngineSchema,
  batches: readonly EngineBatch[],
  engine: Engine,
  tools: VectorTools,
): Promise<Record<string, TableOutcome>> {
  const outcome: Record<string, TableOutcome> = {};
  for (const table of Object.values(tables)) {
    const count = rows[table.name] ?? 0;
    const columns = Object.values(table.columns).map((column) => [column.name, typeText(column)]);
    const all: Record<string, unknown>[] = [];
    const streams: TableOutcome["streams"] = [];
    const own = batches.filter((batch) => batch.table === table.name);
    for (const version of new Set(own.map((batch) => batch.schemaVersion))) {
      const messages = own.filter((batch) => batch.schemaVersion === version).map((batch) => batch.message);
      const stream = joined([engine.tableSchema(table.name, version), ...messages, END_OF_STREAM]);
      streams.push({
        version,
        batches: messages.length,
        bytes: stream.length,
        sha256: await sha256(stream),
      });
      all.push(...tools.rows(stream));
    }
    const sample = sampleOf(all);
    outcome[table.name] = {
      ...(table.parent === undefined ? {} : { parent: table.parent }),
      rows: count,
      columns: Object.fromEntries(columns) as Record<string, string>,
      streams,
      ...(sample.length ? { sample } : {}),
    };
  }
  return outcome;
}

/** The tables, what changed and the rows, as JSON without spaces, keys in the engine's order. */
export function documentText(schema: EngineSchema): string {
  return JSON.stringify({ tables: schema.tables, changes: schema.changes, rows: schema.rows });
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
