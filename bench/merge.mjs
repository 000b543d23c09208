// node bench/merge.mjs [--into 1000000] [--rows 1000000] [--memory 1GB]
// Merging rows into a table of DuckDB, half of whose keys are there, beside the same merge by hand: the file read by
// DuckDB itself, a DELETE and an INSERT in one transaction. Both start from a table of `into` rows, in a file.
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import { files, pipeline } from "../dist/host-node/index.js";
import { duckdb } from "../dist/core/destinations/duckdb/index.js";

const { values } = parseArgs({
  options: {
    into: { type: "string", default: "1000000" },
    rows: { type: "string", default: "1000000" },
    memory: { type: "string", default: "1GB" },
  },
});
const [into, rows] = [Number(values.into), Number(values.rows)];
const folder = mkdtempSync(join(tmpdir(), "runlet-bench-"));
process.chdir(folder);

async function write(name, from, to, generation) {
  const out = createWriteStream(join(folder, name));
  for (let at = from; at < to; at += 10_000) {
    let text = "";
    for (let id = at; id < Math.min(to, at + 10_000); id++)
      text += `{"id":${id},"name":"user ${id}","score":${id % 1000}.5,"generation":${generation}}\n`;
    if (!out.write(text)) await once(out, "drain");
  }
  await once(out.end(), "close");
  return join(folder, name);
}

async function seconds(work) {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}

const first = await write("first.ndjson", 0, into, 1);
const second = await write("second.ndjson", into - rows / 2, into + rows / 2, 2);
const took = {};

for (const strategy of ["delete-insert", "upsert", "insert-only", "scd2"]) {
  const at = join(folder, `${strategy}.duckdb`);
  const to = duckdb(at, { driver: "native", memoryLimit: values.memory });
  const how = {
    write: "merge",
    strategy,
    ...(strategy === "scd2" ? { mergeKey: "id" } : { primaryKey: "id" }),
  };
  const load = (from) => pipeline("bench", files("users", { from, ...how })).run({ to, packages: "none" });
  await load(first);
  took[strategy] = await seconds(() => load(second));
  rmSync(at);
}

const instance = await DuckDBInstance.create(join(folder, "hand.duckdb"), {
  memory_limit: values.memory,
  storage_compatibility_version: "v1.3.0",
});
const db = await instance.connect();
await db.run(`create table users as select * from read_ndjson_auto('${first}')`);
await db.run("checkpoint");
took["by hand"] = await seconds(async () => {
  await db.run("begin");
  await db.run(`create temp table stage as select * from read_ndjson_auto('${second}')`);
  await db.run("delete from users where id in (select id from stage)");
  await db.run("insert into users select * from stage");
  await db.run("commit");
  await db.run("checkpoint");
});
db.closeSync();
instance.closeSync();

console.log(`${rows} rows into ${into}, half of their keys there (whole run: file to committed table)`);
for (const [name, s] of Object.entries(took))
  console.log(
    `${name.padEnd(16)}${s.toFixed(2).padStart(8)} s${(s / took["by hand"]).toFixed(2).padStart(8)} ×`,
  );
rmSync(folder, { recursive: true });
