import type { Dataset, Json } from "runlet";
import type { Row } from "../app/session.ts";
import { quoted } from "../sql/names.ts";
import type { ColumnView } from "./model.ts";

/** What is known of a column. */
export interface ColumnFacts {
  readonly rows: number;
  readonly nulls: number;
  readonly distinct: number | undefined;
  readonly min: Json | undefined;
  readonly max: Json | undefined;
  /** The values met most, with how often. */
  readonly samples: readonly { readonly value: Json; readonly times: number }[];
  /** Integers that a JavaScript number cannot hold; of integer columns only. */
  readonly inexact: number | undefined;
  /** Whether these are the facts of the first rows only. */
  readonly partial: boolean;
}

const SAMPLES = 8;

/** Asked of DuckDB, over all rows. */
export async function askFacts(data: Dataset, table: string, column: ColumnView): Promise<ColumnFacts> {
  const name = quoted(column.name);
  const from = quoted(table);
  const ordered = column.type !== "json" && column.type !== "binary";
  const integer = isInteger(column);
  const [sums] = await data.query<Row>(
    `select count(*) as rows, count(${name}) as present, count(distinct ${name}) as kinds,
       ${ordered ? `min(${name})` : "null"} as low, ${ordered ? `max(${name})` : "null"} as high,
       ${integer ? `count(*) filter (where ${name} not between -9007199254740991 and 9007199254740991)` : "null"} as inexact
     from ${from}`,
  );
  // Where there are integers that a double cannot hold, they are the interesting ones.
  const first = integer ? "value not between -9007199254740991 and 9007199254740991 desc," : "";
  const samples = await data.query<Row>(
    `select value, times
     from (select ${name} as value, count(*) as times from ${from} where ${name} is not null group by all)
     order by ${first} times desc, value limit ${SAMPLES}`,
  );
  const rows = Number(sums!["rows"]);
  return {
    rows,
    nulls: rows - Number(sums!["present"]),
    distinct: Number(sums!["kinds"]),
    min: ordered ? sums!["low"] : undefined,
    max: ordered ? sums!["high"] : undefined,
    inexact: integer ? Number(sums!["inexact"]) : undefined,
    samples: samples.map(({ value, times }) => ({ value: value ?? null, times: Number(times) })),
    partial: false,
  };
}

/** From the first rows, until DuckDB can be asked. */
export function firstFacts(rows: readonly Row[], column: ColumnView): ColumnFacts {
  const values = rows.map((row) => row[column.name] ?? null).filter((value) => value !== null);
  const times = new Map<Json, number>();
  for (const value of values) times.set(value, (times.get(value) ?? 0) + 1);
  const sorted = [...times.keys()].sort(compare);
  const integer = isInteger(column);
  const found = [...times].map(([value, number]) => ({ value, times: number }));
  if (integer)
    found.sort((a, b) => Number(typeof b.value === "bigint") - Number(typeof a.value === "bigint"));
  return {
    rows: rows.length,
    nulls: rows.length - values.length,
    distinct: times.size,
    min: sorted[0],
    max: sorted.at(-1),
    samples: found.slice(0, SAMPLES),
    inexact: integer ? values.filter((value) => typeof value === "bigint").length : undefined,
    partial: true,
  };
}

/** Also decimals without a fraction, as integers of more than 64 bits are. */
export function isInteger({ type, scale }: ColumnView): boolean {
  return type === "bigint" || type === "wei" || (type === "decimal" && scale === 0);
}

function compare(a: Json, b: Json): number {
  return (a as string) < (b as string) ? -1 : (a as string) > (b as string) ? 1 : 0;
}
