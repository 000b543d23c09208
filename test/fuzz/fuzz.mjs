// node test/fuzz/fuzz.mjs [--seconds 600] [--cases 1000] [--seed 1] [--shared] [--checked]: the engine against broken and odd inputs, beside the reference.
// No trap, no hang, the same verdict per record, the same cells; every fourth input is comma-separated text, which any
// split must leave the same. With --checked it is the build that traps when it touches memory that is not its own
// (checked/build.mjs). What fails is saved in test/fuzz/crashes.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { gunzipSync } from "node:zlib";
import { build } from "esbuild";
import { checkedEngine } from "./checked/build.mjs";

const ROOT = new URL("../../", import.meta.url).pathname;
const CRASHES = process.env.RUNLET_CRASHES ?? join(ROOT, "test/fuzz/crashes");
/** Of the processor's time: a case that takes as long hangs. */
const HANG_SECONDS = 20;

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "600" },
    cases: { type: "string", default: "1e9" },
    seed: { type: "string", default: "1" },
    shared: { type: "boolean" },
    checked: { type: "boolean" },
  },
});

/** Real files below a folder: those of this repository, with `--shared` those of the data beside it, too. */
function files(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return ["LICENCES", "arrow", "duckdb", "numbers", "ids"].includes(entry.name) ? [] : files(path);
    if (!/\.(json|ndjson)(\.gz)?$/.test(entry.name)) return [];
    const bytes = readFileSync(path);
    return bytes.length === 0 ? [] : [path.endsWith(".gz") ? gunzipSync(bytes) : bytes];
  });
}

/** AFL dictionaries: one quoted token per line, with \\xNN escapes. */
function tokens() {
  const folder = join(ROOT, "test/data/dictionaries");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".dict"))
    .flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n"))
    .map((line) => /"(.*)"\s*$/.exec(line)?.[1])
    .filter((text) => text)
    .map((text) =>
      Buffer.from(
        text.replace(/\\(x([0-9a-fA-F]{2})|.)/g, (_, plain, hex) =>
          hex ? String.fromCharCode(parseInt(hex, 16)) : plain,
        ),
        "latin1",
      ),
    );
}

const bundled = join(ROOT, `test/fuzz/crashes/.worker-${process.pid}.mjs`);
mkdirSync(CRASHES, { recursive: true });
await build({
  entryPoints: [join(ROOT, "test/fuzz/worker.ts")],
  bundle: true,
  format: "esm",
  platform: "node",
  outfile: bundled,
  logLevel: "error",
});

const wasm = values.checked
  ? await checkedEngine()
  : (process.env.RUNLET_CORE_WASM ?? join(ROOT, "dist/core.wasm"));

const progress = new Int32Array(new SharedArrayBuffer(4));
const current = new SharedArrayBuffer(1 << 20);
const worker = new Worker(bundled, {
  workerData: {
    wasm: readFileSync(wasm),
    seeds: {
      files: [
        ...files(join(ROOT, "test/data")),
        ...(values.shared ? files(join(ROOT, "../shared/data")) : []),
      ],
      tokens: tokens(),
    },
    seed: Number(values.seed) * 1_000_000,
    seconds: Number(values.seconds),
    most: Number(values.cases),
    crashes: CRASHES,
    progress,
    current,
  },
});

let last = -1;
const spent = () => process.cpuUsage().user / 1e6;
let since = spent();
const watch = setInterval(() => {
  const now = Atomics.load(progress, 0);
  if (now !== last) {
    last = now;
    since = spent();
  } else if (now > 0 && spent() - since > HANG_SECONDS) {
    const length = new Int32Array(current, 0, 1)[0];
    writeFileSync(join(CRASHES, "hang"), Buffer.from(current, 4, length));
    console.log(`HANG  case ${now} has run for ${HANG_SECONDS} s; saved as test/fuzz/crashes/hang`);
    finish(1);
  }
}, 500);

function finish(code) {
  clearInterval(watch);
  rmSync(bundled, { force: true });
  void worker.terminate().then(() => process.exit(code));
}

worker.on("error", (error) => {
  console.log(`the fuzzer itself failed: ${error.stack}`);
  finish(1);
});
worker.on("message", ({ cases, bytes, found }) => {
  for (const { name, told } of found) console.log(`FOUND  ${name}\n${told}\n`);
  console.log(
    `${cases} cases, ${(bytes / 1e6).toFixed(1)} MB, ${found.length} problems, seed ${values.seed}`,
  );
  finish(found.length > 0 ? 1 : 0);
});
