import { expect, test } from "vitest";
import { parity } from "../engine/parity.ts";
import { expectedOf, readVectors } from "./read-vectors.ts";
import type { Vector } from "./vector.ts";

// The plain, slow normaliser of test/reference makes the same tables of the vectors' bytes, where it knows what a vector
// asks for: one input of good JSON without ids of its own, no hints, no selection.

const KNOWN = new Set(["loadId", "seed", "onTypeConflict", "maxTableNesting", "maxIdentifierLength"]);

function isKnown({ name, config, loads }: Vector): boolean {
  const [input, ...more] = loads.flat();
  const { format = "auto", ...others } = input?.options ?? {};
  return (
    more.length === 0 &&
    !Buffer.from(input!.bytes, "base64").includes('"_dlt_id"') &&
    Object.keys(config).every((key) => KNOWN.has(key)) &&
    Object.keys(others).length === 0 &&
    ["auto", "json", "ndjson"].includes(format) &&
    expectedOf(name)[0]!.inputs[0]!.error === undefined
  );
}

const known = readVectors().filter(isKnown);

test("there are such vectors", () => expect(known.length).toBeGreaterThanOrEqual(35));

test.each(known)("$name", ({ config, loads }) => {
  const { bytes, options, table, split } = loads[0]![0]!;
  const { onTypeConflict, maxTableNesting, maxIdentifierLength } = config;
  const compared = parity(Buffer.from(bytes, "base64"), {
    table,
    format: options.format as "auto",
    ...{ onTypeConflict, maxTableNesting, maxIdentifierLength },
    ...(split ? { chunks: [split] } : {}),
  });
  expect(compared.differences).toEqual([]);
  expect(compared.tables).toBeGreaterThan(0);
});
