// DuckDB inserting the Arrow streams that the engine makes of an input, all made beforehand: what a load cannot beat
// without another way into the database.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { megabytes, newPlace } from "./place.mjs";

const LOAD_ID = "1700000000.000001";

export async function prebuiltLoad({ path, format }, driver) {
  await import("../../dist/node/index.js");
  const { duckdb } = await import("../../dist/node/duckdb.js");
  const { tables, streams, records } = await prebuilt(path, format);
  const file = join(newPlace(), "bench.duckdb");
  return async () => {
    const session = await duckdb(file, { driver }).open({ dataset: "bench" });
    const load = await session.begin(LOAD_ID);
    for (const table of Object.values(tables)) {
      const columns = Object.fromEntries(
        Object.entries(table.columns).filter(([, { data_type }]) => data_type),
      );
      await load.prepare({ ...table, columns }, "append");
    }
    for (const { table, stream } of streams) await load.write(table, stream);
    await load.commit({
      loadId: LOAD_ID,
      schemaName: "bench",
      schema: {},
      schemaVersion: 1,
      schemaVersionHash: "bench",
      engineVersion: 11,
      insertedAt: new Date().toISOString(),
    });
    await session.close();
    return { records, file: megabytes(file) };
  };
}

/** The tables and, for each version of each, its whole stream. */
async function prebuilt(path, format) {
  const { openEngine } = await import("../../dist/core/binding/engine.js");
  const module = new WebAssembly.Module(readFileSync(new URL("../../dist/core.wasm", import.meta.url)));
  const engine = openEngine(module, { loadId: LOAD_ID, seed: "1" });
  const id = engine.input("t", 0, { format });
  const found = new Map();
  const take = (drain) => {
    for (let batch = engine.take(drain); batch; batch = engine.take(drain)) {
      const key = `${batch.schemaVersion} ${batch.table}`;
      if (!found.has(key)) {
        const schema = engine.tableSchema(batch.table, batch.schemaVersion);
        found.set(key, { table: batch.table, parts: [schema] });
      }
      found.get(key).parts.push(batch.message);
    }
  };
  const text = readFileSync(path);
  for (let at = 0; at < text.length; at += 1 << 20) {
    engine.push(id, text.subarray(at, at + (1 << 20)));
    take(false);
  }
  const { records } = engine.end(id);
  take(true);
  const { tables } = engine.schema();
  const end = Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0);
  const streams = [...found.values()].map(({ table, parts }) => ({
    table,
    stream: new Uint8Array(Buffer.concat([...parts, end])),
  }));
  return { tables, streams, records };
}
