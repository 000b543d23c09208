// However the bytes are cut, the batches are the same, byte for byte: within the sample, at its end and behind it.
import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { CsvOptions, EngineConfig, InputOptions } from "../../core/binding/contract.ts";
import { bytes, normalise } from "../engine/engine.ts";
import { split } from "../engine/split.ts";
import { cells, styles, write } from "./table.ts";

const RUNS = process.env.RUNLET_FULL ? 1000 : 60;
const SAMPLE = 1 << 20;

/** Everything the engine gave, or what it refused. */
function fingerprint(
  data: Uint8Array,
  csv: CsvOptions,
  sizes: readonly number[],
  config: Partial<EngineConfig>,
) {
  const hash = (message: Uint8Array) => createHash("sha256").update(message).digest("hex");
  const options: InputOptions = { format: "csv", csv, capture: { record: [["b"], ["c"]] } };
  try {
    const out = normalise([{ options, chunks: split(data, sizes) }], config);
    return {
      batches: out.batches.map(({ rows, message, version }) => [rows, version, hash(message)]),
      schema: out.schema,
      summaries: out.summaries,
    };
  } catch (error) {
    return JSON.parse(JSON.stringify(error)) as object;
  }
}

const configs = fc.record({
  onBadRecord: fc.constantFrom("error", "quarantine", "quarantine"),
  batchBytes: fc.constantFrom(1, 64, 1 << 20),
  limits: fc.constantFrom({}, { recordBytes: 60 }),
});

const rows = fc.array(fc.array(cells, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 15 });
/** Bytes that break a text in one way or another. */
const damage = fc.constantFrom("", '"', '"x', "\r", "\r\n\r", 'a"b"c', "\ufeff", ",,,,,");

test("texts smaller than the sample", () => {
  fc.assert(
    fc.property(
      rows,
      styles,
      damage,
      fc.nat(),
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 4 }),
      configs,
      (table, style, broken, at, sizes, config) => {
        const text = `a,b,c\n${write(table, style)}`;
        const place = at % (text.length + 1);
        const data = bytes(text.slice(0, place) + broken + text.slice(place));
        const whole = fingerprint(data, {}, [data.length], config);
        expect(fingerprint(data, {}, sizes, config)).toEqual(whole);
        expect(fingerprint(data, {}, [1], config)).toEqual(whole);
      },
    ),
    { numRuns: RUNS * 5, seed: 5 },
  );
});

test("texts that go on behind the sample", () => {
  const line = `12345,"${"quoted, ".repeat(100)}",true\n`;
  fc.assert(
    fc.property(
      rows,
      styles,
      damage,
      fc.integer({ min: -300, max: 40 }),
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 4 }),
      configs.map((config) => ({ ...config, limits: {} })),
      (table, style, broken, shift, sizes, config) => {
        // Whole lines, then one that brings the rest near the sample's end.
        const lines = `a,b,c\n${line.repeat(Math.floor((SAMPLE - 2000) / line.length))}`;
        const filler = lines + `1,${"x".repeat(SAMPLE + shift - lines.length - 8)},false\n`;
        const tail = write(table, { ...style, delimiter: ",", quote: '"' });
        const data = bytes(filler + broken + tail + "\n1,2,true\n");
        const before = SAMPLE - 400;
        const whole = fingerprint(data, {}, [data.length], config);
        const cut = (tailSizes: readonly number[]) => [
          before,
          ...Array.from({ length: data.length - before }, (_, i) => tailSizes[i % tailSizes.length]!),
        ];
        expect(fingerprint(data, {}, cut(sizes), config)).toEqual(whole);
        expect(fingerprint(data, {}, cut([1]), config)).toEqual(whole);
      },
    ),
    { numRuns: RUNS, seed: 6 },
  );
}, 120_000);
