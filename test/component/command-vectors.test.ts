import { beforeAll, describe, expect, test } from "vitest";
import { asCommand, commandVectors, outcomesUnder, type CommandVector } from "./command-vectors.ts";
import { ALL_RUNTIMES, runtimeOf } from "./runtimes.ts";
import { missingWasmtime } from "./wasmtime.ts";

// The WASI command under every runtime of WASI at hand: each vector gives the frozen bytes or the frozen error.

let vectors: CommandVector[];
beforeAll(async () => {
  vectors = await commandVectors();
});

test("the vectors are there, errors and several loads among them", () => {
  expect(vectors.length).toBeGreaterThan(85);
  expect(vectors.filter(({ vector }) => vector.loads.length > 1).length).toBeGreaterThan(1);
  expect(vectors.filter((each) => asCommand(each)[0]!.inputs[0]!.error).length).toBeGreaterThan(9);
});

const missing = missingWasmtime();
if (missing) console.log(`not run under Wasmtime: ${missing}`);

describe.each(ALL_RUNTIMES)("%s", (name) => {
  const title = name === "wasmtime" && missing ? missing : runtimeOf(name).title;
  test.skipIf(name === "wasmtime" && missing !== undefined)(title, { timeout: 240_000 }, async () => {
    const outcomes = await outcomesUnder(name, vectors);
    expect(outcomes.size).toBe(vectors.length);
    for (const each of vectors)
      expect(outcomes.get(each.vector.name), each.vector.name).toEqual(asCommand(each));
  });
});
