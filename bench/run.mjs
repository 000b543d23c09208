// node bench/run.mjs [--quick] [--suites engine,load] [--inputs events,logs] [--only runlet,dlt] [--mb 64] [--rounds 3]
//                    [--keep] [--out RESULTS.md] [--compare build/bench/other.json]
// runlet beside its peers: each approach in its own process, in turns, medians. Prints tables; a whole run writes them to
// bench/RESULTS.md. What was measured stays in build/bench/results.json: with `--keep` it joins what earlier runs measured (a
// whole run in parts); `--compare` says how the ratios differ from another run's.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { compared, report } from "./report.mjs";
import { SUITES } from "./suites.mjs";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    suites: { type: "string" },
    inputs: { type: "string" },
    only: { type: "string" },
    mb: { type: "string" },
    rounds: { type: "string" },
    keep: { type: "boolean", default: false },
    out: { type: "string" },
    compare: { type: "string" },
  },
});
const here = (path) => new URL(path, import.meta.url).pathname;
const extent = values.quick ? "quick" : "whole";
const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
const only = values.only?.split(",");
const asked = values.suites?.split(",") ?? [
  ...Object.keys(SUITES),
  ...(values.quick ? [] : ["instructions", "merge", "state", "memory"]),
];
const measuredAt = here("../build/bench/results.json");
const before = values.keep && existsSync(measuredAt) ? JSON.parse(readFileSync(measuredAt, "utf8")) : {};
const skipped = { ...before.skipped };
const results = { ...before, skipped, rounds, suites: { ...before.suites } };

for (const name of Object.keys(SUITES).filter((name) => asked.includes(name)))
  await runSuite(name, SUITES[name]);

async function runSuite(name, suite) {
  const peers = [];
  for (const peer of suite.peers.filter((peer) => !only || only.includes(peer))) {
    const { title, missing } = await import(`./peers/${name}/${peer}.mjs`);
    const why = await missing?.();
    if (why) note(`${name}: ${title} is skipped: ${(skipped[title] = why.replace(/\w+:\/\/\S+/g, "…"))}`);
    else peers.push(peer);
  }
  const mb = Number(values.mb ?? suite.mb[extent]);
  const inputs = suite.inputs[extent].filter(
    (input) => !values.inputs || values.inputs.split(",").includes(input),
  );
  const measured = (results.suites[name] = { mb, peers, inputs, cells: {} });
  for (let round = 0; round < rounds; round++)
    for (const input of inputs) {
      const described = suite.make(input, mb);
      // Forth and back, so that nothing profits from its place.
      for (const peer of round % 2 ? peers.toReversed() : peers)
        await sample(measured.cells, { suite: name, peer, input: described, repetitions: suite.repetitions });
    }
}

async function sample(cells, job) {
  const key = `${job.peer}/${job.input.name}`;
  if (cells[key]?.failed) return;
  const { formats } = await import(`./peers/${job.suite}/${job.peer}.mjs`);
  if (formats && !formats.includes(job.input.format)) return;
  let run;
  try {
    const printed = execFileSync(process.execPath, [here("sample.mjs"), JSON.stringify(job)], {
      maxBuffer: 1 << 26,
      stdio: ["ignore", "pipe", "pipe"],
    });
    run = JSON.parse(String(printed).trim().split("\n").at(-1));
  } catch (error) {
    const said = /^\[?\w*Error: .*$/m.exec(String(error.stderr))?.[0] ?? String(error.message);
    cells[key] = { failed: said.replace(/\w+:\/\/\S+/g, "…").slice(0, 300) };
    note(`${job.suite} ${key} fails: ${cells[key].failed}`);
    return;
  }
  const kept = (cells[key] ??= { ...run, cpu: [], wall: [], peak: 0 });
  kept.cpu.push(...run.cpu);
  kept.wall.push(...run.wall);
  kept.peak = Math.max(kept.peak, run.peak);
  note(`${job.suite} ${key} ${run.cpu.map((ms) => ms.toFixed(0)).join(" ")} ms of CPU time`);
}

function note(text) {
  process.stderr.write(`${text}\n`);
}

if (asked.includes("instructions")) {
  const { instructionTables } = await import("./instructions/report.mjs");
  results.instructions = (await instructionTables({ mb: 16 })).tables;
}
const printed = (script, ...args) =>
  execFileSync(process.execPath, [here(script), ...args], { encoding: "utf8" }).trim();
if (asked.includes("merge")) results.merge = printed("merge.mjs");
if (asked.includes("state")) results.state = printed("state.mjs");
if (asked.includes("memory"))
  results.memory = {
    "null destination": printed("load-memory.mjs", "--driver", "null", "--gb", "0.1,1"),
    "native DuckDB, memory_limit 256MB": printed("load-memory.mjs", "--gb", "0.1,1"),
  };
mkdirSync(here("../build/bench"), { recursive: true });
writeFileSync(measuredAt, JSON.stringify(results));
const text = await format(report(results), { parser: "markdown" });
console.log(text);
const isWhole = !values.quick && !values.suites && !values.inputs && !only;
const out = values.out ?? (isWhole ? here("RESULTS.md") : undefined);
if (out) writeFileSync(out, text);
if (values.compare) console.log(compared(JSON.parse(readFileSync(values.compare, "utf8")), results));
