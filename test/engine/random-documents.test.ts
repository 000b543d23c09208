import fc from "fast-check";
import { expect, test } from "vitest";
import { chunkSizes, recordTexts } from "./arbitraries.ts";
import { bytes } from "./engine.ts";
import { parity } from "./parity.ts";
import type { ParityOptions } from "./parity.ts";

const RUNS = process.env.RUNLET_FULL ? 5000 : 300;
const SEED = Number(process.env.RUNLET_SEED ?? 20240101);

interface Tally {
  documents: number;
  rows: number;
  cells: number;
}

function checked(texts: fc.Arbitrary<string[]>, options: ParityOptions): Tally {
  const tally = { documents: 0, rows: 0, cells: 0 };
  fc.assert(
    fc.property(texts, chunkSizes, (records, chunks) => {
      const text = options.format === "json" ? `[${records.join(" ,\n")}]` : records.join("\n");
      const { differences, rows, cells } = parity(bytes(text), { ...options, chunks });
      tally.documents++;
      tally.rows += rows;
      tally.cells += cells;
      expect(differences).toEqual([]);
    }),
    { numRuns: RUNS, seed: SEED },
  );
  return tally;
}

test.each<[string, ParityOptions]>([
  ["lines, widening", { format: "ndjson" }],
  ["lines, variants", { format: "ndjson", onTypeConflict: "variant" }],
  ["one document, widening", { format: "json" }],
  ["one document, variants", { format: "json", onTypeConflict: "variant" }],
  ["shallow nesting", { format: "ndjson", maxTableNesting: 1 }],
  ["no nested tables", { format: "ndjson", maxTableNesting: 0 }],
  ["two levels of nesting", { format: "ndjson", maxTableNesting: 2, onTypeConflict: "variant" }],
  ["short identifiers", { format: "ndjson", maxIdentifierLength: 16 }],
])("random documents equal the reference: %s", (_, options) => {
  const tally = checked(recordTexts(), options);
  expect(tally.documents).toBeGreaterThanOrEqual(RUNS);
  expect(tally.rows).toBeGreaterThan(RUNS * 4);
  expect(tally.cells).toBeGreaterThan(RUNS * 8);
});

test.each<[string, ParityOptions]>([
  ["widening", { format: "ndjson" }],
  ["variants", { format: "ndjson", onTypeConflict: "variant" }],
])("colliding and repeated keys equal the reference: %s", (_, options) => {
  const tally = checked(recordTexts({ collisions: true }), options);
  expect(tally.documents).toBeGreaterThanOrEqual(RUNS);
});
