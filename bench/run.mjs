// node bench/run.mjs [--mb 64] [--rounds 3] [--only runlet,JSON.parse] [--inputs events,logs]
// Throughput of the engine beside its peers, each in its own process, in turns, median of all runs.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus } from "node:os";
import { relative } from "node:path";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { INPUTS, input } from "./inputs.mjs";

const { values } = parseArgs({
  options: {
    mb: { type: "string", default: "64" },
    rounds: { type: "string", default: "3" },
    repetitions: { type: "string", default: "2" },
    only: { type: "string" },
    inputs: { type: "string" },
  },
});
const here = (path) => new URL(path, import.meta.url).pathname;
const NAMES = {
  runlet: "runlet engine, bytes to Arrow IPC",
  "JSON.parse": "JSON.parse per line, nothing else",
  shredder: "tuned JavaScript shredder",
  duckdb: "DuckDB native, 1 thread, read_json_auto",
  prototype: "laboratory prototype, to Arrow IPC",
};

function available(name) {
  if (name === "runlet" && !existsSync(here("../dist/core.wasm"))) {
    console.log("runlet is skipped: dist/core.wasm is missing, run npm run build");
    return false;
  }
  if (name !== "prototype") return true;
  if (buildPrototype()) return true;
  console.log("the prototype is skipped: its source is not beside this repository");
  return false;
}

/** Builds the prototype's v6 with this repository's compiler. */
function buildPrototype() {
  const beside = here("../../shared/prototype/as");
  const out = here("./data/prototype/prototype.wasm");
  if (existsSync(out)) return true;
  if (!existsSync(beside)) return false;
  // The compiler resolves links, so the output is named from the folder's real place.
  const folder = realpathSync(beside);
  mkdirSync(here("./data/prototype"), { recursive: true });
  const asc = here("../node_modules/assemblyscript/bin/asc.js");
  const flags = "-O3 --noAssert --disableWarning 201 --runtime stub --converge --enable simd";
  const memory = "--initialMemory 32 --maximumMemory 65536";
  // Its own folder as working directory, or this repository's asconfig.json would join in.
  const args = [asc, "v6.ts", "-o", relative(folder, out), ...flags.split(" "), ...memory.split(" ")];
  execFileSync(process.execPath, args, { cwd: folder });
  return true;
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const approaches = (values.only?.split(",") ?? Object.keys(NAMES)).filter(available);
const inputs = values.inputs?.split(",") ?? INPUTS;
const results = new Map();
for (let round = 0; round < Number(values.rounds); round++) {
  for (const name of inputs) {
    const path = input(name, Number(values.mb));
    for (const approach of approaches) {
      const key = `${approach}/${name}`;
      const printed = execFileSync(
        process.execPath,
        [here("approach.mjs"), approach, path, values.repetitions],
        {
          maxBuffer: 1 << 26,
        },
      );
      const run = JSON.parse(String(printed).trim().split("\n").at(-1));
      const kept = results.get(key) ?? { ...run, cpu: [], wall: [] };
      kept.cpu.push(...run.cpu);
      kept.wall.push(...run.wall);
      results.set(key, kept);
      process.stderr.write(`round ${round + 1} ${key} ${rate(kept, "cpu").toFixed(0)} MB/s\n`);
    }
  }
}

function rate(run, clock) {
  return run.bytes / 1e6 / (median(run[clock]) / 1000);
}

function table(title, cell) {
  const rows = approaches.map((approach) => [
    approach === "runlet" ? `**${NAMES[approach]}**` : NAMES[approach],
    ...inputs.map((name) => cell(approach, name)),
  ]);
  return [
    `| ${title} | ${inputs.join(" | ")} |`,
    `|---|${inputs.map(() => "---").join("|")}|`,
    ...rows.map((r) => `| ${r.join(" | ")} |`),
  ].join("\n");
}

const at = (approach, name) => results.get(`${approach}/${name}`);
const parts = [
  "# Throughput of the engine\n",
  `\`npm run bench\`: ${values.mb} MB per input, median of ${Number(values.rounds) * Number(values.repetitions)} runs, each approach in its own process, in turns.`,
  `${availableParallelism()} cores of ${cpus()[0]?.model.trim() ?? "unknown"}, ${process.platform} ${process.arch}, Node ${process.versions.node} (V8 ${process.versions.v8}), DuckDB ${duckdbVersion()}, ${new Date().toISOString().slice(0, 10)}.`,
  "Ratios travel between machines, absolute figures do not.\n",
  table("MB/s of CPU time", (approach, name) => rate(at(approach, name), "cpu").toFixed(0)) + "\n",
  table("MB/s of wall time", (approach, name) => rate(at(approach, name), "wall").toFixed(0)) + "\n",
];
if (approaches.includes("runlet")) {
  parts.push(
    table("runlet ÷ (CPU time)", (approach, name) =>
      (rate(at("runlet", name), "cpu") / rate(at(approach, name), "cpu")).toFixed(2),
    ) + "\n",
  );
}
parts.push(table("records", (approach, name) => String(at(approach, name).records)) + "\n");
const text = parts.join("\n");
console.log(text);
if (!values.only && !values.inputs)
  writeFileSync(here("RESULTS.md"), await format(text, { parser: "markdown" }));

function duckdbVersion() {
  const path = createRequire(import.meta.url).resolve("@duckdb/node-api");
  const manifest = path.replace(/node-api\/.*$/, "node-api/package.json");
  return JSON.parse(readFileSync(manifest, "utf8")).version;
}
