// node bench/cold-start.mjs [--runs 7]: `runlet load` of a 1 KB file into a new DuckDB file, process start included.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { runs: { type: "string", default: "7" } } });
const cli = new URL("../dist/host-node/cli/main.js", import.meta.url).pathname;
if (!existsSync(cli)) {
  console.log("the command line is not built: npm run build");
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), "runlet-cold-"));
const data = join(folder, "small.ndjson");
writeFileSync(
  data,
  Array.from(
    { length: 12 },
    (_, i) => `${JSON.stringify({ id: i, name: "a name", tags: ["x", "y"], at: "2024-01-01T00:00:00Z" })}\n`,
  ).join(""),
);

function time(args) {
  const times = [];
  for (let i = 0; i < Number(values.runs); i++) {
    const start = performance.now();
    execFileSync(process.execPath, args(i), { stdio: "pipe" });
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}

try {
  console.log(`node alone                    ${time(() => ["-e", "0"]).toFixed(0)} ms`);
  console.log(`runlet --help                 ${time(() => [cli, "--help"]).toFixed(0)} ms`);
  console.log(
    `runlet load of 1 KB           ${time((i) => [cli, "load", data, "--to", `duckdb:${join(folder, `${i}.duckdb`)}`]).toFixed(0)} ms`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
