import type { Destination, DestinationSession } from "../destinations/contract.ts";
import type { Json } from "../json.ts";
import type { StoredSchema } from "../schema/stored.ts";
import type { Alteration, Altered } from "./alter-dataset.ts";
import type { Config } from "./config.ts";
import { datasetSchema } from "./dataset-schema.ts";

/** What has been loaded, to be asked. Opens the destination for each question and closes it again, so that no file
 *  stays locked. */
export interface Dataset {
  readonly name: string;
  /** Rows of an SQL query with the dataset as the default schema. Whole numbers of 64 bits are bigint,
   *  whatever their value; decimals are text, timestamps ISO 8601 text. */
  query<T = Record<string, Json>>(sql: string, params?: readonly Json[]): Promise<T[]>;
  /** The result as one complete Arrow IPC stream. */
  arrow(sql: string): Promise<Uint8Array>;
  /** The schema document, as stored; `name` where the dataset holds several. */
  schema(name?: string): Promise<StoredSchema>;
  /** Renames, drops, adds, widens and relaxes what is there, without a load, in one transaction. */
  alter(alteration: Alteration): Promise<Altered>;
}

/** A handle on `dataset` at a destination. `safe` removes secrets from errors. */
export function datasetOf(
  destination: Destination,
  dataset: string,
  config?: Config,
  safe: (error: unknown) => unknown = (error) => error,
): Dataset {
  const ask = async <T>(question: (session: DestinationSession) => Promise<T>): Promise<T> => {
    try {
      const resolve = config && {
        resolve: (value: unknown) => config.text(value),
        binding: (name: string) => config.binding(name),
      };
      const session = await destination.open({ dataset, existing: true, ...resolve });
      try {
        return await question(session);
      } finally {
        await session.close();
      }
    } catch (error) {
      throw safe(error);
    }
  };
  return {
    name: dataset,
    query: <T>(sql: string, params?: readonly Json[]) => ask((session) => session.query<T>(sql, params)),
    arrow: (sql) => ask((session) => session.arrow(sql)),
    schema: (name) => ask((session) => datasetSchema(session, dataset, name)),
    alter: (alteration) =>
      ask(async (session) => {
        // Most apps never alter a dataset.
        const { alterDataset } = await import("./alter-dataset.ts");
        return alterDataset(destination, session, dataset, alteration);
      }),
  };
}
