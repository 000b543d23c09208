import { readFileSync } from "node:fs";
import {
  type Destination,
  type ErrorWhere,
  incremental,
  type LoadInfo,
  pipeline,
  resource,
  type RunletError,
} from "../../core/index.ts";
import type { Json } from "../../core/json.ts";
import { parseLossless } from "../../core/lossless-json.ts";
import { keptCursor } from "../../core/pipeline/cursor-state.ts";
import type { Node } from "../../core/pipeline/plan.ts";
import type { PipelineState } from "../../core/schema/state.ts";
import { cell, type CellValue } from "./canonical.ts";

/** Tables as sequences.json has them: columns with their types, rows of canonical cells. */
export type Frozen = Record<string, { columns: [name: string, type: string][]; rows: string[][] }>;

export interface Step {
  /** JSON texts. */
  records: string[];
  options?: Record<string, unknown>;
  tables?: Frozen;
  /** What is kept of the cursor; null: nothing. */
  cursor?: CursorOutcome | null;
  error?: {
    type: string;
    message: string;
    table_name?: string;
    column_name?: string;
    schema_entity?: string;
  };
}

export interface CursorOutcome {
  last: Json;
  hashes: string[];
}

export interface Sequence {
  name: string;
  options: Record<string, unknown>;
  run?: Record<string, unknown>;
  steps: Step[];
}

/** The sequences whose options the test has a use for. */
export function sequences(
  wanted: (sequence: Sequence) => boolean,
  file = "test/data/oracle/sequences.json",
): Sequence[] {
  const all = parseLossless(readFileSync(file, "utf8")) as unknown as Sequence[];
  return all.filter(wanted);
}

/** Whether some step has the option. */
export function has({ options, run, steps }: Sequence, option: string): boolean {
  return [
    options,
    run ?? {},
    ...steps.map((step) => ({ ...step.options, ...(step.options?.["run"] as object) })),
  ].some((given) => Object.hasOwn(given, option));
}

/** Column types of the tables that loads have told of. */
export type Types = Record<string, Record<string, string>>;

/** Reads a dataset: all rows of its tables. */
export type Reader = (dataset: string, tables: string[]) => Promise<Record<string, Record<string, Json>[]>>;

/** What a run came to. */
export type Played =
  { tables: Frozen; info: LoadInfo; cursor?: CursorOutcome | null } | { error: string; where: ErrorWhere };

/** Runs a sequence; per step the tables, or the error's code. */
export async function play(
  { options, run, steps }: Sequence,
  { to, read, dataset }: { to: Destination; read: Reader; dataset: string },
): Promise<Played[]> {
  const types: Types = {};
  const outcomes: Played[] = [];
  for (const step of steps) {
    try {
      const { run: ofRun, ...ofStep } = { ...options, ...step.options };
      const made = resource("t", optionsOf(ofStep) as object, dataOf(step.records, ofStep));
      const info = await pipeline("oracle", made, { dataset }).run({
        to,
        ...run,
        ...(ofRun as object),
        normalise: { onTypeConflict: "variant" },
      });
      for (const [name, { columns }] of Object.entries(info.tables)) {
        types[name] = Object.fromEntries(Object.entries(columns).map(([column, { type }]) => [column, type]));
      }
      // Begun anew, it may lack some.
      if ((ofRun as { refresh?: string } | undefined)?.refresh) {
        const left = (await info.dataset.schema()).tables;
        for (const name of Object.keys(types)) if (!left[name]) delete types[name];
      }
      const tables = frozen(await read(dataset, Object.keys(types)), types);
      const { cursor } = ofStep as { cursor?: { path: string } };
      outcomes.push({ tables, info, ...(cursor ? { cursor: await keptOf(to, dataset, cursor.path) } : {}) });
    } catch (error) {
      if (!(error as { code?: string }).code) throw error;
      outcomes.push({
        error: `${(error as { code: string }).code}: ${(error as Error).message}`,
        where: (error as RunletError).where,
      });
    }
  }
  return outcomes;
}

/** As the sequences were frozen: a page a record where their order matters. */
function dataOf(records: string[], options: Record<string, unknown>) {
  const cursor = options["cursor"] as { rowOrder?: string } | undefined;
  return cursor?.rowOrder ? records.map((record) => new Blob([record])) : records.join("\n");
}

/** What the dataset keeps of the cursor. */
async function keptOf(to: Destination, dataset: string, path: string): Promise<CursorOutcome | null> {
  const session = await to.open({ dataset, existing: true });
  try {
    const { state } = await session.restore("oracle", "oracle");
    const kept = keptCursor(state as PipelineState, NODE, path);
    return kept ? { last: kept.last_value, hashes: kept.unique_hashes.toSorted() } : null;
  } finally {
    await session.close();
  }
}

const NODE = { source: "oracle", name: "t" } as Node;

/** dlt names columns where runlet names fields of the data. */
export function optionsOf(options: Record<string, unknown>): Record<string, unknown> {
  const field = (column: string) => column.replaceAll("__", ".");
  const kept = Object.entries(options).filter(
    ([name]) => options["write"] === "merge" || name !== "strategy",
  );
  return Object.fromEntries(
    kept.flatMap(([name, value]) => {
      if (name === "cursor") {
        const { path, ...rest } = value as { path: string };
        return [[name, incremental(path, rest as object)]];
      }
      if (name !== "primaryKey" && name !== "mergeKey") return [[name, value]];
      const fields = (value as string[]).map(field);
      return fields.length ? [[name, fields]] : [];
    }),
  );
}

function frozen(rows: Record<string, Record<string, Json>[]>, types: Types): Frozen {
  return Object.fromEntries(
    Object.entries(types).map(([table, columns]) => [
      table,
      {
        columns: Object.entries(columns),
        rows: rows[table]!.map((row) =>
          Object.entries(columns).map(([name, type]) => cell(valueOf(row[name], type), type)),
        ),
      },
    ]),
  );
}

function valueOf(value: Json | undefined, type: string): CellValue {
  if (value === null || value === undefined) return null;
  return type === "timestamp" ? micros(String(value)) : (value as CellValue);
}

/** ISO 8601 to microseconds since the Unix epoch. */
export function micros(text: string): bigint {
  const iso = text.replace(" ", "T").replace(/([+-]\d\d)(:?00)?$/, "Z");
  const [, head, fraction = ""] = /^(.*?)(?:\.(\d+))?(?:Z|[+-]\d\d:?\d\d)?$/.exec(iso)!;
  return BigInt(Date.parse(`${head}Z`)) * 1000n + BigInt(fraction.padEnd(6, "0").slice(0, 6));
}

const IDS = ["_dlt_id", "_dlt_parent_id", "_dlt_root_id"];

/** Tables in a form in which equal ones are equal: columns with their types in the order of names; rows in no order.
 *  Load ids and times of validity are ranks. Ids that are drawn become the content of the row they stand for. */
export function comparable(
  tables: Frozen,
  validity: readonly string[],
  drawn: boolean,
  roots: (table: string) => string = () => "t",
): Record<string, unknown> {
  const ranks = {
    _dlt_load_id: ranksOf(tables, (name) => name === "_dlt_load_id"),
    validity: ranksOf(tables, (name) => validity.includes(name)),
  };
  const named = Object.fromEntries(
    Object.entries(tables).map(([table, { columns, rows }]) => [
      table,
      rows.map((row) => Object.fromEntries(columns.map(([name], i) => [name, row[i]!]))),
    ]),
  );
  const content = (table: string, row: Record<string, string>): string => {
    const cells = Object.entries(row).flatMap(([name, value]) => {
      if (value === "n") return [];
      if (name === "_dlt_load_id") return [`${name}=${ranks._dlt_load_id.get(value)}`];
      if (validity.includes(name)) return [`${name}=${ranks.validity.get(value)}`];
      if (!drawn || !IDS.includes(name)) return [`${name}=${value}`];
      if (name === "_dlt_id") return [];
      const of = name === "_dlt_root_id" ? roots(table) : parentOf(table, named);
      const rows = (named[of] ?? []).filter((other) => other["_dlt_id"] === value);
      return [
        `${name}=(${rows
          .map((other) => content(of, other))
          .sort()
          .join(" ")})`,
      ];
    });
    return cells.sort().join(" ");
  };
  return Object.fromEntries(
    Object.entries(tables)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([table, { columns }]) => [
        table,
        {
          columns: columns.map(([name, type]) => `${name} ${type}`).sort(),
          rows: named[table]!.map((row) => content(table, row)).sort(),
        },
      ]),
  );
}

function parentOf(table: string, tables: object): string {
  return Object.keys(tables)
    .filter((other) => table.startsWith(`${other}__`))
    .reduce((a, b) => (b.length > a.length ? b : a));
}

function ranksOf(tables: Frozen, wanted: (column: string) => boolean): Map<string, number> {
  const values = new Set<string>();
  for (const { columns, rows } of Object.values(tables)) {
    for (const [i, [name]] of columns.entries()) {
      if (wanted(name)) for (const row of rows) if (row[i] !== "n") values.add(row[i]!);
    }
  }
  const sorted = [...values].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  return new Map(sorted.map((value, rank) => [value, rank]));
}

/** Whether dlt has drawn the ids of a sequence, so that only their links can be compared. */
export function isDrawn({ steps }: Sequence): boolean {
  return steps.some((step) =>
    Object.values(step.tables ?? {}).some(({ rows }) =>
      rows.some((row) => row.some((value) => value.startsWith("s?"))),
    ),
  );
}
