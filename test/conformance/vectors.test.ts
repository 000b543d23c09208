import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readJsonRows } from "../../core/arrow/json-rows.ts";
import { openEngine } from "../../core/binding/engine.ts";
import { frozenVector, readVectors } from "./read-vectors.ts";
import { runVector } from "./run-vector.ts";

// The binding on the Node that runs the tests, against what is frozen; `-u` freezes anew.

const module = new WebAssembly.Module(readFileSync("dist/core.wasm"));
const vectors = readVectors();

test("there are vectors", () => expect(vectors.length).toBeGreaterThanOrEqual(80));

test.each(vectors)("$name", async (vector) => {
  const tools = { open: openEngine.bind(undefined, module), rows: readJsonRows };
  const outcome = await runVector(vector, tools);
  await expect(`${JSON.stringify(outcome, null, 1)}\n`).toMatchFileSnapshot(frozenVector(vector.name));
});
