// The README's matrix of runtimes: takes what the last runs of the conformance suite left in build/conformance into
// test/conformance/results.json, and writes the table between the markers. `--check` changes nothing, and fails when the
// table is not that of results.json.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

const RESULTS = at("test/conformance/results.json");
const README = at("README.md");
const BUILT = at("build/conformance");
const BEGIN = "<!-- runtimes: written by scripts/matrix.mjs -->";
const END = "<!-- /runtimes -->";

/** Columns: area of the results → heading. A column that no runtime offers is left out. */
const AREAS = {
  "engine vectors": "engine vectors",
  pipelines: "pipelines",
  env: "environment",
  files: "files",
  "duckdb-wasm": "DuckDB (wasm)",
  "duckdb-native": "DuckDB (native)",
  postgres: "Postgres",
  parquet: "Parquet",
  packages: "load packages",
};

/** Rows, in the order of the table; others follow by name. */
const ORDER = [
  ...["node-20", "node-22", "node-24", "node-26", "bun", "deno"],
  ...["chromium-page", "chromium-import-map", "chromium-worker", "workerd"],
  ...["component-jco", "component-wasmtime", "command-javascript", "command-wasmtime"],
];

/** The rows as committed, and over them those of the last runs. */
function merged() {
  const rows = existsSync(RESULTS) ? readJson(RESULTS) : {};
  for (const file of existsSync(BUILT) ? readdirSync(BUILT) : []) {
    if (!file.endsWith(".json")) continue;
    const { title, areas, leftOut = [] } = readJson(`${BUILT}/${file}`);
    if (!areas) continue;
    const name = file.slice(0, -".json".length);
    for (const area of leftOut) if (rows[name]?.areas[area]) areas[area] = rows[name].areas[area];
    rows[name] = { title, areas };
  }
  const place = (name) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  const names = Object.keys(rows).sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
  return Object.fromEntries(names.map((name) => [name, rows[name]]));
}

/** The table in Markdown, columns padded. */
export function table(rows) {
  const areas = Object.keys(AREAS).filter((area) => Object.values(rows).some((row) => row.areas[area]));
  const cell = (counts) => (counts ? `${counts[0]}/${counts[1]}` : "–");
  const lines = [
    ["", ...areas.map((area) => AREAS[area])],
    ...Object.values(rows).map((row) => [row.title, ...areas.map((area) => cell(row.areas[area]))]),
  ];
  const widths = lines[0].map((_, column) => Math.max(3, ...lines.map((line) => line[column].length)));
  const print = (line) => `| ${line.map((text, column) => text.padEnd(widths[column])).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [print(lines[0]), rule, ...lines.slice(1).map(print)].join("\n");
}

/** The README with the table of these rows between its markers. */
export function withTable(readme, rows) {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`README.md has no ${BEGIN} … ${END}`);
  return `${readme.slice(0, begin)}${BEGIN}\n\n${table(rows)}\n\n${readme.slice(end)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const check = process.argv.includes("--check");
  const rows = check ? readJson(RESULTS) : merged();
  const readme = readFileSync(README, "utf8");
  const wanted = withTable(readme, rows);
  if (check && wanted !== readme) throw new Error("README.md is not up to date: node scripts/matrix.mjs");
  if (!check) {
    writeFileSync(RESULTS, `${JSON.stringify(rows, null, 1)}\n`);
    writeFileSync(README, wanted);
  }
}
