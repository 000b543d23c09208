import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { megabytes, newPlace } from "../place.mjs";
import { childrenMs, runProgram } from "../program.mjs";
import { inVenv, missingVenv } from "../venv.mjs";

export const title = "ingestr";

/** Its package is a wrapper that downloads the program when it is first run. */
export function missing() {
  const without = missingVenv("ingestr", "ingestr");
  if (without) return without;
  try {
    execFileSync(inVenv("ingestr", "ingestr"), ["--version"], { stdio: "pipe", timeout: 60_000 });
    return undefined;
  } catch (error) {
    return `its program cannot be downloaded: ${String(error.stderr ?? error)
      .trim()
      .split("\n")
      .at(-1)}`;
  }
}

export function open({ path, format }) {
  const file = join(newPlace(), "bench.duckdb");
  const args = ["ingest", "--yes", "--source-uri", `${format === "csv" ? "csv" : "jsonl"}://${path}`];
  args.push("--source-table", "t", "--dest-uri", `duckdb:///${file}`, "--dest-table", "main.t");
  return async () => {
    const before = childrenMs();
    const begin = performance.now();
    const { peak } = await runProgram(inVenv("ingestr", "ingestr"), args, { plain: true });
    const wall = [performance.now() - begin];
    return { wall, cpu: [childrenMs() - before], peak, file: megabytes(file) };
  };
}
