import { batch } from "@preact/signals";
import {
  files,
  pipeline,
  resource,
  type LoadInfo,
  type Pipeline,
  type TableSchema,
  type Tables,
} from "runlet";
import { duckdb } from "runlet/duckdb";
import { newSession, session, view, type Session } from "../app/session.ts";
import { say } from "../app/announce.ts";
import { openSaved } from "../storage/saved.ts";
import { fetched } from "../duckdb/database.ts";
import { ahead } from "../duckdb/ahead.ts";
import { waitingFor } from "../share/waiting.ts";
import { tableViews } from "../tables/model.ts";
import type { ChartWish } from "../charts/choose.ts";
import { failureOf } from "./failure.ts";
import { fetchSource } from "./fetch-source.ts";
import { distinct, pastedName, tableNameOf, type Input } from "./input.ts";
import { Rate } from "./rate.ts";
import { sampleOf } from "./samples.ts";

/** Records of each file that are looked at before the whole is read. */
const FIRST_RECORDS = 100;

export interface LandOptions {
  /** Set broken records aside and read on. */
  skipBad?: boolean;
  sql?: string | undefined;
  chart?: ChartWish | undefined;
}

/** Opens what a person gives: shows its first records at once, reads the whole, and gives the tables to DuckDB as soon
 *  as that is there. Never rejects: what goes wrong is in the session. */
export async function land(input: Input, options: LandOptions = {}): Promise<void> {
  session.value?.stop.abort();
  const titles = titlesOf(input);
  const opened = newSession(input, titles.join(", "), tableNameOf(titles[0]!));
  const { sql, chart } = options.sql === undefined ? (waitingFor.value ?? options) : options;
  opened.sql.value = sql;
  opened.chart.value = chart;
  batch(() => {
    waitingFor.value = undefined;
    session.value = opened;
    view.value = sql === undefined ? "rows" : "sql";
  });
  try {
    if (input.kind === "saved") await openSaved(opened, input.name);
    else await read(opened, input, options);
    if (opened.stop.signal.aborted) return;
    opened.stage.value = "ready";
    say(`${opened.title}: ${opened.tables.value.length} tables, ${opened.figures.value.rows} rows`);
  } catch (error) {
    if (opened.stop.signal.aborted) return;
    const failure = await failureOf(
      error,
      opened.sources.length === 1 ? opened.sources[0]!.blob : undefined,
      input.kind === "url" ? input.url : undefined,
    );
    if (opened.stop.signal.aborted) return;
    batch(() => {
      opened.failure.value = failure;
      opened.stage.value = "failed";
    });
  }
}

function titlesOf(input: Input): string[] {
  switch (input.kind) {
    case "sample":
      return [sampleOf(input.id)?.file ?? input.id];
    case "files":
      return input.files.map(({ name }) => name);
    case "text":
      return [pastedName(input.text)];
    case "url":
      return [fileOf(new URL(input.url))];
    case "saved":
      return [input.name];
  }
}

/** What the file at an address is called, without its escapes where they are whole. */
function fileOf({ pathname, hostname }: URL): string {
  const last = pathname.split("/").filter(Boolean).pop() ?? hostname;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

async function read(
  opened: Session,
  input: Exclude<Input, { kind: "saved" }>,
  options: LandOptions,
): Promise<void> {
  const { signal } = opened.stop;
  const normalise = options.skipBad ? ({ onBadRecord: "quarantine" } as const) : {};
  opened.sources = await sourcesOf(opened, input);
  signal.throwIfAborted();
  opened.stage.value = "reading";
  const { pipeline: whole } = pipelineOf(opened);

  const first = await whole.preview({ limit: FIRST_RECORDS, normalise, signal });
  signal.throwIfAborted();
  show(opened, first.schema, first.tables);

  const schema: Record<string, TableSchema> = { ...first.schema };
  const meter = new Rate(opened, first.tables);
  const database = fetched(duckdb(), signal);
  const letGo = () => void database.close().catch(() => undefined);
  const running = whole.run({
    to: ahead(database, (table) => {
      schema[table.name] = table;
      opened.tables.value = tableViews(schema as Tables, meter.rowsOf(schema));
    }),
    normalise,
    signal,
    onProgress: (progress) => {
      meter.at(progress);
      if (progress.stage === "commit" && opened.stage.value === "reading") opened.stage.value = "loading";
      opened.tables.value = tableViews(schema as Tables, meter.rowsOf(schema));
    },
  });
  running.catch(letGo);
  const info = await running;
  if (signal.aborted) letGo();
  else signal.addEventListener("abort", letGo);
  signal.throwIfAborted();
  batch(() => {
    opened.rejects.value = info.rejects;
    opened.figures.value = { ...opened.figures.value, ms: engineTime(info) };
    opened.tables.value = opened.tables.value
      .filter(({ name }) => info.tables[name])
      .map((table) => ({ ...table, rows: info.tables[table.name]!.rows }));
    opened.data.value = info.dataset;
  });
}

/** The pipeline of what is open: a resource per file, named after it. */
export function pipelineOf({ sources, dataset }: Session): { pipeline: Pipeline; names: string[] } {
  const names = distinct(sources.map(({ name }) => tableNameOf(name)));
  const resources = sources.map(({ name, blob }, index) =>
    files(names[index]!, { write: "replace", from: [new File([blob], name, { type: blob.type })] }),
  );
  return { pipeline: pipeline(dataset, resources, { dataset }), names };
}

async function sourcesOf(opened: Session, input: Exclude<Input, { kind: "saved" }>) {
  if (input.kind === "files") return input.files.map((file) => ({ name: file.name, blob: file }));
  if (input.kind === "text") return [{ name: opened.title, blob: new Blob([input.text]) }];
  const sample = input.kind === "sample" ? sampleOf(input.id) : undefined;
  const url = input.kind === "url" ? input.url : new URL(sample!.url, document.baseURI).href;
  opened.stage.value = "fetching";
  const blob = await fetchSource(url, {
    signal: opened.stop.signal,
    progress: (bytes, total) => (opened.figures.value = { bytes, total, rows: 0, ms: 0 }),
    ...(sample ? {} : { first: (stream: ReadableStream<Uint8Array>) => void lookAhead(opened, stream) }),
  });
  return [{ name: opened.title, blob }];
}

/** Shows the first records of what is still on its way from the network. What is no JSON is looked at when it is there. */
async function lookAhead(opened: Session, stream: ReadableStream<Uint8Array>): Promise<void> {
  const { signal } = opened.stop;
  const first = pipeline(opened.dataset, resource(opened.dataset, {}, stream));
  try {
    const { schema, tables } = await first.preview({ limit: FIRST_RECORDS, signal });
    if (opened.stage.value === "fetching" && !signal.aborted) show(opened, schema, tables);
  } catch {
    // The same is met again, and said, when the whole is read.
  }
}

function show(opened: Session, schema: Tables, rows: Session["preview"]["value"]): void {
  const counts = Object.fromEntries(Object.entries(rows).map(([name, { length }]) => [name, length]));
  batch(() => {
    opened.tables.value = tableViews(schema, counts);
    opened.preview.value = Object.fromEntries(
      Object.entries(rows).map(([name, some]) => [name, some.slice(0, FIRST_RECORDS)]),
    );
    opened.selected.value ??= opened.tables.value[0]?.name;
  });
}

/** Milliseconds the engine was at work, without those it waited for bytes. */
function engineTime({ trace }: LoadInfo): number {
  return trace.steps
    .filter(({ step }) => step === "normalise")
    .reduce((sum, { durationMs }) => sum + durationMs, 0);
}
