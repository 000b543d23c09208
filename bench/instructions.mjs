// node bench/instructions.mjs [--write] [--profile [--lines 20] [--mb 16]]
// WebAssembly instructions that the engine executes per byte of input: exact, the same on every machine, so that a change
// of a few per cent is seen where seconds would hide it. Beside bench/instructions-budget.json; `--write` accepts.
// `--profile` says in which phase, and with `--lines` in which lines of the sources.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { ACCEPT, outOfBudget, readBudget, summary, writeBudget } from "./instructions/budget.mjs";
import { CASES } from "./instructions/cases.mjs";
import { KINDS } from "./instructions/code.mjs";
import { instructionCounter } from "./instructions/measure.mjs";
import { markdownTable } from "./tables.mjs";

const { values } = parseArgs({
  options: {
    write: { type: "boolean", default: false },
    profile: { type: "boolean", default: false },
    lines: { type: "string", default: "0" },
    mb: { type: "string", default: "2" },
  },
});

if (values.profile) await profile(Number(values.lines));
else await check();

async function check() {
  const count = await instructionCounter(readFileSync(new URL("../dist/core.wasm", import.meta.url)));
  const measured = Object.entries(CASES).map(([name, load]) => [name, count(load)]);
  const summaries = Object.fromEntries(measured.map(([name, result]) => [name, summary(name, result)]));
  const rows = measured.map(([name, { kinds, inputBytes }]) => [
    name,
    ...[summaries[name].instructions, ...KINDS.map((kind) => kinds[kind] / inputBytes)].map((n) =>
      n.toFixed(2),
    ),
    summaries[name].moved.toFixed(2),
  ]);
  console.log(markdownTable(["instructions per byte", "all", ...KINDS, "bytes moved"], rows));
  if (values.write) return writeBudget(summaries);
  const faults = outOfBudget(readBudget(), summaries);
  if (faults.length === 0) return;
  console.error(
    `${faults.join("\n")}\nwhere: npm run instructions -- --profile --lines 20; to accept: ${ACCEPT}`,
  );
  process.exitCode = 1;
}

async function profile(shown) {
  const { instructionTables, hotLines } = await import("./instructions/report.mjs");
  const { tables, lines } = await instructionTables({ mb: Number(values.mb) });
  console.log(tables);
  if (shown) console.log(`\n${hotLines(lines, shown)}`);
}
