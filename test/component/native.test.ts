import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readJsonRows } from "../../core/arrow/json-rows.ts";
import { expectedOf, readVectors } from "../conformance/read-vectors.ts";
import { runVector } from "../conformance/run-vector.ts";
import { start } from "../runtimes/child.ts";
import { answered, type LoadAnswers } from "./answered-engine.ts";
import { MatrixRow } from "./matrix-row.ts";
import { missingWasmtime, pythonOfWasmtime } from "./wasmtime.ts";

// The published component under a native runtime: the same bytes as everywhere.

const vectors = readVectors();
const missing = missingWasmtime();
if (missing) console.log(`the component is not run natively: ${missing}`);

test.skipIf(missing)(
  missing ?? "Wasmtime gives what is frozen, for every vector",
  { timeout: 240_000 },
  async () => {
    const all = await answersUnderWasmtime();
    expect(all.length).toBe(vectors.length);
    expect(all.length).toBeGreaterThan(80);
    const row = new MatrixRow("component-wasmtime");
    for (const [index, vector] of vectors.entries()) {
      const loads = [...all[index]!];
      const open = () => answered(loads.shift()!);
      const outcome = await runVector(vector, { open, rows: readJsonRows });
      row.expect(vector.name, outcome, expectedOf(vector.name));
    }
    row.close();
  },
);

async function answersUnderWasmtime(): Promise<LoadAnswers[][]> {
  const scratch = fileURLToPath(new URL("../../build/component", import.meta.url));
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, "native-"));
  try {
    const [given, results] = [join(folder, "vectors.json"), join(folder, "results.json")];
    writeFileSync(given, JSON.stringify(vectors));
    const host = fileURLToPath(new URL("hosts/wasmtime_component.py", import.meta.url));
    const args = [host, resolve("dist/runlet-engine.component.wasm"), given, results];
    const { said, ended } = start(pythonOfWasmtime(), args, { cwd: folder });
    if ((await ended) !== 0) throw new Error(said.err);
    return JSON.parse(readFileSync(results, "utf8")) as LoadAnswers[][];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
