// The laboratory engine, where it lies beside this repository; engine/prototype.mjs builds it into bench/data/prototype.
import { readFileSync } from "node:fs";

export const WASM = new URL("../data/prototype/prototype.wasm", import.meta.url);
const CAPACITY = 1 << 20;

/** 128-bit powers of five, which the laboratory engine takes from its host. */
function powersOfFive() {
  const out = new BigUint64Array(651 * 2);
  for (let q = -342, i = 0; q <= 308; q++) {
    let c;
    if (q < 0) {
      const power = 5n ** BigInt(-q);
      const bits = BigInt(power.toString(2).length - ((power & (power - 1n)) === 0n ? 1 : 0));
      c = (1n << (q >= -27 ? bits + 127n : 2n * bits + 128n)) / power + 1n;
    } else {
      c = 5n ** BigInt(q);
      const bits = c.toString(2).length;
      if (bits < 128) c <<= BigInt(128 - bits);
    }
    while (c >= 1n << 128n) c >>= 1n;
    out[i++] = c >> 64n;
    out[i++] = c & ((1n << 64n) - 1n);
  }
  return new Uint8Array(out.buffer);
}

let module;
let powers;

export function openPrototype() {
  module ??= new WebAssembly.Module(readFileSync(WASM));
  powers ??= powersOfFive();
  const text = new TextDecoder();
  const instance = new WebAssembly.Instance(module, {
    env: {
      abort() {
        throw new Error("the prototype aborted");
      },
      slowFloat: (at, n) => Math.abs(Number(text.decode(new Uint8Array(memory.buffer, at >>> 0, n)))),
    },
  });
  const engine = instance.exports;
  const memory = engine.memory;
  engine.init(0x1234567n);
  new Uint8Array(memory.buffer).set(powers, engine.pow5Ptr());
  const at = engine.allocInput(CAPACITY) >>> 0;
  return {
    /** Whole lines in, Arrow messages written; returns the records. */
    push(block) {
      new Uint8Array(memory.buffer, at, CAPACITY).set(block);
      if (!engine.validateUtf8(at, block.length)) throw new Error("invalid UTF-8");
      if (!engine.parse(at, at + block.length))
        throw new Error(`prototype: parse error ${engine.errorCode()}`);
      const rows = engine.rootRows();
      engine.finish();
      for (let table = engine.firstTable() >>> 0; table; table = engine.nextTable(table) >>> 0) {
        if (!engine.tableRows(table)) continue;
        const message = engine.ipcBatch(table, 0) >>> 0;
        new Uint8Array(memory.buffer, message, engine.ipcLength() >>> 0).slice();
      }
      engine.reset();
      return rows;
    },
  };
}
