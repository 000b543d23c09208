// What the pages of the DuckDB tests do.
import { pipeline, resource, type Json } from "runlet";
import {
  configureDuckDB,
  deleteDatabase,
  type DownloadProgress,
  exportDatabase,
  importDatabase,
  listDatabases,
  loadDuckDB,
  openCopy,
  storageEstimate,
} from "runlet/browser";
import { duckdb } from "runlet/duckdb";

const items = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => ({
    id: from + at,
    name: `item ${from + at}`,
    big: 9007199254740993n + BigInt(at),
    at: "2024-02-29T23:30:00Z",
    tags: ["a", { b: at }],
  }));

const shop = pipeline(
  "shop",
  resource("items", {}, () => items(0, 1000)),
);
const SUMMARY = `select count(*)::int as items, (select count(*)::int from items__tags) as tags,
  max(big)::varchar as big, date_trunc('day', max("at")) as day from items`;

const plain = (rows: unknown): Json =>
  JSON.parse(JSON.stringify(rows, (_, value) => (typeof value === "bigint" ? `${value}n` : value)));

export async function inMemory(): Promise<unknown> {
  const heard: DownloadProgress[] = [];
  configureDuckDB({ onDownload: (progress) => heard.push(progress) });
  await loadDuckDB();
  const to = duckdb();
  const info = await shop.run({ to });
  await shop.run({ to });
  const rows = await info.dataset.query(SUMMARY);
  const [other] = await (await shop.run({ to: duckdb() })).dataset.query(SUMMARY);
  await to.close();
  const last = heard.at(-1);
  return { rows: plain(rows), other: plain(other), download: last && last.loaded / last.total };
}

export async function load(where?: string): Promise<unknown> {
  const info = await shop.run(where === undefined ? {} : { to: duckdb(where) });
  return { destination: info.destination, rows: plain(await info.dataset.query(SUMMARY)) };
}

export async function query(where: string, sql: string = SUMMARY): Promise<Json> {
  const session = await duckdb(where).open({ dataset: "shop_dataset", existing: true });
  try {
    return plain(await session.query(sql));
  } finally {
    await session.close();
  }
}

/** Opens the database and keeps it. */
export async function hold(where: string): Promise<void> {
  await duckdb(where).open({ dataset: "shop_dataset", existing: true });
}

export async function copy(where: string): Promise<unknown> {
  const session = await openCopy(where).open({ dataset: "shop_dataset" });
  const rows = plain(await session.query(SUMMARY));
  const refused = await session.begin("1700000000.1").then(
    () => "begun",
    (error: Error) => error.message,
  );
  await session.close();
  return { rows, refused };
}

/** More than there is room for: strings that nothing compresses. */
export async function tooMuch(where: string): Promise<void> {
  const noise = resource("noise", {}, function* () {
    for (let page = 0; page < 40; page++) {
      yield Array.from({ length: 100 }, (_, at) => ({
        at,
        text: btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(7500)))),
      }));
    }
  });
  await pipeline("noise", noise).run({ to: duckdb(where), packages: "none" });
}

export async function loadSome(where: string, count: number): Promise<unknown> {
  const some = pipeline(
    "shop",
    resource("items", { write: "replace" }, () => items(0, count)),
  );
  const info = await some.run({ to: duckdb(where), packages: "none" });
  return plain(await info.dataset.query("select count(*)::int as items from items"));
}

export async function saved(): Promise<unknown> {
  return (await listDatabases()).map(({ name, address, bytes, modified }) => ({
    name,
    address,
    enough: bytes > 100_000,
    recent: Date.now() - modified.getTime() < 600_000,
  }));
}

export async function takeAway(where: string, under: string): Promise<unknown> {
  const file = await exportDatabase(where);
  const address = await importDatabase(file, under);
  const again = await importDatabase(file, under).catch((error: Error) => error.message);
  const foreign = await importDatabase(new File(["no database here"], "x.duckdb")).catch(
    (error: Error) => error.message,
  );
  return { name: file.name, address, again, foreign, rows: await query(address) };
}

/** Imports a database where an import was cut off and another database has left its log. */
export async function importOver(from: string, name: string): Promise<unknown> {
  const root = await navigator.storage.getDirectory();
  await root.getFileHandle(name, { create: true });
  const log = await (await root.getFileHandle(`${name}.wal`, { create: true })).createWritable();
  await log.write("the log of another database");
  await log.close();
  return query(await importDatabase(await exportDatabase(from), name));
}

export async function remove(where: string): Promise<void> {
  await deleteDatabase(where);
}

export async function estimate(): Promise<unknown> {
  const { used, quota, available } = await storageEstimate();
  return { adds: used + available === quota, some: used > 0 };
}

/** As a data: URL. */
export async function fileOf(where: string): Promise<unknown> {
  const reader = new FileReader();
  reader.readAsDataURL(await exportDatabase(where));
  await new Promise((resolve) => (reader.onload = resolve));
  return reader.result;
}
