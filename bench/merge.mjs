// node bench/merge.mjs [--into 1000000,10000000] [--rows 1000000] [--memory 1GB] [--python python3]
// Merging rows into a table of DuckDB, half of whose keys are there, beside the same merge by hand and by dlt. All start
// from a table of `into` rows in a file, and end with the committed table in it.
// By hand: DuckDB itself reads NDJSON or Parquet; then a DELETE and an INSERT, or one MERGE INTO, in one transaction.
// dlt: the Python given (or RUNLET_DLT_PYTHON) has dlt; where not, it is left out.
import { execFile, execFileSync } from "node:child_process";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import { files, pipeline } from "../dist/host-node/index.js";
import { duckdb } from "../dist/core/destinations/duckdb/index.js";

const { values } = parseArgs({
  options: {
    into: { type: "string", default: "1000000,10000000" },
    rows: { type: "string", default: "1000000" },
    memory: { type: "string", default: "1GB" },
    python: { type: "string", default: process.env.RUNLET_DLT_PYTHON ?? "python3" },
  },
});
const rows = Number(values.rows);
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

/** By hand: `source` is a table function that reads the rows. */
async function byHand(first, source, merge) {
  const at = join(folder, "hand.duckdb");
  const instance = await DuckDBInstance.create(at, {
    memory_limit: values.memory,
    storage_compatibility_version: "v1.3.0",
  });
  const db = await instance.connect();
  await db.run(`create table users as select * from read_ndjson_auto('${first}')`);
  await db.run("checkpoint");
  const took = await seconds(async () => {
    await db.run("begin");
    await db.run(`create temp table stage as select * from ${source}`);
    for (const sql of merge) await db.run(sql);
    await db.run("commit");
    await db.run("checkpoint");
  });
  db.closeSync();
  instance.closeSync();
  rmSync(at);
  return took;
}

const DELETE_INSERT = [
  "delete from users where id in (select id from stage)",
  "insert into users select * from stage",
];
const MERGE_INTO = [
  `merge into users using stage on users.id = stage.id when matched then update set name = stage.name,
   score = stage.score, generation = stage.generation when not matched then insert by name`,
];

/** Seconds of dlt's merge of the same rows; undefined where there is no dlt. */
async function byDlt(first, second, form) {
  const at = join(folder, "dlt.duckdb");
  const script = fileURLToPath(new URL("merge_dlt.py", import.meta.url));
  const { stdout } = await promisify(execFile)(
    values.python,
    [script, first, second, at, form, join(folder, "dlt")],
    {
      env: { ...process.env, RUNTIME__DLTHUB_TELEMETRY: "false", RUNTIME__LOG_LEVEL: "CRITICAL" },
    },
  );
  rmSync(at);
  return Number(stdout.trim().split("\n").at(-1));
}

function dltVersion() {
  try {
    return execFileSync(values.python, ["-c", "import dlt; print(dlt.__version__)"], {
      encoding: "utf8",
      stdio: "pipe",
    }).trim();
  } catch {
    return undefined;
  }
}

const dlt = dltVersion();
if (!dlt) console.log(`dlt is left out: ${values.python} has none (--python, RUNLET_DLT_PYTHON)`);

for (const into of values.into.split(",").map(Number)) {
  const first = await write("first.ndjson", 0, into, 1);
  const second = await write("second.ndjson", into - rows / 2, into + rows / 2, 2);
  const parquet = join(folder, "second.parquet");
  const memory = await DuckDBInstance.create(":memory:");
  const writer = await memory.connect();
  await writer.run(`copy (select * from read_ndjson_auto('${second}')) to '${parquet}' (format parquet)`);
  writer.closeSync();
  memory.closeSync();

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
    took[`runlet, ${strategy}`] = await seconds(() => load(second));
    rmSync(at);
  }
  const ndjson = `read_ndjson_auto('${second}')`;
  const base = "SQL, NDJSON, delete and insert";
  took[base] = await byHand(first, ndjson, DELETE_INSERT);
  took["SQL, NDJSON, MERGE INTO"] = await byHand(first, ndjson, MERGE_INTO);
  took["SQL, Parquet, delete and insert"] = await byHand(first, `'${parquet}'`, DELETE_INSERT);
  took["SQL, Parquet, MERGE INTO"] = await byHand(first, `'${parquet}'`, MERGE_INTO);
  if (dlt)
    for (const form of ["dicts", "arrow"]) took[`dlt ${dlt}, ${form}`] = await byDlt(first, second, form);

  console.log(
    `\n${rows} rows into ${into}, half of their keys there (the whole run, from the file to the committed table)`,
  );
  for (const [name, s] of Object.entries(took))
    console.log(
      `${name.padEnd(34)}${s.toFixed(2).padStart(8)} s${(s / took[base]).toFixed(2).padStart(8)} ×`,
    );
}
rmSync(folder, { recursive: true });
