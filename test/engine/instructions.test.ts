// What the engine executes per byte, counted exactly: the same on every machine, however loaded it is. The counters are
// put into the wasm by bench/instructions/counted.mjs; that they count right is shown beside Wasmtime, which meters the
// same module by itself.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../core/binding/contract.ts";
import { missingWasmtime, pythonOfWasmtime } from "../component/wasmtime.ts";

interface Block {
  instructions: unknown[];
}
interface Counted {
  bytes: Uint8Array<ArrayBuffer>;
  functions: { blocks: Block[] }[];
  read(exports: WebAssembly.Exports): { executed: number[][]; moved: number };
}
type Summary = { instructions: number; moved: number; input: string };
interface Budget {
  ACCEPT: string;
  readBudget(): Record<string, Summary>;
  summary(name: string, measured: unknown): Summary;
  outOfBudget(budget: Record<string, Summary>, summaries: Record<string, Summary>): string[];
}

const FOLDER = "../../bench/instructions";
const ENGINE = "../../bench/engine.mjs";
/** Of a name the compiler cannot know: it has no types of these modules. */
const bench = async <T>(file: string): Promise<T> => (await import([FOLDER, file].join("/"))) as T;
const core = readFileSync(fileURLToPath(new URL("../../dist/core.wasm", import.meta.url)));

describe("the budget", () => {
  let budget: Budget;
  let measured: Record<string, Summary>;

  beforeAll(async () => {
    budget = await bench<Budget>("budget.mjs");
    const { CASES } = await bench<{ CASES: Record<string, unknown> }>("cases.mjs");
    const { instructionCounter } = await bench<{
      instructionCounter(wasm: Uint8Array): Promise<(load: unknown) => unknown>;
    }>("measure.mjs");
    const count = await instructionCounter(core);
    measured = Object.fromEntries(
      Object.entries(CASES).map(([name, load]) => [name, budget.summary(name, count(load))]),
    );
  });

  test("holds for every input", () => {
    const faults = budget.outOfBudget(budget.readBudget(), measured);
    if (faults.length === 0) return;
    expect.fail(
      `the engine executes more or fewer instructions than bench/instructions-budget.json says\n  ` +
        `${faults.join("\n  ")}\nwhere: npm run instructions -- --profile --lines 20\nto accept, with the reason in the commit: ${budget.ACCEPT}`,
    );
  });

  test("notices three per cent more, three per cent less, other inputs, and cases that come and go", () => {
    const now = measured["issues"]!;
    const with_ = (change: Partial<Summary>) =>
      budget.outOfBudget({ ...measured, issues: { ...now, ...change } }, measured);
    expect(with_({})).toEqual([]);
    expect(with_({ instructions: now.instructions / 1.015 })).toEqual([]);
    expect(with_({ instructions: now.instructions / 1.03 })).toEqual([
      expect.stringMatching(/^issues: instructions per byte .* \(\+3\.0 %\)$/),
    ]);
    expect(with_({ moved: now.moved * 1.03 })).toEqual([
      expect.stringMatching(/^issues: moved .* \(−2\.9 %\)$/),
    ]);
    expect(with_({ input: "another" })).toEqual([expect.stringContaining("the input is another one")]);
    expect(budget.outOfBudget({}, { issues: now })).toEqual(["issues: not in the budget yet"]);
    expect(budget.outOfBudget({ issues: now }, {})).toEqual(["issues: no longer measured"]);
  });
});

describe("the counters", () => {
  const IMPORTS = {
    "[export]runlet:engine/normalizer@0.1.0": {
      "[resource-new]normalizer": (representation: number) => representation,
    },
  };
  const OPTIONS = { format: "ndjson" } as const;
  const data = Buffer.from(
    Array.from({ length: 500 }, (_, i) =>
      JSON.stringify({ id: i, at: "2024-01-02T03:04:05Z", x: i / 7, text: "größe \n", list: [{ a: i }, {}] }),
    ).join("\n"),
  );

  /** What Wasmtime would burn between the engine's instantiation and its last batch. */
  async function fuelBurnt(): Promise<number> {
    const { countedModule } = await bench<{ countedModule(bytes: Uint8Array): Counted }>("counted.mjs");
    const { loadWatchedEngine } = (await import(ENGINE)) as {
      loadWatchedEngine(): Promise<
        (module: WebAssembly.Module) => { engine: Engine; exports: WebAssembly.Exports }
      >;
    };
    const { bytes, functions, read } = countedModule(core);
    const open = await loadWatchedEngine();
    const { engine, exports } = open(new WebAssembly.Module(bytes));
    const id = engine.input("t", 0, OPTIONS);
    engine.push(id, data);
    engine.end(id);
    (exports["runlet:engine/normalizer@0.1.0#[method]normalizer.flush"] as (self: number) => void)(1);
    const { executed, moved } = read(exports);
    const instantiated = new WebAssembly.Instance(new WebAssembly.Module(bytes), IMPORTS).exports;
    const pages = (of: WebAssembly.Exports) => (of["memory"] as WebAssembly.Memory).buffer.byteLength / 65536;
    const instructionsAndCalls = (counts: number[][]) =>
      functions.reduce(
        (sum, { blocks }, f) =>
          blocks.reduce((all, { instructions }, b) => all + counts[f]![b]! * instructions.length, sum) +
          counts[f]![0]!,
        0,
      );
    const atStart = read(instantiated);
    return (
      instructionsAndCalls(executed) -
      instructionsAndCalls(atStart.executed) +
      (moved - atStart.moved) +
      (pages(exports) - pages(instantiated))
    );
  }

  const missing = missingWasmtime();
  test.skipIf(missing !== undefined)(
    `count what Wasmtime's fuel counts${missing ? ` (${missing})` : ""}`,
    async () => {
      const fuel = await fuelBurnt();
      expect(fuel).toBeGreaterThan(data.length);
      const folder = mkdtempSync(join(tmpdir(), "runlet-fuel-"));
      try {
        writeFileSync(join(folder, "data"), data);
        const host = fileURLToPath(new URL("../../bench/instructions/wasmtime_fuel.py", import.meta.url));
        const wasm = fileURLToPath(new URL("../../dist/core.wasm", import.meta.url));
        const { LOAD } = (await import(ENGINE)) as { LOAD: object };
        const args = [host, wasm, JSON.stringify(LOAD), JSON.stringify(OPTIONS), join(folder, "data")];
        expect(fuel).toBe(Number(execFileSync(pythonOfWasmtime(), args, { encoding: "utf8" })));
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

  test("are the same in two runs", async () => {
    expect(await fuelBurnt()).toBe(await fuelBurnt());
  });
});
