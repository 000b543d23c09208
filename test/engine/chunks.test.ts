import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { InputOptions } from "../../core/binding/contract.ts";
import { chunkSizes, recordTexts } from "./arbitraries.ts";
import { bytes, normalise } from "./engine.ts";
import type { EngineOutput } from "./collect.ts";
import { realFiles } from "./real-data.ts";
import { split } from "./split.ts";

const RUNS = process.env.RUNLET_FULL ? 3000 : 200;

/** Everything the engine gave, down to the bytes. */
function fingerprint(out: EngineOutput): unknown {
  const hash = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");
  return {
    batches: out.batches.map(({ table, version, rows, message }) => [table, version, rows, hash(message)]),
    schemas: [...out.messages].map(([key, message]) => [key, hash(message)]),
    schema: out.schema,
    summaries: out.summaries,
  };
}

function run(data: Uint8Array, options: InputOptions, sizes: readonly number[], batchBytes: number) {
  return fingerprint(normalise([{ options, chunks: split(data, sizes) }], { batchBytes }));
}

test.each<[string, (records: string[]) => string, InputOptions]>([
  ["lines", (r) => r.join("\n"), { format: "ndjson" }],
  ["lines with CRLF and blank lines", (r) => `\ufeff${r.join("\r\n\r\n")}\r\n`, { format: "ndjson" }],
  ["lines, detected", (r) => `${r.join("\n")}\n`, { format: "auto" }],
  ["one document", (r) => `[${r.join(",\n ")}]`, { format: "json" }],
  ["one document, detected", (r) => `\ufeff [\n${r.join(",\n ")}\n]\n`, { format: "auto" }],
  [
    "selected records with captures",
    (r) => `{"next":"p2","data":{"items":[${r.join(",")}],"total":${r.length}}}`,
    {
      format: "json",
      records: ["data", "items"],
      capture: { document: [["next"], ["data", "total"]], record: [["a"], ["b", "id"]] },
      constants: { origin: '"here"' },
    },
  ],
])("any split gives the same bytes: %s", (_, write, options) => {
  let documents = 0;
  fc.assert(
    fc.property(
      recordTexts({ collisions: true }),
      chunkSizes,
      fc.constantFrom(1, 64, 1 << 20),
      (records, sizes, batchBytes) => {
        const data = bytes(write(records));
        const whole = run(data, options, [data.length], batchBytes);
        expect(run(data, options, sizes, batchBytes)).toEqual(whole);
        expect(run(data, options, [1], batchBytes)).toEqual(whole);
        documents++;
      },
    ),
    { numRuns: RUNS, seed: 7 },
  );
  expect(documents).toBe(RUNS);
});

test("any split of a real file gives the same bytes", () => {
  const files = realFiles().filter((file) => file.read().length < 600_000);
  expect(files.length).toBeGreaterThan(1);
  for (const file of files.slice(0, 6)) {
    const data = file.read();
    const whole = run(data, {}, [data.length], 65536);
    for (const sizes of [[1000, 1, 70000], [4096], [17, 31, 257]])
      expect(run(data, {}, sizes, 65536)).toEqual(whole);
  }
});

test("two runs with one seed are equal, another seed changes only the ids", () => {
  const data = bytes('{"a":1,"l":[1,2]}\n{"a":2}\n');
  expect(run(data, {}, [5], 1 << 20)).toEqual(run(data, {}, [5], 1 << 20));
  const other = normalise([{ chunks: [data] }], { seed: "5" });
  const same = normalise([{ chunks: [data] }]);
  expect(other.tables.get("t")!.rows.map((row) => row.get("a"))).toEqual(["1", "2"]);
  expect(other.tables.get("t")!.rows[0]!.get("_dlt_id")).not.toBe(
    same.tables.get("t")!.rows[0]!.get("_dlt_id"),
  );
});

test("a record larger than any chunk comes out whole", () => {
  const text = "x".repeat(3_000_000);
  const out = normalise([{ chunks: split(bytes(`{"a":1}\n{"s":"${text}"}\n{"a":2}\n`), [65536]) }]);
  expect(out.tables.get("t")!.rows.map((row) => row.get("s")?.length)).toEqual([
    undefined,
    3_000_000,
    undefined,
  ]);
});
