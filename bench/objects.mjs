// node bench/objects.mjs [--mb 16] [--rounds 9] [--inputs issues,logs]
// From objects in memory to Arrow batches, as records that a resource yields: 512 at a time. Beside it the tuned JavaScript
// shredder working on the same objects, what a line of JSON.stringify for each record costs before the same engine, and
// JSON.stringify alone. Interleaved in one process, medians of CPU time; `npm run build` first.
import { readFileSync, statSync } from "node:fs";
import { parseArgs } from "node:util";
import { RecordLines } from "../dist/core/pipeline/objects/record-lines.js";
import { loadEngine } from "./engine.mjs";
import { INPUTS, input } from "./inputs.mjs";
import { Shredder } from "./peers/js-shredder.mjs";
import { markdownTable } from "./tables.mjs";

const { values } = parseArgs({
  options: {
    mb: { type: "string", default: "16" },
    rounds: { type: "string", default: "9" },
    inputs: { type: "string" },
  },
});
const TOGETHER = 512;
const ROWS = 30_000;

/** Objects as other programs have them; deterministic. */
const MADE = {
  /** What a database driver gives: flat, mostly text and integers. */
  rows: (i) => ({
    id: i,
    account_id: (i * 7919) % 100_003,
    email: `user${i}@example.com`,
    status: i % 3 ? "active" : "closed",
    amount: ((i * 31) % 100_000) / 100,
    note: i % 4 ? null : `order ${i} was paid in full`,
    is_paid: i % 2 === 0,
    country: "DE",
  }),
  /** With what JSON lacks. */
  exotic: (i) => ({
    id: 9_000_000_000_000_000_000n + BigInt(i),
    at: new Date(1.7e12 + i * 1000),
    hash: Buffer.from([i & 255, (i >> 8) & 255, 3, 4, 5, 6, 7, 8]),
    name: `row ${i}`,
    tags: new Set(["a", "b"]),
  }),
};

function objects(name) {
  if (MADE[name]) return Array.from({ length: ROWS }, (_, i) => MADE[name](i));
  const text = readFileSync(input(name, Number(values.mb)), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const openEngine = await loadEngine();
const ignore = () => {};

/** Gives `chunks` of each batch of records to an engine. */
function normalised(batches, chunks) {
  const engine = openEngine();
  for (const [ordinal, batch] of batches.entries()) {
    const id = engine.input("t", ordinal, { format: "ndjson" });
    for (const chunk of chunks(batch)) {
      if (typeof chunk === "string") engine.pushText(id, chunk);
      else engine.push(id, chunk);
      while (engine.takeInto(ignore)) continue;
    }
    engine.end(id);
  }
  while (engine.takeInto(ignore, true)) continue;
  engine.close();
}

const lines = new RecordLines();
const encoder = new TextEncoder();
const buffer = new Uint8Array(1 << 22);
/** What JSON.stringify says of bigint and bytes is not what is wanted: it is made to say something as long. */
const bigger = (_, value) => (typeof value === "bigint" ? String(value) : value);

const APPROACHES = {
  runlet: (batches) => normalised(batches, (batch) => lines.of(batch, "t", 0)),
  "JSON.stringify per record, engine": (batches, replacer) =>
    normalised(batches, (batch) => [
      `${batch.map((record) => JSON.stringify(record, replacer)).join("\n")}\n`,
    ]),
  "JavaScript shredder": (batches) => {
    const shredder = new Shredder();
    for (const batch of batches) {
      for (const record of batch) shredder.record(record);
      shredder.flush();
    }
  },
  "runlet, lines only": (batches) => {
    for (const batch of batches) for (const chunk of lines.of(batch, "t", 0)) ignore(chunk);
  },
  "JSON.stringify and encodeInto only": (batches, replacer) => {
    for (const batch of batches)
      for (let at = 0; at < batch.length; at += 32)
        encoder.encodeInto(JSON.stringify(batch.slice(at, at + 32), replacer), buffer);
  },
};

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const rows = [];
for (const name of values.inputs?.split(",") ?? [...INPUTS, ...Object.keys(MADE)]) {
  const records = objects(name);
  const batches = [];
  for (let at = 0; at < records.length; at += TOGETHER) batches.push(records.slice(at, at + TOGETHER));
  const replacer = name === "exotic" ? bigger : undefined;
  // The shredder knows JSON's values only.
  const names = Object.keys(APPROACHES).filter((key) => name !== "exotic" || key !== "JavaScript shredder");
  const times = Object.fromEntries(names.map((key) => [key, []]));
  // The first two rounds warm the just-in-time compiler up.
  for (let round = -2; round < Number(values.rounds); round++) {
    for (const key of names) {
      const before = process.cpuUsage();
      APPROACHES[key](batches, replacer);
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) times[key].push((user + system) / 1000);
    }
  }
  const base = median(times.runlet);
  for (const key of names) {
    const ms = median(times[key]);
    const perRecord = ((ms * 1e6) / records.length).toFixed(0);
    rows.push([`${name}: ${key}`, ms.toFixed(1), perRecord, `${(ms / base).toFixed(2)} ×`]);
  }
  if (!MADE[name])
    console.log(`${name}: ${records.length} records, ${statSync(input(name, Number(values.mb))).size} bytes`);
}
console.log(markdownTable(["objects to Arrow, CPU time", "ms", "ns per record", "of runlet"], rows));
