import { batch, signal } from "@preact/signals";
import { RunletError, type Dataset, type Destination, type Tables } from "runlet";
import { duckdb } from "runlet/duckdb";
import {
  deleteDatabase,
  keepStorage,
  listDatabases,
  openCopy,
  storageEstimate,
  type SavedDatabase,
  type StorageEstimate,
} from "runlet/browser";
import { fetched } from "../duckdb/database.ts";
import { session, type Row, type Session } from "../app/session.ts";
import { pipelineOf } from "../land/land.ts";
import { quoted } from "../sql/names.ts";
import { tableViews } from "../tables/model.ts";

/** Sessions on saved datasets that are being closed. */
const closed = new WeakMap<Session, Promise<void>>();

/** Whether the list of saved datasets is shown. */
export const savedOpen = signal(false);

/** Closes the list; the keyboard goes on at the button that opens it. */
export function closeSaved(): void {
  savedOpen.value = false;
  document.getElementById("saved-button")?.focus();
}

export const saved = signal<readonly SavedDatabase[] | undefined>(undefined);
export const room = signal<StorageEstimate | undefined>(undefined);

export async function listSaved(): Promise<void> {
  const [databases, estimate] = await Promise.all([listDatabases(), storageEstimate()]);
  batch(() => {
    saved.value = databases;
    room.value = estimate;
  });
}

export const addressOf = (name: string): string => `opfs://${name}.duckdb`;

/** Whether something is kept under a name. */
export async function isSaved(name: string): Promise<boolean> {
  return (await listDatabases()).some(({ address }) => address === addressOf(name));
}

/** Keeps what is open under a name, in place of what was kept under it. */
export async function save(open: Session, name: string, progress: (rows: number) => void): Promise<void> {
  // The browser may refuse; what is saved then lasts until the disk gets full.
  void keepStorage().catch(() => undefined);
  await loadTo(open, name, progress);
  await listSaved();
}

/** Loads what is open into a database in the browser's private storage: the same pipeline, another destination. */
export async function loadTo(
  open: Session,
  name: string,
  progress: (rows: number) => void = () => undefined,
): Promise<void> {
  const { pipeline } = pipelineOf(open);
  await pipeline.run({
    to: fetched(duckdb(addressOf(name))),
    refresh: true,
    normalise: open.rejects.value > 0 ? { onBadRecord: "quarantine" } : {},
    onProgress: ({ rows }) => progress(rows),
  });
}

/** Deletes a dataset; one that is open here is closed before. */
export async function remove(name: string): Promise<void> {
  const open = session.value;
  if (open?.input.kind === "saved" && open.input.name === name) {
    open.stop.abort();
    await closed.get(open);
    session.value = undefined;
  }
  await deleteDatabase(addressOf(name));
  await listSaved();
}

/** Rows of each table that are shown at once. */
const FIRST_ROWS = 100;

/** Opens a saved dataset and keeps it open, so that no other tab writes to it meanwhile; where another tab has it, a
 *  copy to read. */
export async function openSaved(open: Session, name: string): Promise<void> {
  try {
    await fill(open, fetched(duckdb(addressOf(name)), open.stop.signal));
  } catch (error) {
    if (!(error instanceof RunletError && error.code === "DESTINATION_LOCKED")) throw error;
    await fill(open, fetched(openCopy(addressOf(name)), open.stop.signal));
    open.copied.value = true;
  }
}

async function fill(open: Session, destination: Destination): Promise<void> {
  const dataset = await datasetIn(destination, open.dataset);
  const held = await destination.open({ dataset, existing: true });
  const { signal } = open.stop;
  const letGo = () => closed.set(open, held.close());
  if (signal.aborted) letGo();
  signal.throwIfAborted();
  signal.addEventListener("abort", letGo);
  const data: Dataset = {
    name: dataset,
    query: (sql, parameters) => held.query(sql, parameters),
    arrow: (sql) => held.arrow(sql),
  };
  const schema = await schemaOf(data);
  const names = Object.keys(schema).filter((table) => !table.startsWith("_dlt_"));
  const rows: Record<string, number> = {};
  const preview: Record<string, Row[]> = {};
  for (const name of names) {
    const [counted] = await data.query<Row>(`select count(*) as rows from ${quoted(name)}`);
    rows[name] = Number(counted?.["rows"] ?? 0);
    preview[name] = await data.query<Row>(`select * from ${quoted(name)} limit ${FIRST_ROWS}`);
  }
  batch(() => {
    open.tables.value = tableViews(schema, rows).filter((table) => table.rows > 0);
    open.preview.value = preview;
    open.selected.value = open.tables.value[0]?.name;
    open.data.value = data;
  });
}

/** The dataset that was loaded last. */
async function datasetIn(destination: Destination, otherwise: string): Promise<string> {
  const session = await destination.open({ dataset: otherwise, existing: true });
  try {
    return (await session.datasets())[0] ?? otherwise;
  } finally {
    await session.close();
  }
}

/** The schema document that the last load left in the database. */
async function schemaOf(data: Dataset): Promise<Tables> {
  const [newest] = await data.query<{ schema: string }>(
    "select schema from _dlt_version order by inserted_at desc limit 1",
  );
  return (JSON.parse(newest?.schema ?? "{}") as { tables?: Tables }).tables ?? {};
}
