import { RunletError } from "../../errors.ts";
import type { Json } from "../../json.ts";
import { decodeState } from "../../schema/state.ts";
import type { ColumnSchema } from "../../schema/types.ts";
import { widened } from "../../schema/widened.ts";
import type { Destination, DestinationLoad, DestinationSession } from "../contract.ts";
import { copied, emptyData, rowsOf, type StoredData } from "./store.ts";

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
      dispositions: ["append", "replace"],
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
  return {
    async prepare(table, disposition) {
      const stored = staged.tables.get(table.name);
      if (!stored) staged.tables.set(table.name, { schema: table, streams: [], folds: [] });
      else {
        stored.schema = table;
        if (disposition === "replace") stored.streams = [];
      }
    },
    async write(table, stream) {
      const stored = staged.tables.get(table);
      if (!stored) throw new RunletError("DEFECT", `rows for ${table}, which was not prepared`);
      stored.streams.push(stream);
    },
    async widen(table, base, variant) {
      const stored = staged.tables.get(table);
      if (!stored) return false;
      const from = stored.schema.columns[variant];
      const exact =
        from?.data_type !== "double" || rowsOf(stored).every((row) => typeof row[base] !== "bigint");
      if (!from || !exact) return false;
      const columns: Record<string, ColumnSchema> = {
        ...stored.schema.columns,
        [base]: widened(stored.schema.columns[base]!, from),
      };
      delete columns[variant];
      stored.schema = { ...stored.schema, columns };
      stored.folds.push({ base, variant, scale: from.data_type === "decimal" ? (from.scale ?? 9) : 0 });
      return true;
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
