import { chmodSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { megabytes, newPlace } from "../place.mjs";
import { childrenMs, runProgram } from "../program.mjs";
import { inVenv, missingVenv } from "../venv.mjs";

export const title = "sling, nested objects flattened, lists kept";

/** PyPI's newest package that has the program in it; the DuckDB it drives is PyPI's, too. */
export async function missing() {
  if (process.platform !== "linux" || process.arch !== "x64")
    return "its package has no program for this machine";
  const without = missingVenv("sling", "sling-linux-amd64", "duckdb-cli");
  if (without) return without;
  const folder = newPlace();
  const path = join(folder, "one.ndjson");
  writeFileSync(path, '{"a":1}\n');
  try {
    await run({ path, format: "ndjson" }, folder);
    return undefined;
  } catch (error) {
    const said = /IO Error: [^\n]{0,90}/.exec(String(error))?.[0] ?? String(error).slice(0, 160);
    return `it cannot write a DuckDB file here: ${said}`;
  }
}

/** The program, which its package does not mark as one. */
function program() {
  const packages = inVenv("sling", "../lib");
  const python = readdirSync(packages).find((name) => name.startsWith("python"));
  const path = join(packages, python, "site-packages/sling_linux_amd64/bin/sling-linux-amd64");
  if (existsSync(path)) chmodSync(path, 0o755);
  return path;
}

function run({ path, format }, folder) {
  const options = { format: format === "csv" ? "csv" : "jsonlines", flatten: true };
  const target = `duckdb://${join(folder, "bench.duckdb")}`;
  const args = ["run", "--src-stream", `file://${path}`, "--src-options", JSON.stringify(options)];
  args.push("--tgt-conn", target, "--tgt-object", "main.t", "--mode", "full-refresh");
  const home = { HOME: folder, SLING_HOME_DIR: folder, SLING_DISABLE_TELEMETRY: "true" };
  const env = { ...process.env, ...home, DUCKDB_PATH: inVenv("sling", "duckdb") };
  return runProgram(program(), args, { env, plain: true, timeout: 120_000 });
}

export function open(input) {
  const folder = newPlace();
  return async () => {
    const before = childrenMs();
    const begin = performance.now();
    const { peak } = await run(input, folder);
    const wall = [performance.now() - begin];
    return { wall, cpu: [childrenMs() - before], peak, file: megabytes(join(folder, "bench.duckdb")) };
  };
}
