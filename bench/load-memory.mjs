// node bench/load-memory.mjs [--gb 1,5] [--input issues] [--driver native|wasm|null] [--limit 256MB]
// Peak memory of a whole load into a DuckDB file whose own memory is limited, for inputs of several sizes, each in its own
// process. The input is a generated one, read again and again.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { input } from "./inputs.mjs";

const { values } = parseArgs({
  options: {
    gb: { type: "string", default: "1,5" },
    input: { type: "string", default: "issues" },
    driver: { type: "string", default: "native" },
    limit: { type: "string", default: "256MB" },
    child: { type: "string" },
  },
});

if (values.child) {
  const { files, nullDestination, pipeline } = await import("../dist/node/index.js");
  const { duckdb } = await import("../dist/node/duckdb.js");
  const path = input(values.input, 64);
  const { size } = statSync(path);
  const folder = mkdtempSync(join(tmpdir(), "runlet-bench-"));
  process.chdir(folder);
  let heap = 0;
  const watch = setInterval(() => (heap = Math.max(heap, process.memoryUsage().heapUsed)), 200);
  // One file under as many names as make the size.
  const names = Math.ceil((Number(values.child) * 1e9) / size);
  const sent = names * size;
  for (let name = 0; name < names; name++) symlinkSync(path, join(folder, `${name}.ndjson`));
  const begin = performance.now();
  const to =
    values.driver === "null"
      ? nullDestination()
      : duckdb(join(folder, "bench.duckdb"), { driver: values.driver, memoryLimit: values.limit });
  const info = await pipeline("bench", files("t", { from: "*.ndjson" })).run({ to });
  clearInterval(watch);
  const rows = Object.values(info.tables).reduce((sum, table) => sum + table.rows, 0);
  const rss = process.resourceUsage().maxRSS / 1024;
  console.log(
    JSON.stringify({
      mb: sent / 1e6,
      seconds: (performance.now() - begin) / 1000,
      rows,
      rss,
      heap: heap / 1e6,
    }),
  );
  rmSync(folder, { recursive: true, force: true });
} else {
  console.log("     MB  seconds       rows  peak RSS MB  peak JS heap MB");
  for (const gb of values.gb.split(",")) {
    const args = [new URL(import.meta.url).pathname, "--child", gb, "--input", values.input];
    args.push("--driver", values.driver, "--limit", values.limit);
    const out = execFileSync(process.execPath, args, { encoding: "utf8" }).trim().split("\n").at(-1);
    const { mb, seconds, rows, rss, heap } = JSON.parse(out);
    const cells = [mb.toFixed(0).padStart(7), seconds.toFixed(1).padStart(9), String(rows).padStart(11)];
    console.log([...cells, rss.toFixed(0).padStart(13), heap.toFixed(0).padStart(17)].join(""));
  }
}
