// What was measured, as a document.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { SUITES } from "./suites.mjs";
import { markdownTable } from "./tables.mjs";

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const NOTHING = "–";

/** The document; `results` are those of run.mjs. */
export function report(results) {
  const parts = [
    "# runlet beside its peers",
    `\`npm run bench\`: each approach in a process of its own, in turns, medians${results.rounds > 1 ? ` of ${results.rounds} rounds` : ", one round"}. ${machine()}`,
    "Ratios travel between machines, absolute figures do not.",
  ];
  for (const [name, measured] of Object.entries(results.suites))
    parts.push(...suiteParts(SUITES[name], name, measured));
  if (results.instructions)
    parts.push(
      "## Where the engine's instructions go",
      "WebAssembly instructions per byte of input (16 MB; exact, the same everywhere), by what the source lines they come " +
        "from are for: `npm run instructions -- --profile`. A vector instruction counts as one.",
      results.instructions,
    );
  if (results.merge)
    parts.push(
      "## Merging",
      "Native DuckDB, memory limit 1 GB: `node bench/merge.mjs`. × is the time beside that of hand-written SQL that reads the same NDJSON.",
      verbatim(results.merge),
    );
  if (results.state)
    parts.push(
      "## State of many runs",
      "A cursor that finds a record a run: `node bench/state.mjs`.",
      verbatim(results.state),
    );
  if (results.memory) {
    parts.push("## Memory");
    for (const [what, text] of Object.entries(results.memory))
      parts.push(`${what}, issues streamed again and again:`, verbatim(text));
  }
  const skipped = Object.entries(results.skipped);
  if (skipped.length)
    parts.push("## Not measured here", skipped.map(([title, why]) => `- ${title}: ${why}`).join("\n"));
  return `${parts.join("\n\n")}\n`;
}

const verbatim = (text) => `\`\`\`\n${text.trim()}\n\`\`\``;

function suiteParts(suite, name, { mb, peers, inputs, cells }) {
  const at = (peer, input) => {
    const cell = cells[`${peer}/${input}`];
    return cell?.failed ? undefined : cell;
  };
  const titles = Object.fromEntries(suite.peers.map((peer) => [peer, titleOf(name, peer)]));
  const table = (what, of, rows = peers) => {
    const lines = rows.map((peer) => [
      peer === suite.base ? `**${titles[peer]}**` : titles[peer],
      ...inputs.map((input) => (at(peer, input) ? (of(at(peer, input), input) ?? NOTHING) : NOTHING)),
    ]);
    const shown = lines.filter(([, ...texts]) => texts.some((text) => text !== NOTHING));
    return markdownTable([what, ...inputs], shown);
  };
  const time = (cell, clock) => median(cell[clock]);
  const rate = (clock) => (cell) => (cell.bytes / 1000 / time(cell, clock)).toFixed(0);
  const ms = (clock) => (cell) => time(cell, clock).toFixed(0);
  const shown = suite.milliseconds ? ms : rate;
  const unit = suite.milliseconds ? "ms" : "MB/s";
  const size = suite.milliseconds ? "" : ` ${mb} MB for each input.`;
  const ratio = (clock) => (cell, input) => {
    const base = at(suite.base, input);
    return base && (time(cell, clock) / time(base, clock)).toFixed(2);
  };
  const parts = [
    `## ${suite.title}`,
    `${suite.about}${size}`,
    table(`${unit}, CPU time`, shown("cpu")),
    table(`${unit}, wall time`, shown("wall")),
  ];
  if (suite.perPage) parts.push(...perPage(suite, table, at, time));
  else
    parts.push(
      table("time ÷ that of the bold, CPU", ratio("cpu")),
      table("time ÷ that of the bold, wall", ratio("wall")),
    );
  for (const clock of suite.ratios ? ["cpu", "wall"] : []) {
    const lines = suite.ratios.map(([below, above, title]) => [
      title,
      ...inputs.map((input) => {
        const [a, b] = [at(above, input), at(below, input)];
        return a && b ? (time(a, clock) / time(b, clock)).toFixed(2) : NOTHING;
      }),
    ]);
    parts.push(markdownTable([clock === "cpu" ? "CPU time" : "wall time", ...inputs], lines));
  }
  parts.push(table("peak of memory, MB", (cell) => cell.peak.toFixed(0)));
  const files = table("written, MB", (cell) => cell.file?.toFixed(1));
  if (files.split("\n").length > 2) parts.push(files);
  const failures = Object.entries(cells).filter(([, cell]) => cell.failed);
  if (failures.length)
    parts.push(
      `Fails:\n${failures.map(([key, { failed }]) => `- ${titled(titles, key)}: ${failed}`).join("\n")}`,
    );
  const differing = differences(inputs, peers, at, titles);
  if (differing.length) parts.push(`Other rows than runlet:\n${differing.join("\n")}`);
  return parts;
}

function titled(titles, key) {
  const [peer, input] = key.split("/");
  return `${titles[peer]}, ${input}`;
}

/** CPU time per body beyond what the same bytes cost in large bodies, and per body in all. */
function perPage(suite, table, at, time) {
  const large = "4000 KB";
  const beyond = (cell, input, peer) => {
    const base = at(peer, large);
    if (!base || input === large) return undefined;
    return ((1000 * (time(cell, "cpu") - time(base, "cpu"))) / (cell.pages - base.pages)).toFixed(0);
  };
  const peerOf = new Map();
  for (const peer of suite.peers)
    for (const input of suite.inputs.whole) if (at(peer, input)) peerOf.set(at(peer, input), peer);
  return [
    table("µs of CPU time per body beyond the bytes", (cell, input) => beyond(cell, input, peerOf.get(cell))),
  ];
}

/** Where a peer that makes the same tables has other rows. */
function differences(inputs, peers, at, titles) {
  const found = [];
  for (const input of inputs) {
    const mine = at(peers[0], input)?.rows;
    if (!mine) continue;
    for (const peer of peers.filter((peer) => /dlt$|unnest$/.test(peer))) {
      const theirs = at(peer, input)?.rows;
      if (!theirs) continue;
      const names = new Set([...Object.keys(mine), ...Object.keys(theirs)]);
      const other = [...names].filter((name) => (mine[name] ?? 0) !== (theirs[name] ?? 0));
      if (other.length)
        found.push(
          `- ${titles[peer]}, ${input}: ${other
            .slice(0, 3)
            .map((t) => `${t} ${theirs[t] ?? 0} for ${mine[t] ?? 0}`)
            .join(", ")}${other.length > 3 ? `, and ${other.length - 3} more tables` : ""}`,
        );
    }
  }
  return found;
}

const TITLES = new Map();
for (const [name, { peers }] of Object.entries(SUITES))
  for (const peer of peers)
    TITLES.set(`${name}/${peer}`, (await import(`./peers/${name}/${peer}.mjs`)).title);
const titleOf = (suite, peer) => TITLES.get(`${suite}/${peer}`);

/** How the ratios of two runs differ, those by more than a tenth named. */
export function compared(before, now) {
  const lines = [];
  for (const [name, { peers, inputs, cells }] of Object.entries(now.suites)) {
    const { base } = SUITES[name];
    const ratio = (from, peer, input) => {
      const [a, b] = [from[`${peer}/${input}`], from[`${base}/${input}`]];
      return a?.cpu && b?.cpu ? median(a.cpu) / median(b.cpu) : NaN;
    };
    for (const peer of peers.filter((peer) => peer !== base))
      for (const input of inputs) {
        const [then, at] = [ratio(before.suites[name]?.cells ?? {}, peer, input), ratio(cells, peer, input)];
        const change = at / then - 1;
        if (Number.isNaN(change)) continue;
        const mark = Math.abs(change) > 0.1 ? "  ←" : "";
        lines.push(
          `${`${name} ${peer}/${input}`.padEnd(40)}${then.toFixed(2).padStart(8)}${at.toFixed(2).padStart(8)}` +
            `${(100 * change).toFixed(0).padStart(6)} %${mark}`,
        );
      }
  }
  return `ratios of CPU time to the bold, then and now\n${lines.join("\n")}`;
}

function machine() {
  const at = createRequire(import.meta.url);
  const manifest = at.resolve("@duckdb/node-api").replace(/node-api\/.*$/, "node-api/package.json");
  const duckdb = JSON.parse(readFileSync(manifest, "utf8")).version;
  const model = cpus()[0]?.model.trim() ?? "unknown";
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  return (
    `${availableParallelism()} cores of ${model}, ${memory}, ${process.platform} ${process.arch}, load average ` +
    `${loadavg()[0].toFixed(1)}; Node ${process.versions.node} (V8 ${process.versions.v8}), DuckDB ${duckdb}` +
    `${python()}, ${new Date().toISOString().slice(0, 10)}.`
  );
}

function python() {
  try {
    return `, ${String(execFileSync("python3", ["--version"])).trim()}`;
  } catch {
    return "";
  }
}
