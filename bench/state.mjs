// node bench/state.mjs [--runs 1000]: what is left of many runs of one pipeline with a cursor and state, each of which finds a
// new record: rows and bytes of the system tables, bytes of the newest state, files of packages. Then what a run costs that
// finds nothing new: whole, and beyond opening the destination.
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { incremental, pipeline, resource } from "../dist/host-node/index.js";
import { duckdb } from "../dist/core/destinations/duckdb/index.js";

const { values } = parseArgs({ options: { runs: { type: "string", default: "1000" } } });
const folder = mkdtempSync(join(tmpdir(), "runlet-bench-"));
process.chdir(folder);
const to = duckdb(join(folder, "state.duckdb"));
let newest = 0;
const rows = resource(
  "rows",
  { primaryKey: "id", cursor: incremental("id", { initial: 0 }) },
  ({ state, cursor }) => {
    state.last = newest;
    return [{ id: Number(cursor.start) }, { id: newest }];
  },
);
const count = (path) => (existsSync(path) ? readdirSync(path, { recursive: true }).length : 0);

console.log("   runs  state rows  state bytes  versions  loads  file KB  package files  ms a run");
const runs = Number(values.runs);
const SHOWN = [1, 10, 100, 1000, 10_000];
let ran = 0;
let begin = performance.now();
for (let run = 1; run <= runs; run++) {
  newest = run;
  const info = await pipeline("bench", rows).run({ to });
  ran++;
  if (!SHOWN.includes(run)) continue;
  const ms = (performance.now() - begin) / ran;
  const [state] = await info.dataset.query(
    "select count(*) as n, max(length(state)) as bytes from _dlt_pipeline_state",
  );
  const [versions] = await info.dataset.query("select count(*) as n from _dlt_version");
  const [loads] = await info.dataset.query("select count(*) as n from _dlt_loads");
  const kb = statSync(join(folder, "state.duckdb")).size / 1024;
  const cells = [
    run,
    state.n,
    state.bytes,
    versions.n,
    loads.n,
    kb.toFixed(0),
    count(".runlet"),
    ms.toFixed(0),
  ];
  console.log(cells.map((cell, i) => String(cell).padStart([7, 12, 13, 10, 7, 9, 15, 10][i])).join(""));
  ran = 0;
  begin = performance.now();
}
const times = [];
for (let at = 0; at < 11; at++) {
  const start = performance.now();
  const session = await to.open({ dataset: "bench", existing: true });
  await session.close();
  const opened = performance.now() - start;
  const { rows: loaded } = (await pipeline("bench", rows).run({ to })).tables.rows ?? { rows: 0 };
  if (loaded) throw new Error(`${loaded} rows are new`);
  times.push([performance.now() - start - opened, opened]);
}
const [whole, opened] = times.sort(([a], [b]) => a - b)[5];
console.log(
  `nothing new: ${whole.toFixed(1)} ms a run, ${Math.max(0, whole - opened).toFixed(1)} beyond opening (median of ${times.length})`,
);
await to.close?.();
rmSync(folder, { recursive: true, force: true });
