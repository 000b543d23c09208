// node bench/state.mjs [--runs 1000]: what is left of many runs of one pipeline with state: rows and bytes of the system
// tables, bytes of the newest state, files of packages.
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { pipeline, resource } from "../dist/host-node/index.js";
import { duckdb } from "../dist/core/destinations/duckdb/index.js";

const { values } = parseArgs({ options: { runs: { type: "string", default: "1000" } } });
const folder = mkdtempSync(join(tmpdir(), "runlet-bench-"));
process.chdir(folder);
const to = duckdb(join(folder, "state.duckdb"));
const rows = resource("rows", { write: "replace" }, ({ state }) => {
  state.last = (Number(state.last ?? 0) || 0) + 1;
  return [{ id: state.last }];
});
const count = (path) => (existsSync(path) ? readdirSync(path, { recursive: true }).length : 0);

console.log("   runs  state rows  state bytes  versions  loads  file KB  package files  ms a run");
const runs = Number(values.runs);
let begin = performance.now();
for (let run = 1; run <= runs; run++) {
  const info = await pipeline("bench", rows).run({ to });
  if (run !== 1 && run % Math.max(1, Math.floor(runs / 5)) !== 0) continue;
  const ms = (performance.now() - begin) / (run === 1 ? 1 : Math.floor(runs / 5));
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
  begin = performance.now();
}
rmSync(folder, { recursive: true, force: true });
