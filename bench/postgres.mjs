// node bench/postgres.mjs [--mb 32] [--rounds 3]
// Into a real Postgres: runlet (file to tables, and the prebuilt Arrow streams alone) beside the same rows by hand, from
// arrays in memory: 1000-row INSERTs and INSERT … SELECT FROM unnest. Input: the generated logs, 12 flat columns.
import { readFileSync, statSync } from "node:fs";
import { parseArgs } from "node:util";
import { createJiti } from "jiti";
import postgresClient from "postgres";
import { files, pipeline } from "../dist/host-node/index.js";
import { openEngine } from "../dist/core/binding/engine.js";
import { postgres } from "../dist/core/destinations/postgres/index.js";
import { input } from "./inputs.mjs";

const { values } = parseArgs({
  options: { mb: { type: "string", default: "32" }, rounds: { type: "string", default: "3" } },
});
const jiti = createJiti(import.meta.url);
const { startPostgres } = await jiti.import("../test/servers/postgres.ts");
const server = await startPostgres();
const path = input("logs", Number(values.mb));
const mb = statSync(path).size / 1e6;
const sql = postgresClient(server.url(), { onnotice: () => {} });

/** The table as runlet made it, without rows. */
async function fresh() {
  await sql`create schema if not exists by_hand`;
  await sql`drop table if exists by_hand.logs`;
  await sql`create table by_hand.logs (like runlet_dataset.logs)`;
}

const rows = () =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line, i) => ({ ...JSON.parse(line), _dlt_load_id: "1700000000.000001", _dlt_id: `id${i}` }));

const APPROACHES = {
  async "runlet, file to table"() {
    await sql`drop schema if exists runlet_dataset cascade`;
    const run = pipeline("runlet", files("logs", { from: path, write: "replace" }));
    return () => run.run({ to: postgres(server.url()), packages: "none" });
  },
  async "runlet, prebuilt Arrow"() {
    const module = new WebAssembly.Module(readFileSync(new URL("../dist/core.wasm", import.meta.url)));
    const engine = openEngine(module, { loadId: "1700000000.000001", seed: "1" });
    const id = engine.input("logs", 0, { format: "ndjson" });
    engine.push(id, readFileSync(path));
    engine.end(id);
    const parts = [];
    let version = 0;
    for (let batch = engine.take(true); batch; batch = engine.take(true)) {
      version = batch.schemaVersion;
      parts.push(batch.message);
    }
    const end = Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0);
    const stream = new Uint8Array(Buffer.concat([engine.tableSchema("logs", version), ...parts, end]));
    const { tables } = engine.schema();
    const loadId = `${Date.now() / 1000}00`;
    const session = await postgres(server.url()).open({ dataset: "prebuilt" });
    return async () => {
      const load = await session.begin(loadId);
      await load.prepare(tables.logs, "replace");
      await load.write("logs", stream);
      await load.commit({
        loadId,
        schemaName: "prebuilt",
        schema: {},
        schemaVersion: 1,
        schemaVersionHash: "bench",
        engineVersion: 11,
        insertedAt: new Date().toISOString(),
      });
      await session.close();
    };
  },
  async "by hand, INSERT … unnest"() {
    await fresh();
    const all = rows();
    const names = Object.keys(all[0]);
    const types =
      await sql`select a.attname as name, format_type(a.atttypid, null) as type from pg_attribute a
      where a.attrelid = 'by_hand.logs'::regclass and a.attnum > 0`;
    const typeOf = Object.fromEntries(types.map(({ name, type }) => [name, type]));
    return () =>
      sql.begin(async (tx) => {
        for (let at = 0; at < all.length; at += 10_000) {
          const part = all.slice(at, at + 10_000);
          const columns = names.map((name) =>
            part.map((row) => (row[name] === undefined ? null : String(row[name]))),
          );
          const from = names.map((name, i) => `$${i + 1}::text[]::${typeOf[name]}[]`).join(", ");
          await tx.unsafe(
            `insert into by_hand.logs (${names.join(", ")}) select * from unnest(${from})`,
            columns,
          );
        }
      });
  },
  async "by hand, 1000-row INSERT"() {
    await fresh();
    const all = rows();
    return () =>
      sql.begin(async (tx) => {
        for (let at = 0; at < all.length; at += 1000)
          await tx`insert into by_hand.logs ${tx(all.slice(at, at + 1000))}`;
      });
  },
};

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const results = {};
try {
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [name, prepare] of Object.entries(APPROACHES)) {
      const work = await prepare();
      const begin = performance.now();
      await work();
      (results[name] ??= []).push(performance.now() - begin);
    }
  }
} finally {
  await sql.end();
  await server.stop();
}
const base = median(results["runlet, file to table"]);
console.log(`logs, ${mb.toFixed(0)} MB`.padEnd(30) + "      ms    MB/s  ratio");
for (const [name, times] of Object.entries(results)) {
  const ms = median(times);
  console.log(
    name.padEnd(30) +
      ms.toFixed(0).padStart(8) +
      ((mb / ms) * 1000).toFixed(0).padStart(8) +
      `  ${(ms / base).toFixed(2)} ×`,
  );
}
