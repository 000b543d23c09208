import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { nextCase, problem, type FuzzCase } from "./campaign.ts";
import { csvProblem, nextCsvCase } from "./csv-campaign.ts";
import { Dice } from "./dice.ts";
import type { Seeds } from "./mutate.ts";

interface Work {
  wasm: Uint8Array;
  seeds: Seeds;
  seed: number;
  seconds: number;
  /** Cases at the most. */
  most: number;
  crashes: string;
  /** [0] counts the cases; the watcher takes a count that stands still for a hang. */
  progress: Int32Array;
  /** The bytes of the case that runs, its length first, for the watcher to save. */
  current: SharedArrayBuffer;
}

const work = workerData as Work;
const module = new WebAssembly.Module(work.wasm as BufferSource);
const end = Date.now() + work.seconds * 1000;
const length = new Int32Array(work.current, 0, 1);
const shared = new Uint8Array(work.current, 4);
const found: { name: string; told: string }[] = [];
const tally = { cases: 0, bytes: 0, found };
// Every case has its own seed, so that one can be run again alone.
for (let n = work.seed; Date.now() < end && n < work.seed + work.most && found.length < 20; n++) {
  const dice = new Dice(n);
  const csv = n % 4 === 0 ? nextCsvCase(dice, work.seeds) : undefined;
  const test = csv ?? nextCase(dice, work.seeds);
  shared.set(test.data.subarray(0, shared.length));
  length[0] = Math.min(test.data.length, shared.length);
  Atomics.add(work.progress, 0, 1);
  let told: string | undefined;
  try {
    told = csv ? csvProblem(module, csv) : problem(module, test as FuzzCase);
  } catch (error) {
    const { stack, cause } = error as Error & { cause?: Error };
    told = [stack, cause?.stack].filter(Boolean).join("\n");
  }
  tally.cases++;
  tally.bytes += test.data.length;
  if (told === undefined) continue;
  const name = join(work.crashes, String(n));
  mkdirSync(work.crashes, { recursive: true });
  writeFileSync(name, test.data);
  const { data: _, ...rest } = test;
  writeFileSync(`${name}.txt`, `${told}\n${JSON.stringify(rest)}\n`);
  found.push({ name, told });
}
parentPort!.postMessage(tally);
