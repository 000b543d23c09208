// What an application writes: nothing says where files are.
import { pipeline, resource } from "runlet";
import { listDatabases } from "runlet/browser";
import { duckdb } from "runlet/duckdb";

async function main(): Promise<unknown> {
  const items = resource("items", {}, [
    { id: 1, tags: ["a"] },
    { id: 2, tags: ["b", "c"] },
  ]);
  const info = await pipeline("shop", items).run({ to: duckdb("opfs://vite.duckdb") });
  const rows = await info.dataset.query(`select count(*)::int as tags from items__tags`);
  const saved = await listDatabases();
  return { rows, saved: saved.map(({ address }) => address) };
}

Object.assign(globalThis, {
  result: main().catch((error: Error) => ({ error: String(error.stack) })),
});
