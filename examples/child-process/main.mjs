// The pipeline of ../http-api in a process of its own per load: its memory is gone with it, and whatever happens to it,
// this process lives on. From the repository's folder:
//
//   node examples/http-api/server.mjs &
//   API_TOKEN=demo node examples/child-process/main.mjs api.duckdb
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const PIPELINE = fileURLToPath(new URL("../http-api/pipeline.ts", import.meta.url));
const require = createRequire(import.meta.url);
const manifest = require.resolve("runlet/package.json");
const RUNLET = join(dirname(manifest), require(manifest).bin.runlet);

/** Milliseconds a process that was asked to end is waited for. */
const PATIENCE = 10_000;

/** Loads, and returns what `runlet run --json` prints. `seconds`: the time a run may take; a pipeline that takes longer
 *  goes on in the next (`complete: false`). An aborted `signal` ends the run with nothing loaded; a process that does not
 *  end is killed, and the next run finishes or discards what it left. */
export async function load(address, { signal, seconds, env } = {}) {
  const budget = seconds === undefined ? [] : ["--max-duration", `${seconds}s`];
  const child = spawn(process.execPath, [RUNLET, "run", PIPELINE, "--to", address, "--json", ...budget], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (printed += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (said += text));
  let killing;
  const cancel = () => {
    child.kill("SIGTERM");
    killing = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
  };
  if (signal?.aborted) cancel();
  signal?.addEventListener("abort", cancel);
  try {
    const [code, by] = await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (...ended) => resolve(ended));
    });
    if (code === 0) return JSON.parse(printed);
    // 4 source, 5 destination, 7 cancelled: see the table of exit codes.
    throw Object.assign(new Error(said.trim() || `ended by ${by}`), { exitCode: code, signal: by });
  } finally {
    clearTimeout(killing);
    signal?.removeEventListener("abort", cancel);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { tables } = await load(process.argv[2] ?? "duckdb:api.duckdb", { seconds: 60 });
  for (const [name, { rows }] of Object.entries(tables)) console.log(`${name} ${rows}`);
}
