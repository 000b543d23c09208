import type { Destination, Pipeline } from "../../core/index.ts";
import { incremental, pipeline, resource, source } from "../../core/index.ts";

/** Records the source has had by run n: each run brings another batch. */
export const BATCH = 40;

/** A pipeline whose tables show what a load did: `events` appends what came since the state's mark, `snapshot` is
 *  replaced as a whole, both with nested tables; `readings` go by a cursor whose values span pages and runs. Run n (from 1) adds a column, and number types that have to be
 *  reconciled. `fail`: the source breaks after so many pages. Unless `merges` is false, each strategy of merging
 *  has a table, too: `baskets` takes days anew, `stock` and `signups` go by their keys, `prices` keeps versions. */
export function shop(run: number, { fail = Infinity, merges = true } = {}): Pipeline {
  const events = resource("events", { write: "append" }, function* ({ state, sourceState }) {
    const from = Number(state["next"] ?? 0);
    const until = run * BATCH;
    let pages = 0;
    for (let at = from; at < until; at += BATCH / 4) {
      if (pages++ >= fail) throw new Error("the source broke");
      yield Array.from({ length: BATCH / 4 }, (_, n) => event(at + n));
    }
    state["next"] = until;
    sourceState["seen"] = until;
  });
  const snapshot = resource("snapshot", { write: "replace" }, function* () {
    for (let page = 0; page < 4; page++) {
      yield Array.from({ length: BATCH / 4 }, (_, n) => ({
        n: page * (BATCH / 4) + n,
        generation: run,
        parts: [{ generation: run }, { generation: run }],
      }));
    }
  });
  const readings = resource(
    "readings",
    { cursor: incremental("at", { initial: 0 }) },
    function* ({ cursor }) {
      const all = Array.from({ length: run * BATCH }, (_, n) => reading(n)).filter(
        ({ at }) => at >= cursor.start,
      );
      for (let at = 0; at < all.length; at += BATCH / 4) yield all.slice(at, at + BATCH / 4);
    },
  );
  const stock = resource("stock", { write: "merge", strategy: "upsert", primaryKey: "sku" }, () =>
    Array.from({ length: BATCH }, (_, n) => ({
      sku: ((run - 1) * BATCH) / 2 + n,
      generation: run,
      places: [{ generation: run }, { generation: run }],
    })),
  );
  const baskets = resource("baskets", { write: "merge", mergeKey: "day", hardDelete: "gone" }, () =>
    Array.from({ length: BATCH + 1 }, (_, n) => ({
      day: run - 1 + (n % 2),
      generation: run,
      gone: n === BATCH,
      lines: [{ generation: run }, { generation: run }],
    })),
  );
  const signups = resource("signups", { write: "merge", strategy: "insert-only", primaryKey: "id" }, () =>
    Array.from({ length: BATCH }, (_, n) => ({ id: ((run - 1) * BATCH) / 2 + n, generation: run })),
  );
  const prices = resource("prices", { write: "merge", strategy: "scd2" }, () =>
    Array.from({ length: BATCH }, (_, n) => ({ sku: n, price: n < BATCH / 2 ? 0 : run })),
  );
  return pipeline(
    "shop",
    source("shop", {}, [events, snapshot, readings, ...(merges ? [baskets, stock, signups, prices] : [])]),
  );
}

function event(n: number) {
  return {
    n,
    // A column of integers meets a fraction in the second load, and is widened.
    amount: n === BATCH + 31 ? n + 0.5 : n,
    tags: [`t${n}`, `u${n}`],
    ...(n >= BATCH ? { [`added_in_${Math.floor(n / BATCH) + 1}`]: n } : {}),
  };
}

/** Sevens at the same time: neither pages nor runs end with one of them. */
function reading(n: number) {
  return { n, at: Math.floor(n / 7) };
}

/** What the cursor of `readings` has come to after so many runs. */
export function reached(run: number): { last: number; hashes: number } {
  const last = reading(run * BATCH - 1);
  return { last: last.at, hashes: (last.n % 7) + 1 };
}

/** What a reader sees; -1 where there is no table yet. */
export interface Sight {
  events: number;
  distinct: number;
  tags: number;
  snapshot: number;
  oldest: number;
  newest: number;
  parts: number;
  partsOldest: number;
  partsNewest: number;
  loads: number;
  readings: number;
  distinctReadings: number;
  stock?: number;
  skus?: number;
  generations?: number;
  places?: number;
  placeGenerations?: number;
  baskets?: number;
  basketGenerations?: number;
  lines?: number;
  lineGenerations?: number;
  signups?: number;
  signupGenerations?: number;
  versions?: number;
  valid?: number;
}

const MERGED = `, (select count(*) from stock) as stock, (select count(distinct sku) from stock) as skus,
  (select sum(generation) from stock) as generations, (select count(*) from stock__places) as places,
  (select sum(generation) from stock__places) as "placeGenerations", (select count(*) from baskets) as baskets,
  (select sum(generation) from baskets) as "basketGenerations", (select count(*) from baskets__lines) as lines,
  (select sum(generation) from baskets__lines) as "lineGenerations", (select count(*) from signups) as signups,
  (select sum(generation) from signups) as "signupGenerations", (select count(*) from prices) as versions,
  (select count(*) from prices where _dlt_valid_to is null) as valid`;

const SIGHT = `select (select count(*) from events) as events, (select count(distinct n) from events) as "distinct",
  (select count(*) from events__tags) as tags, (select count(*) from snapshot) as snapshot,
  (select min(generation) from snapshot) as oldest, (select max(generation) from snapshot) as newest,
  (select count(*) from snapshot__parts) as parts, (select min(generation) from snapshot__parts) as "partsOldest",
  (select max(generation) from snapshot__parts) as "partsNewest", (select count(*) from _dlt_loads) as loads,
  (select count(*) from readings) as readings, (select count(distinct n) from readings) as "distinctReadings"`;

export const DATASET = "shop_dataset";

/** Whether a store merges. */
export function merging({ kind }: Pick<StoreChoice, "kind">): boolean {
  return kind !== "parquet";
}

/** One look at the dataset, in one statement. */
export async function look(ask: (sql: string) => Promise<unknown[]>, merges = true): Promise<Sight> {
  const [row] = (await ask(merges ? SIGHT + MERGED : SIGHT)) as Record<string, number | bigint>[];
  return Object.fromEntries(
    Object.entries(row!).map(([key, value]) => [key, Number(value)]),
  ) as unknown as Sight;
}

/** The one thing a reader may see after `run` loads that brought data. */
export function whole(run: number, merges = true): Omit<Sight, "loads"> {
  const half = BATCH / 2;
  // Of every run but the last half of the keys are left.
  const generations = (half * (run * (run - 1))) / 2 + BATCH * run;
  // Of every run the new half is left.
  const firsts = half + (half * (run * (run + 1))) / 2;
  return {
    ...(merges
      ? {
          stock: BATCH + (run - 1) * half,
          skus: BATCH + (run - 1) * half,
          generations,
          places: 2 * (BATCH + (run - 1) * half),
          placeGenerations: 2 * generations,
          baskets: BATCH + (run - 1) * half,
          basketGenerations: generations,
          lines: 2 * (BATCH + (run - 1) * half),
          lineGenerations: 2 * generations,
          signups: BATCH + (run - 1) * half,
          signupGenerations: firsts,
          versions: half + run * half,
          valid: BATCH,
        }
      : {}),
    events: run * BATCH,
    distinct: run * BATCH,
    tags: run * BATCH * 2,
    readings: run * BATCH,
    distinctReadings: run * BATCH,
    snapshot: BATCH,
    oldest: run,
    newest: run,
    parts: BATCH * 2,
    partsOldest: run,
    partsNewest: run,
  };
}

export interface StoreChoice {
  kind: "wasm" | "native" | "postgres" | "parquet";
  /** A file, a folder, or a URL. */
  at: string;
}

export async function destinationOf({ kind, at }: StoreChoice): Promise<Destination> {
  if (kind === "postgres") {
    const { postgres } = await import("../../core/destinations/postgres/index.ts");
    return postgres(at);
  }
  if (kind === "parquet") {
    const { disk, parquet } = await import("../../core/destinations/parquet/index.ts");
    return parquet(disk(at));
  }
  const { duckdb } = await import("../../core/destinations/duckdb/index.ts");
  return duckdb(at, { driver: kind });
}
