// node bench/load.mjs [--mb 64] [--rounds 3] [--inputs issues,logs]
// End to end, file to DuckDB file: runlet (native driver, wasm driver, without packages) beside DuckDB inserting the same
// prebuilt Arrow streams and DuckDB's own CREATE TABLE AS SELECT. Each in its own process, in turns, medians.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { INPUTS, input } from "./inputs.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    mb: { type: "string", default: "64" },
    rounds: { type: "string", default: "3" },
    inputs: { type: "string" },
  },
});

const { files, pipeline } = positionals.length ? await import("../dist/host-node/index.js") : {};

/** Loads with runlet; returns milliseconds. */
async function runlet(path, database, options) {
  const { duckdb } = await import("../dist/core/destinations/duckdb/index.js");
  const run = pipeline("bench", files("t", { from: path, write: "replace" }));
  const begin = performance.now();
  await run.run({ to: duckdb(database, { driver: options.driver }), packages: { mode: options.packages } });
  return performance.now() - begin;
}

/** Makes the streams first, then times writing them; returns milliseconds. */
async function prebuilt(path, database, driver) {
  const { duckdb } = await import("../dist/core/destinations/duckdb/index.js");
  const { openEngine } = await import("../dist/core/binding/engine.js");
  const module = new WebAssembly.Module(readFileSync(new URL("../dist/core.wasm", import.meta.url)));
  const engine = openEngine(module, { loadId: "1700000000.000001", seed: "1" });
  const id = engine.input("t", 0, { format: "ndjson" });
  engine.push(id, readFileSync(path));
  engine.end(id);
  const streams = new Map();
  for (let batch = engine.take(true); batch; batch = engine.take(true)) {
    const key = `${batch.schemaVersion} ${batch.table}`;
    if (!streams.has(key))
      streams.set(key, { table: batch.table, parts: [engine.tableSchema(batch.table, batch.schemaVersion)] });
    streams.get(key).parts.push(batch.message);
  }
  const { tables } = engine.schema();
  const whole = [...streams.values()].map(({ table, parts }) => ({
    table,
    stream: new Uint8Array(Buffer.concat([...parts, Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0)])),
  }));
  const session = await duckdb(database, { driver }).open({ dataset: "bench" });
  const begin = performance.now();
  const load = await session.begin("1700000000.000001");
  for (const table of Object.values(tables)) {
    const columns = Object.fromEntries(
      Object.entries(table.columns).filter(([, { data_type }]) => data_type),
    );
    await load.prepare({ ...table, columns }, "append");
  }
  for (const { table, stream } of whole) await load.write(table, stream);
  await load.commit({
    loadId: "1700000000.000001",
    schemaName: "bench",
    schema: {},
    schemaVersion: 1,
    schemaVersionHash: "bench",
    engineVersion: 11,
    insertedAt: new Date().toISOString(),
  });
  const ms = performance.now() - begin;
  await session.close();
  return ms;
}

/** DuckDB by itself, structs kept; returns milliseconds. */
async function ctas(path, database) {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const begin = performance.now();
  const instance = await DuckDBInstance.create(database);
  const connection = await instance.connect();
  await connection.run(
    `CREATE TABLE t AS SELECT * FROM read_json_auto('${path}', format = 'newline_delimited')`,
  );
  await connection.run("CHECKPOINT");
  connection.closeSync();
  instance.closeSync();
  return performance.now() - begin;
}

const APPROACHES = {
  "runlet, native DuckDB": (path, db) => runlet(path, db, { driver: "native" }),
  "runlet, native, no packages": (path, db) => runlet(path, db, { driver: "native", packages: "none" }),
  "prebuilt Arrow, native": (path, db) => prebuilt(path, db, "native"),
  "runlet, DuckDB-wasm": (path, db) => runlet(path, db, { driver: "wasm" }),
  "prebuilt Arrow, wasm": (path, db) => prebuilt(path, db, "wasm"),
  "DuckDB CTAS read_json_auto": ctas,
};

if (positionals.length) {
  const [name, path] = positionals;
  const folder = mkdtempSync(join(tmpdir(), "runlet-bench-"));
  process.chdir(folder);
  const ms = await APPROACHES[name](path, join(folder, "bench.duckdb"));
  const rss = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ ms, rss, file: statSync(join(folder, "bench.duckdb")).size / 1e6 }));
  rmSync(folder, { recursive: true, force: true });
} else {
  const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
  for (const name of values.inputs?.split(",") ?? INPUTS) {
    const path = input(name, Number(values.mb));
    const mb = statSync(path).size / 1e6;
    const results = Object.fromEntries(Object.keys(APPROACHES).map((approach) => [approach, []]));
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const approach of Object.keys(APPROACHES)) {
        const out = execFileSync(process.execPath, [new URL(import.meta.url).pathname, approach, path], {
          encoding: "utf8",
        });
        results[approach].push(JSON.parse(out.trim().split("\n").at(-1)));
      }
    }
    console.log(`\n${name}, ${mb.toFixed(0)} MB`.padEnd(32) + "      ms    MB/s  RSS MB  file MB  ratio");
    const base = median(results["runlet, native DuckDB"].map(({ ms }) => ms));
    for (const [approach, runs] of Object.entries(results)) {
      const ms = median(runs.map((run) => run.ms));
      const rss = Math.max(...runs.map((run) => run.rss));
      const cells = [ms.toFixed(0), (mb / ms) * 1000, rss, runs[0].file].map((cell) =>
        typeof cell === "string" ? cell : cell.toFixed(0),
      );
      console.log(
        approach.padEnd(30) +
          cells.map((cell) => cell.padStart(8)).join("") +
          `  ${(ms / base).toFixed(2)} ×`,
      );
    }
  }
}
