import type { Destination } from "../destinations/contract.ts";
import type { Json } from "../json.ts";
import type { Config } from "./config.ts";

/** What has been loaded, to be asked. Opens the destination for each question and closes it again, so that no file
 *  stays locked. */
export interface Dataset {
  readonly name: string;
  /** Rows of an SQL query with the dataset as the default schema. Integers beyond 2^53 are bigint. */
  query<T = Record<string, Json>>(sql: string, params?: readonly Json[]): Promise<T[]>;
  /** The result as one complete Arrow IPC stream. */
  arrow(sql: string): Promise<Uint8Array>;
}

/** A handle on `dataset` at a destination. */
export function datasetOf(destination: Destination, dataset: string, config?: Config): Dataset {
  const session = () =>
    destination.open({ dataset, ...(config ? { resolve: (value: unknown) => config.text(value) } : {}) });
  return {
    name: dataset,
    async query<T>(sql: string, params?: readonly Json[]) {
      const open = await session();
      try {
        return await open.query<T>(sql, params);
      } finally {
        await open.close();
      }
    },
    async arrow(sql) {
      const open = await session();
      try {
        return await open.arrow(sql);
      } finally {
        await open.close();
      }
    },
  };
}
