// node bench/memory.mjs [--gb 1] [--input issues]: memory while a gigabyte streams through the engine.
import { closeSync, openSync, readSync } from "node:fs";
import { parseArgs } from "node:util";
import { loadEngine } from "./engine.mjs";
import { input } from "./inputs.mjs";

const { values } = parseArgs({
  options: { gb: { type: "string", default: "1" }, input: { type: "string" } },
});
const CHUNK = 512 * 1024;

// The binding keeps its instance private: its memory is taken down here, where the instance is made.
let memory;
const { Instance } = WebAssembly;
WebAssembly.Instance = function (module, imports) {
  const instance = new Instance(module, imports);
  memory = instance.exports.memory;
  return instance;
};
const openEngine = await loadEngine();

for (const name of values.input ? [values.input] : ["events", "issues", "logs", "strings"]) {
  const path = input(name, 64);
  const engine = openEngine();
  const id = engine.input("t", 0, { format: "ndjson" });
  const chunk = new Uint8Array(CHUNK);
  const total = Number(values.gb) * 1e9;
  let pushed = 0;
  let out = 0;
  let next = 0;
  let peak = 0;
  console.log(`${name}\n   MB in  MB out  RSS MB wasm MB`);
  while (pushed < total) {
    const file = openSync(path);
    for (let read; pushed < total && (read = readSync(file, chunk, 0, CHUNK, null)) > 0;) {
      engine.push(id, chunk.subarray(0, read));
      for (let batch = engine.take(); batch; batch = engine.take()) out += batch.message.length;
      pushed += read;
      const rss = process.memoryUsage.rss();
      peak = Math.max(peak, rss);
      if (pushed < next) continue;
      next += total / 8;
      console.log(
        [pushed, out, rss, memory.buffer.byteLength].map((n) => (n / 1e6).toFixed(0).padStart(8)).join(" "),
      );
    }
    closeSync(file);
  }
  engine.abort(id);
  engine.close();
  console.log(`   peak RSS ${(peak / 1e6).toFixed(0)} MB after ${(pushed / 1e6).toFixed(0)} MB`);
}
