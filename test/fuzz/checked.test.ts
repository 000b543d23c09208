import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { expectNothingFound, FUZZ_TIMEOUT } from "./run-fuzzer.ts";

// The build of the engine that checks each access to memory: that it does.

interface Checked {
  checkedEngine(): Promise<string>;
  compileAccesses(): Promise<Uint8Array<ArrayBuffer>>;
}
type Call = (...args: number[]) => number;
type Exports = Record<string, Call> & { wrongAddress: WebAssembly.Global; wrongLength: WebAssembly.Global };

/** Of a name the compiler cannot know: it has no types of this module. */
const checked = (await import(["./checked", "build.mjs"].join("/"))) as Checked;

describe("accesses", () => {
  let exports: Exports;
  const trapsAt = (call: () => void) => {
    expect(call).toThrow(WebAssembly.RuntimeError);
    return exports.wrongAddress.value as number;
  };
  beforeAll(async () => {
    const { instance } = await WebAssembly.instantiate(await checked.compileAccesses(), {});
    exports = instance.exports as unknown as Exports;
    // Where the copies come from and go to.
    while (exports["allocStruct"]!(100_000) < 1 << 20);
  }, FUZZ_TIMEOUT);

  test.each([
    ...[
      ["load8", 1],
      ["load16", 2],
      ["load32", 4],
      ["load64", 8],
      ["loadWide32", 4],
    ],
    ...[
      ["loadFloat", 4],
      ["loadDouble", 8],
      ["loadVector", 16],
      ["loadHalfVector", 8],
      ["loadSplat", 4],
    ],
    ...[
      ["loadZero", 8],
      ["loadLane", 2],
      ["loadBehind", 4],
    ],
    ...[
      ["store8", 1],
      ["store16", 2],
      ["store32", 4],
      ["store64", 8],
      ["storeNarrow", 2],
    ],
    ...[
      ["storeFloat", 4],
      ["storeDouble", 8],
      ["storeVector", 16],
      ["storeLane", 8],
    ],
    ...[
      ["fill", 100],
      ["copyFrom", 100],
      ["copyTo", 100],
    ],
  ] as [string, number][])("%s: all within a block pass, one byte outside traps", (name, width) => {
    const access = exports[name]!;
    // Blocks whose end is at each place in eight bytes.
    for (let size = 120; size < 128; size++) {
      const block = exports["allocBlock"]!(size);
      for (let at = 0; at <= size - width; at++) access(block + at);
      for (const at of [-1, -width, size - width + 1, size])
        expect(trapsAt(() => access(block + at))).toBe(block + at);
      exports["freeBlock"]!(block, size);
      expect(trapsAt(() => access(block))).toBe(block);
    }
  });

  test("a block that is given back twice, with another size, or is none, traps", () => {
    const { allocBlock, freeBlock } = exports as unknown as Record<string, Call>;
    const block = allocBlock!(100);
    trapsAt(() => freeBlock!(block, 300));
    trapsAt(() => freeBlock!(block + 64, 100));
    freeBlock!(block, 100);
    trapsAt(() => freeBlock!(block, 100));
  });

  test("nothing at null, below, or beyond the arena is anyone's", () => {
    for (const at of [0, 8, 1020, 0x0ffffff0, 0x10000000, 0xfffffff0]) trapsAt(() => exports["load32"]!(at));
  });
});

test(
  "the engine traps when it is told of a longer chunk than it was given",
  async () => {
    const NAME = "runlet:engine/normalizer@0.1.0";
    const METHOD = `${NAME}#[method]normalizer.`;
    const load = async (path: string) => {
      const { instance } = await WebAssembly.instantiate(readFileSync(path), {
        [`[export]${NAME}`]: { "[resource-new]normalizer": (representation: number) => representation },
      });
      const { memory, ...rest } = instance.exports;
      const call = rest as unknown as Exports;
      const put = (text: string): [number, number] => {
        const bytes = new TextEncoder().encode(text);
        const at = call["cabi_realloc"]!(0, 0, 1, bytes.length);
        new Uint8Array((memory as WebAssembly.Memory).buffer, at, bytes.length).set(bytes);
        return [at, bytes.length];
      };
      call[`${NAME}#[static]normalizer.open`]!(...put('{"loadId":"1","seed":"1"}'));
      const area = call[`${METHOD}input`]!(1, ...put("t"), 0, ...put('{"format":"ndjson"}'));
      const id = new DataView((memory as WebAssembly.Memory).buffer).getUint32(area + 8, true);
      const [at, length] = put('{"a":1}\n');
      return { at, length, call, push: (n: number) => call[`${METHOD}push`]!(1, id, at, n) };
    };
    const shipped = await load("dist/core.wasm");
    shipped.push(shipped.length + 1000);
    const careful = await load(await checked.checkedEngine());
    expect(() => careful.push(careful.length + 1000)).toThrow(WebAssembly.RuntimeError);
    const { at, length, call } = careful;
    const reached = (call.wrongAddress.value as number) + (call.wrongLength.value as number);
    // Behind a chunk are 128 bytes that may be read.
    expect(reached).toBeGreaterThan(at + length + 128);
    expect(reached).toBeLessThanOrEqual(at + length + 1000 + 128);
  },
  FUZZ_TIMEOUT,
);

test("broken and odd inputs make it touch no memory but its own", { timeout: FUZZ_TIMEOUT }, () =>
  expectNothingFound(60, ["--checked"]),
);
