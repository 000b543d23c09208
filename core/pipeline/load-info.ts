import type { Discarded } from "../binding/contract.ts";
import { dataTables } from "../schema/document.ts";
import { schemaTree } from "../schema/tree.ts";
import type { DataType, SchemaChange, Tables } from "../schema/types.ts";
import type { Trace } from "../trace/trace.ts";
import type { BudgetName } from "./budget.ts";
import type { Dataset } from "./dataset.ts";
import type { Remaining } from "./round.ts";

/** A table that a run loaded into. */
export interface LoadedTable {
  /** Rows of this load. */
  readonly rows: number;
  /** All columns the table has now. */
  readonly columns: Readonly<Record<string, { type: DataType; nullable: boolean; variant?: true }>>;
  /** Created by this load. */
  readonly isNew: boolean;
  readonly parent?: string;
}

/** What a run did. Plain data; `String(info)` is the printed form, `dataset` asks what was loaded. */
export interface LoadInfo {
  readonly pipeline: string;
  readonly loadId: string;
  /** Nothing was to be written, neither rows nor state: the dataset is as before, and `loadId` is in no table. */
  readonly nothingNew?: true;
  /** Ids of all loads, after a run with `checkpoint` that made several; `loadId` is the last. */
  readonly loads?: readonly string[];
  /** Address of the destination, without secrets. */
  readonly destination: string;
  readonly datasetName: string;
  readonly tables: Readonly<Record<string, LoadedTable>>;
  readonly schemaChanges: readonly SchemaChange[];
  /** What contracts have left out. */
  readonly discarded: Discarded;
  /** Records set aside in `_runlet_rejects`. */
  readonly rejects: number;
  readonly pages: number;
  readonly records: number;
  /** Bytes read. */
  readonly bytes: number;
  /** Ids of loads that earlier runs had left in sealed packages, and that this run finished first. */
  readonly recovered: readonly string[];
  /** Whether all was read. False after a run that its `maxDuration` or `maxBytes` ended early: run again to go on. */
  readonly complete: boolean;
  /** What the next run has to read. */
  readonly remaining: readonly Remaining[];
  /** Which limit ended the run early. */
  readonly stoppedBy?: BudgetName;
  readonly durationMs: number;
  /** Milliseconds per stage; they overlap, as the stages do. */
  readonly stages: { readonly extract: number; readonly commit: number };
  /** What was done when, and how long it took. */
  readonly trace: Trace;
  readonly dataset: Dataset;
  toString(): string;
}

export interface LoadFacts extends Omit<LoadInfo, "dataset" | "tables" | "toString" | "rejects"> {
  readonly schema: Tables;
  readonly rows: Readonly<Record<string, number>>;
}

/** The rows of quarantined records, in the engine's own table. */
const REJECTS = "_runlet_rejects";

export function loadInfo({ schema, rows, ...facts }: LoadFacts, dataset: Dataset): LoadInfo {
  const added = facts.schemaChanges
    .filter((change) => change.kind === "table-added")
    .map(({ table }) => table);
  const tables: Record<string, LoadedTable> = {};
  for (const table of Object.values(dataTables(schema))) {
    if (!rows[table.name]) continue;
    const columns = Object.values(table.columns).flatMap((column) =>
      column.data_type === undefined
        ? []
        : [
            [
              column.name,
              {
                type: column.data_type,
                nullable: column.nullable ?? true,
                ...(column.variant ? { variant: true as const } : {}),
              },
            ] as const,
          ],
    );
    tables[table.name] = {
      rows: rows[table.name]!,
      columns: Object.fromEntries(columns),
      isNew: added.includes(table.name),
      ...(table.parent === undefined ? {} : { parent: table.parent }),
    };
  }
  const info = {
    ...facts,
    tables,
    rejects: rows[REJECTS] ?? 0,
    toString: () => printed(facts, schema, rows, added),
  };
  hide(info, "toString", info.toString);
  return hide(info, "dataset", dataset) as LoadInfo;
}

/** Functions and handles are reachable, but no part of the plain data. */
function hide<T extends object>(of: T, key: string, value: unknown): T {
  return Object.defineProperty(of, key, { value, enumerable: false });
}

function printed(
  facts: Omit<LoadFacts, "schema" | "rows">,
  schema: Tables,
  rows: Readonly<Record<string, number>>,
  added: string[],
): string {
  const roots = Object.values(dataTables(schema))
    .filter((table) => table.parent === undefined && within(table.name, schema).some((name) => rows[name]))
    .map(({ name }) => name);
  const read = facts.pages === 1 ? "1 page" : `${facts.pages.toLocaleString("en-US")} pages`;
  const seconds = (facts.durationMs / 1000).toFixed(facts.durationMs < 100 ? 2 : 1);
  const head = `${read} in ${seconds} s → ${facts.destination}, dataset ${facts.datasetName} (${facts.nothingNew ? "nothing new" : `load ${facts.loadId}`})`;
  const own = Object.fromEntries(
    Object.entries(schema).filter(([name]) => rows[name] || roots.includes(name)),
  );
  const tree = schemaTree(own, { rows, added, roots }).map((line) => `  ${line}`);
  return [head, ...tree, ...leftOut(facts.discarded), ...left(facts)].join("\n");
}

/** Entries that are printed. */
const PRINTED = 10;

function leftOut({ rows, values, entries, list }: Discarded): string[] {
  if (entries === 0) return [];
  const what = [counted(rows, "row"), counted(values, "value")].filter((text) => text !== "").join(" and ");
  const lines = list.slice(0, PRINTED).map(({ table, column, entity, type, ...count }) => {
    const of = column === undefined ? `table ${table}` : `${table}.${column}`;
    return `    ${of}${type ? ` (${type})` : ""}: ${counted(count.rows ?? 0, "row")}${counted(count.values ?? 0, "value")}, by ${entity}`;
  });
  const more = entries - lines.length;
  return [
    `  discarded by the contract: ${what}`,
    ...lines,
    ...(more > 0 ? [`    and ${more.toLocaleString("en-US")} more`] : []),
  ];
}

function counted(n: number, what: string): string {
  return n === 0 ? "" : `${n.toLocaleString("en-US")} ${what}${n === 1 ? "" : "s"}`;
}

function left({ complete, remaining, stoppedBy }: Pick<LoadInfo, "complete" | "remaining" | "stoppedBy">) {
  if (complete) return [];
  const what = remaining.map(({ resource, from }) => (from ? `${resource} from ${from}` : resource));
  return [`  stopped by ${stoppedBy}, run again to continue: ${what.join(", ")}`];
}

/** A table and those nested in it. */
function within(root: string, tables: Tables): string[] {
  const nested = Object.values(tables).filter(({ parent }) => parent === root);
  return [root, ...nested.flatMap(({ name }) => within(name, tables))];
}
