import { pipeline, resource } from "../../core/index.ts";
import type { Destination, LoadInfo } from "../../core/index.ts";

// Runs whose loads change tables that are there, beside what they load.

/** `relax`: a column may be null, and one that only was null gets its type; `refresh`: the table begins anew. */
export type Change = "relax" | "refresh";

export const DATASET = "evolving_dataset";
export const BATCH = 30;

const STEPS = {
  base: { from: 0, row: (n: number) => ({ n, note: "a", later: null, old: n, list: [n, n] }) },
  relax: { from: BATCH, row: (n: number) => ({ n, note: null, later: n, old: n, list: [n, n] }) },
  refresh: { from: 3 * BATCH, row: (n: number) => ({ n, note: "b", later: "text", fresh: n, list: [n, n] }) },
  /** Looks whether all is done, and brings nothing. */
  nothing: { from: 0, row: undefined },
};

/** Runs one step. */
export function evolve(step: keyof typeof STEPS, to: Destination, options: object = {}): Promise<LoadInfo> {
  const { from, row } = STEPS[step];
  const t = resource(
    "t",
    {
      write: "merge",
      primaryKey: "n",
      nullColumns: "text",
      columns: { note: { type: "text", ...(step === "nothing" ? {} : { nullable: step === "relax" }) } },
    },
    ({ state }) => {
      if (!row) return [];
      state["done"] = step;
      return Array.from({ length: BATCH }, (_, n) => row(from + n));
    },
  );
  const other = resource("other", {}, () => (step === "base" ? [{ id: 1 }] : []));
  return pipeline("evolving", [t, other], { dataset: DATASET }).run({
    to,
    ...(step === "refresh" ? { refresh: "resources", only: ["t"] } : {}),
    ...options,
  });
}

/** What there is to see. */
export interface EvolvingSight {
  rows: number;
  first: number;
  listed: number;
  orphans: number;
  other: number;
  loads: number;
  /** Names, types and nullability as the database has them. */
  columns: string;
}

export async function look(ask: (sql: string) => Promise<unknown[]>): Promise<EvolvingSight> {
  const [row] = (await ask(`select (select count(*) from t) as rows, (select min(n) from t) as first,
    (select count(*) from t__list) as listed, (select count(*) from other) as other,
    (select count(*) from t__list where _dlt_parent_id not in (select _dlt_id from t)) as orphans,
    (select count(*) from _dlt_loads) as loads,
    (select string_agg(column_name || ' ' || lower(data_type) || ' ' || is_nullable, ', ' order by column_name)
      from information_schema.columns
      where table_schema = '${DATASET}' and table_name = 't' and column_name not like '%dlt%') as columns`)) as [
    Record<string, unknown>,
  ];
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, name === "columns" ? value : Number(value)]),
  ) as unknown as EvolvingSight;
}
