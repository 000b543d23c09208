import { RunletError } from "../../errors.ts";
import type { Json } from "../../json.ts";
import { decodeState } from "../../schema/state.ts";
import { STEP_KINDS } from "../../schema/steps.ts";
import type { ColumnSchema, TableSchema } from "../../schema/types.ts";
import { widened } from "../../schema/widened.ts";
import type { Destination, DestinationLoad, DestinationSession } from "../contract.ts";
import { MERGE_STRATEGIES, RECORD_COLUMN } from "../merge-plan.ts";
import { alterStored } from "./alter.ts";
import { mergeRows } from "./merge.ts";
import { copied, emptyData, rowsOf, type StoredData, type StoredTable } from "./store.ts";

/** A destination in this process's memory, for tests. */
export interface MemoryStore extends Destination {
  readonly kind: "memory";
  /** Rows per table of a dataset; default: the only one there is. Values as in {@link readJsonRows}. */
  tables(dataset?: string): Record<string, Record<string, Json>[]>;
}

/** Keeps what is loaded as Arrow in memory, as long as the store lives. Knows no SQL. */
export function memory(): MemoryStore {
  const datasets = new Map<string, StoredData>();
  return {
    kind: "memory",
    address: "memory",
    ephemeral: true,
    capabilities: {
      maxIdentifierLength: 65_536,
      atomicity: "package",
      dispositions: ["append", "replace", "merge"],
      mergeStrategies: MERGE_STRATEGIES,
      alters: STEP_KINDS,
      preferredStreamBytes: 8 * 1024 * 1024,
    },
    async open({ dataset }) {
      return session(datasets, dataset);
    },
    tables(dataset) {
      const name = dataset ?? [...datasets.keys()][0];
      if (dataset === undefined && datasets.size > 1) {
        throw new RunletError(
          "USAGE",
          `memory() holds several datasets: ${[...datasets.keys()].join(", ")}`,
          {
            hint: "name one: tables(dataset)",
          },
        );
      }
      const data = name === undefined ? undefined : datasets.get(name);
      return Object.fromEntries([...(data?.tables ?? [])].map(([table, stored]) => [table, rowsOf(stored)]));
    },
  };
}

function session(datasets: Map<string, StoredData>, dataset: string): DestinationSession {
  const noSql = async (): Promise<never> => {
    throw new RunletError("DESTINATION_QUERY", "memory() has no SQL", {
      hint: "read store.tables(), or load to duckdb() to query",
    });
  };
  return {
    async restore(pipelineName, schemaName) {
      const { loads } = datasets.get(dataset) ?? emptyData();
      const schema = loads.findLast((load) => load.schemaName === schemaName)?.schema;
      const state = loads.findLast((load) => load.state?.pipelineName === pipelineName)?.state;
      const times = loads.flatMap(({ loadId, insertedAt }) => [
        Math.round(Number(loadId) * 1e6),
        Date.parse(insertedAt) * 1000 + 999,
      ]);
      return {
        ...(schema === undefined ? {} : { schema }),
        ...(state === undefined ? {} : { state: (await decodeState(state.encoded)) as Json }),
        ...(times.length === 0 ? {} : { latestMicros: Math.max(...times) }),
      };
    },
    async hasLoad(loadId) {
      return datasets.get(dataset)?.loads.some((load) => load.loadId === loadId) ?? false;
    },
    datasets: async () => [...datasets.keys()].reverse(),
    schemas: async () =>
      [...new Set(datasets.get(dataset)?.loads.map(({ schemaName }) => schemaName))].sort(),
    async filled(table, columns) {
      const stored = datasets.get(dataset)?.tables.get(table);
      const rows = stored ? rowsOf(stored) : [];
      return columns.filter((name) => rows.some((row) => (row[name] ?? null) !== null));
    },
    async begin() {
      return load(datasets, dataset);
    },
    query: noSql,
    arrow: noSql,
    close: async () => undefined,
  };
}

function load(datasets: Map<string, StoredData>, dataset: string): DestinationLoad {
  const started = datasets.get(dataset);
  const staged = copied(started ?? emptyData());
  /** Tables of rows that wait for a merge. */
  const waiting = new Map<string, StoredTable>();
  const make = (into: Map<string, StoredTable>, schema: TableSchema): StoredTable => {
    const stored = into.get(schema.name) ?? { schema, merged: [], streams: [], folds: [] };
    stored.schema = schema;
    into.set(schema.name, stored);
    return stored;
  };
  return {
    async prepare(table, disposition) {
      if (disposition === "merge") make(waiting, table);
      const { [RECORD_COLUMN]: _, ...columns } = table.columns;
      const stored = make(staged.tables, { ...table, columns });
      if (disposition === "replace") Object.assign(stored, { streams: [], merged: [] });
    },
    async write(table, stream) {
      const stored = waiting.get(table) ?? staged.tables.get(table);
      if (!stored) throw new RunletError("DEFECT", `rows for ${table}, which was not prepared`);
      stored.streams.push(stream);
    },
    async widen(table, base, variant) {
      const tables = [staged.tables.get(table), waiting.get(table)].filter((stored) => stored !== undefined);
      if (tables.length === 0 || !tables.every((stored) => isExact(stored, base, variant))) return false;
      for (const stored of tables) fold(stored, base, variant);
      return true;
    },
    async alter(steps) {
      for (const step of steps) alterStored(staged.tables, step);
    },
    async merge(plan) {
      const rows = (tables: Map<string, StoredTable>): Map<string, Record<string, Json>[]> =>
        new Map([...tables].map(([name, stored]) => [name, rowsOf(stored)]));
      const merged = mergeRows(plan, { there: rows(staged.tables), waiting: rows(waiting) });
      for (const [name, left] of merged) {
        waiting.delete(name);
        const stored = staged.tables.get(name);
        if (stored) Object.assign(stored, { merged: left, streams: [], folds: [] });
      }
    },
    async commit(facts) {
      if (datasets.get(dataset) !== started) {
        throw new RunletError("CONCURRENT_RUN", `another run has loaded into ${dataset} meanwhile`, {
          hint: "run again",
        });
      }
      staged.loads.push(facts);
      datasets.set(dataset, staged);
    },
    rollback: async () => undefined,
  };
}

/** Whether a number variant can be folded into its column with no value changed. */
function isExact(stored: StoredTable, base: string, variant: string): boolean {
  const from = stored.schema.columns[variant];
  if (!from) return false;
  return from.data_type !== "double" || rowsOf(stored).every((row) => typeof row[base] !== "bigint");
}

function fold(stored: StoredTable, base: string, variant: string): void {
  const from = stored.schema.columns[variant]!;
  const columns: Record<string, ColumnSchema> = {
    ...stored.schema.columns,
    [base]: widened(stored.schema.columns[base]!, from),
  };
  delete columns[variant];
  stored.schema = { ...stored.schema, columns };
  stored.folds.push({ base, variant, scale: from.data_type === "decimal" ? (from.scale ?? 9) : 0 });
}
