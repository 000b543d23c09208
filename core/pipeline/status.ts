import { RunletError } from "../errors.ts";
import type { Json } from "../json.ts";
import { dataTables } from "../schema/document.ts";
import type { StoredSchema } from "../schema/stored.ts";
import type { DestinationSession } from "../destinations/contract.ts";
import { planRun, type PlanInput } from "./plan.ts";
import { defaultDestination } from "./run.ts";
import type { RunOptions } from "./run-options.ts";
import { guarded } from "./surroundings.ts";

/** What a destination says that cannot answer a query, at all or on this runtime. */
const NO_SQL = ["DESTINATION_QUERY", "DRIVER_MISSING"];

export type StatusOptions = Pick<RunOptions, "to" | "env" | "signal">;

/** One row of `_dlt_loads`. */
export interface StoredLoad {
  readonly loadId: string;
  readonly schemaName: string;
  /** 0: whole. */
  readonly status: number;
  /** ISO 8601. */
  readonly insertedAt: string;
}

/** What a destination has of a pipeline. Plain data. */
export interface Status {
  readonly pipeline: string;
  /** Address of the destination, without secrets. */
  readonly destination: string;
  readonly dataset: string;
  /** Absent before the first load. */
  readonly schema?: { readonly name: string; readonly version: number };
  /** ISO 8601 time of the dataset's newest load, of whatever pipeline. */
  readonly latest?: string;
  /** Newest first, ten at most. Absent where the destination answers no SQL. */
  readonly loads?: readonly StoredLoad[];
  readonly tables: Readonly<
    Record<string, { readonly columns: readonly string[]; readonly parent?: string }>
  >;
}

/** Asks the destination what it has of the pipeline. @throws RunletError without the values of secrets */
export function pipelineStatus(input: PlanInput, options: StatusOptions): Promise<Status> {
  return guarded(options, async (run) => {
    const { pipeline, dataset, schema: schemaName } = planRun(input);
    const destination = options.to ?? (await defaultDestination(run, pipeline));
    const session = await destination.open({
      dataset,
      resolve: (value) => run.config.text(value, `destination ${destination.kind}`),
      binding: (name) => run.config.binding(name),
      conceal: (value, name) => run.redactor.add(value, name),
      signal: run.signal,
    });
    try {
      const stored = await session.restore(pipeline, schemaName);
      const schema = stored.schema as unknown as StoredSchema | undefined;
      const loads = schema ? await newestLoads(session) : [];
      return {
        pipeline,
        destination: destination.address,
        dataset,
        ...(schema ? { schema: { name: schema.name, version: schema.version } } : {}),
        ...(stored.latestMicros ? { latest: new Date(stored.latestMicros / 1000).toISOString() } : {}),
        ...(loads ? { loads } : {}),
        tables: Object.fromEntries(
          Object.values(dataTables(schema?.tables ?? {})).map(({ name, columns, parent }) => [
            name,
            { columns: Object.keys(columns), ...(parent === undefined ? {} : { parent }) },
          ]),
        ),
      };
    } finally {
      await session.close();
    }
  });
}

async function newestLoads(session: DestinationSession): Promise<StoredLoad[] | undefined> {
  try {
    const rows = await session.query<Record<string, Json>>(
      "select load_id, schema_name, status, inserted_at from _dlt_loads order by inserted_at desc limit 10",
    );
    return rows.map((row) => ({
      loadId: String(row["load_id"]),
      schemaName: String(row["schema_name"]),
      status: Number(row["status"]),
      insertedAt: String(row["inserted_at"]),
    }));
  } catch (error) {
    if (error instanceof RunletError && NO_SQL.includes(error.code)) return undefined;
    throw error;
  }
}
