import { signal, type Signal } from "@preact/signals";
import type { Dataset, Json } from "runlet";
import type { ChartWish } from "../charts/choose.ts";
import type { Input } from "../land/input.ts";
import type { Failure } from "../land/failure.ts";
import type { TableView } from "../tables/model.ts";

export type Row = Record<string, Json>;

/** How far the reading is. */
export type Stage =
  | "fetching" // bytes come from the network
  | "reading" // the engine makes tables of them
  | "loading" // DuckDB takes the tables
  | "ready" // everything can be asked
  | "failed";

export interface Figures {
  /** Bytes read, unpacked. */
  readonly bytes: number;
  /** Bytes there are, where that is known: of a file on its way from the network. */
  readonly total?: number | undefined;
  readonly rows: number;
  /** Milliseconds the engine has taken so far. */
  readonly ms: number;
}

/** One thing that was opened, and all that is known of it; what changes is in signals. */
export interface Session {
  /** Differs from every other session's. */
  readonly id: number;
  readonly input: Input;
  /** As people would call it: a file's name, an address. */
  readonly title: string;
  /** Name of the dataset, DuckDB's schema. */
  readonly dataset: string;
  readonly stage: Signal<Stage>;
  readonly figures: Signal<Figures>;
  readonly tables: Signal<readonly TableView[]>;
  /** The first rows of each table. */
  readonly preview: Signal<Readonly<Record<string, readonly Row[]>>>;
  readonly failure: Signal<Failure | undefined>;
  /** Records that were set aside because they are broken. */
  readonly rejects: Signal<number>;
  /** Whether this is a copy of a database that another tab has open. */
  readonly copied: Signal<boolean>;
  /** What SQL is asked of; undefined until DuckDB has the data. */
  readonly data: Signal<Dataset | undefined>;
  readonly selected: Signal<string | undefined>;
  readonly column: Signal<{ table: string; column: string } | undefined>;
  readonly sql: Signal<string | undefined>;
  readonly chart: Signal<ChartWish | undefined>;
  /** Bytes that the session was read from, to be read again: for saving, and to skip bad records. */
  sources: readonly { name: string; blob: Blob }[];
  readonly stop: AbortController;
}

export const session = signal<Session | undefined>(undefined);

/** Which part of the workspace is shown. */
export type View = "rows" | "diagram" | "sql" | "take";
export const view = signal<View>("rows");

let sessions = 0;

export function newSession(input: Input, title: string, dataset: string): Session {
  return {
    id: ++sessions,
    input,
    title,
    dataset,
    stage: signal<Stage>("reading"),
    figures: signal<Figures>({ bytes: 0, rows: 0, ms: 0 }),
    tables: signal<readonly TableView[]>([]),
    preview: signal<Readonly<Record<string, readonly Row[]>>>({}),
    failure: signal<Failure | undefined>(undefined),
    rejects: signal(0),
    copied: signal(false),
    data: signal<Dataset | undefined>(undefined),
    selected: signal<string | undefined>(undefined),
    column: signal<{ table: string; column: string } | undefined>(undefined),
    sql: signal<string | undefined>(undefined),
    chart: signal<ChartWish | undefined>(undefined),
    sources: [],
    stop: new AbortController(),
  };
}
