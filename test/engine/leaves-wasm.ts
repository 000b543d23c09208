/**
 * Compiles the engine's leaf functions by themselves and gives tests the memory to call them in: texts go to `text`,
 * results to `out`.
 */
import { readFileSync } from "node:fs";
import { main as asc } from "assemblyscript/dist/asc.js";
import { expect } from "vitest";

const ENTRY = "test/engine/assembly/leaves.ts";
const OPTIONS = "--config none --runtime minimal --noAssert -O3 --enable simd --use abort=".split(" ");

export type Exported = Record<string, (...args: (number | bigint)[]) => number>;
export interface Frozen<Row> {
  rows: Row[];
  /** First code point of each run of ten digits (names only). */
  digits: number[];
  /** Code points of white space (names only). */
  spaces: number[];
}
export type Comparison = [label: unknown, actual: unknown, expected: unknown];

async function compile(): Promise<Uint8Array<ArrayBuffer>> {
  let wasm: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc([ENTRY, "--outFile", "leaves.wasm", ...OPTIONS], {
    writeFile: (_name, contents) => {
      if (typeof contents !== "string") wasm = new Uint8Array(contents);
    },
  });
  if (error || !wasm) throw new Error(`${String(error)}\n${stderr.toString()}`);
  return wasm;
}

const { instance } = await WebAssembly.instantiate(await compile(), {});
const memory = instance.exports.memory as WebAssembly.Memory;
memory.grow(4);
const bytes = new Uint8Array(memory.buffer);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const call = instance.exports as unknown as Exported;
export const view = new DataView(memory.buffer);
export const text = call.room!();
export const out = text + 65536;

/** Value of an exported global. */
export const global = (name: string): number | bigint =>
  (instance.exports[name] as WebAssembly.Global).value as number | bigint;

/** What test/oracle/leaves.py froze under the name. */
export function frozen<Row>(name: string): Frozen<Row> {
  const file = new URL(`../data/leaves/${name}.json`, import.meta.url);
  const data = JSON.parse(readFileSync(file, "utf8")) as Frozen<Row>;
  expect(data.rows.length).toBeGreaterThan(10);
  return data;
}

/** Puts bytes at `at`, followed by digits that no function may take for a part of it; returns their count. */
export function put(value: string | Uint8Array, after = 0x37, at = text): number {
  const source = typeof value === "string" ? encoder.encode(value) : value;
  bytes.set(source, at);
  bytes.fill(after, at + source.length, at + source.length + 64);
  return source.length;
}

/** The `n` bytes at `at` as text. */
export const read = (n: number, at = out): string => decoder.decode(bytes.subarray(at, at + n));
/** The `n` bytes at `out` in hexadecimal digits. */
export const readHex = (n: number): string => Buffer.from(bytes.subarray(out, out + n)).toString("hex");
export const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));
/** The i128 at `out`. */
export const readI128 = (): bigint => (view.getBigInt64(out + 8, true) << 64n) | view.getBigUint64(out, true);

const scratch = new DataView(new ArrayBuffer(8));
/** The f64 of 16 hexadecimal digits, or NaN for `nan`. */
export function doubleOf(hex: string): number {
  if (hex === "nan") return NaN;
  scratch.setBigUint64(0, BigInt(`0x${hex}`));
  return scratch.getFloat64(0);
}

/** Collects what differs, so that one failure shows many; there must be `atLeast` comparisons. */
export function compare(cases: Iterable<Comparison>, atLeast: number): void {
  const wrong: unknown[] = [];
  let count = 0;
  for (const [label, actual, expected] of cases) {
    count++;
    if (!Object.is(actual, expected) && wrong.length < 10) wrong.push({ label, actual, expected });
  }
  expect(wrong).toEqual([]);
  expect(count).toBeGreaterThanOrEqual(atLeast);
}
