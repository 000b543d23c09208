import { beforeAll, describe, expect, test } from "vitest";
import { asCommand, commandVectors, outcomesUnder, type CommandVector } from "./command-vectors.ts";
import { MatrixRow } from "./matrix-row.ts";
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

const inJavaScript = new MatrixRow("command-javascript");
const inWasmtime = new MatrixRow("command-wasmtime");

const missing = missingWasmtime();
if (missing) console.log(`not run under Wasmtime: ${missing}`);

describe.each(ALL_RUNTIMES)("%s", (name) => {
  const title = name === "wasmtime" && missing ? missing : runtimeOf(name).title;
  test.skipIf(name === "wasmtime" && missing !== undefined)(title, { timeout: 240_000 }, async () => {
    const outcomes = await outcomesUnder(name, vectors);
    expect(outcomes.size).toBe(vectors.length);
    const row = name === "wasmtime" ? inWasmtime : inJavaScript;
    for (const each of vectors) {
      const { name } = each.vector;
      row.expect(each.from, outcomes.get(name), asCommand(each), name);
    }
  });
});

describe("the README's matrix says so (node scripts/matrix.mjs writes it)", () => {
  test("of JavaScript's runtimes", () => inJavaScript.close());
  test.skipIf(missing)("of Wasmtime", () => inWasmtime.close());
});
