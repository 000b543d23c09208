// What the pages and workers of the storage tests do.
import { pipeline, resource, type Json, type RunOptions } from "runlet";
import { armFailpoints } from "../../../dist/core/packages/failpoints.js";
import { configureDuckDB } from "runlet/browser";
import { duckdb } from "runlet/duckdb";

const folder = "/node_modules/@duckdb/duckdb-wasm/dist";
configureDuckDB({
  files: { mainModule: `${folder}/duckdb-eh.wasm`, mainWorker: `${folder}/duckdb-browser-eh.worker.js` },
});

const shop = (count: number) =>
  pipeline(
    "shop",
    resource("items", {}, () => Array.from({ length: count }, (_, id) => ({ id, tags: [id] }))),
  );

const to = () => duckdb("opfs://shop.duckdb");
const COUNTS = `select (select count(*)::int from items) as items, (select count(*)::int from items__tags) as tags,
  (select count(*)::int from _dlt_loads) as loads`;

export async function load(count: number, options: RunOptions = {}): Promise<unknown> {
  const info = await shop(count).run({ to: to(), ...options });
  return { recovered: info.recovered.length, rows: await info.dataset.query(COUNTS) };
}

/** Stops for ever at a point of the load, having told the server, which asks for nothing more than to be killed. */
export async function loadUntil(point: string, count: number): Promise<void> {
  armFailpoints((reached) => {
    if (reached !== point) return;
    const request = new XMLHttpRequest();
    request.open("GET", `/reached/${point}`, false);
    request.send();
  });
  await load(count);
  throw new Error(`${point} was not reached`);
}

/** Two runs of the pipeline at once. */
export async function twice(): Promise<unknown> {
  let begun: (() => void) | undefined;
  const first = new Promise<void>((resolve) => (begun = resolve));
  let goOn: (() => void) | undefined;
  const waiting = new Promise<void>((resolve) => (goOn = resolve));
  const slow = pipeline(
    "shop",
    resource("items", {}, async function* () {
      begun!();
      await waiting;
      yield { id: -1 };
    }),
  ).run({ to: to() });
  await first;
  const second = await load(1).then(
    () => "loaded",
    (error: { code: string; message: string }) => ({ code: error.code, message: error.message }),
  );
  goOn!();
  await slow;
  return second;
}

/** Every file below a folder, with its size. */
export async function files(folder: string): Promise<Json> {
  const visit = async (handle: FileSystemDirectoryHandle, path: string): Promise<string[]> => {
    const names: string[] = [];
    for await (const [name, entry] of handle.entries()) {
      if (entry.kind === "file") names.push(path + name);
      else names.push(...(await visit(entry as FileSystemDirectoryHandle, `${path}${name}/`)));
    }
    return names.sort();
  };
  try {
    return await visit(await (await navigator.storage.getDirectory()).getDirectoryHandle(folder), "");
  } catch {
    return [];
  }
}
