// node bench/load-memory.mjs [--gb 1,5] [--input issues] [--driver native|wasm|null] [--limit 256MB]
// Peak memory of a whole load into a DuckDB file whose own memory is limited, for inputs of several sizes, each in its own
// process. The input is a generated one, streamed again and again.
import { execFileSync } from "node:child_process";
import { mkdtempSync, openSync, readSync, rmSync, statSync } from "node:fs";
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
  const { nullDestination, pipeline, resource } = await import("../dist/node/index.js");
  const { duckdb } = await import("../dist/node/duckdb.js");
  const path = input(values.input, 64);
  const file = openSync(path);
  const { size } = statSync(path);
  const want = Number(values.child) * 1e9;
  const folder = mkdtempSync(join(tmpdir(), "runlet-bench-"));
  process.chdir(folder);
  let heap = 0;
  const watch = setInterval(() => (heap = Math.max(heap, process.memoryUsage().heapUsed)), 200);
  const piece = 1 << 20;
  let sent = 0;
  const stream = () =>
    new ReadableStream({
      pull(controller) {
        // Read from the file each time: what this program holds is not the load's.
        const part = new Uint8Array(piece);
        const read = readSync(file, part, 0, piece, sent % size);
        controller.enqueue(part.subarray(0, read));
        sent += read;
        if (sent >= want && sent % size === 0) controller.close();
      },
    });
  const begin = performance.now();
  const to =
    values.driver === "null"
      ? nullDestination()
      : duckdb(join(folder, "bench.duckdb"), { driver: values.driver, memoryLimit: values.limit });
  const info = await pipeline("bench", resource("t", {}, stream)).run({ to });
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
