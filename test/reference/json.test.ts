import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { JsonFault, NumberText, parseJson, validPrefix, writeJson } from "./json.ts";
import type { JsonNode } from "./json.ts";

const SUITE = "test/data/JSONTestSuite/test_parsing";

function accepts(bytes: Uint8Array): boolean {
  try {
    parseJson(bytes, 2000);
    return true;
  } catch (fault) {
    if (fault instanceof JsonFault) return false;
    throw fault;
  }
}

function plain(node: JsonNode): unknown {
  if (node instanceof NumberText) return Number(node.text);
  if (node instanceof Map) return Object.fromEntries([...node].map(([key, value]) => [key, plain(value)]));
  return Array.isArray(node) ? node.map(plain) : node;
}

test("the reference parser gives the verdict of JSONTestSuite on every y_ and n_ file", () => {
  const files = readdirSync(SUITE).filter((name) => /^[yn]_/.test(name));
  const wrong = files.filter((name) => accepts(readFileSync(`${SUITE}/${name}`)) !== name.startsWith("y_"));
  expect(wrong).toEqual([]);
  expect(files.length).toBe(283);
});

test("the reference parser reads what JSON.parse reads", () => {
  let cases = 0;
  fc.assert(
    fc.property(fc.json({ stringUnit: "binary" }), (text) => {
      cases++;
      expect(plain(parseJson(new TextEncoder().encode(text)))).toEqual(JSON.parse(text));
      expect(JSON.parse(writeJson(parseJson(new TextEncoder().encode(text))))).toEqual(JSON.parse(text));
    }),
    { numRuns: 500, seed: 1 },
  );
  expect(cases).toBe(500);
});

test("it refuses and accepts random edits of JSON as JSON.parse does", () => {
  const verdicts = { accepted: 0, refused: 0 };
  const edit = fc.tuple(fc.nat(), fc.constantFrom(...'{}[]",:\\0-.eE+tfnu \n\u0001é'));
  fc.assert(
    fc.property(fc.json(), fc.array(edit, { minLength: 1, maxLength: 3 }), (json, edits) => {
      let text = json;
      for (const [at, c] of edits)
        text = text.slice(0, at % (text.length + 1)) + c + text.slice((at % text.length) + 1);
      let expected = true;
      try {
        JSON.parse(text);
      } catch {
        expected = false;
      }
      verdicts[expected ? "accepted" : "refused"]++;
      expect(accepts(new TextEncoder().encode(text))).toBe(expected);
    }),
    { numRuns: 2000, seed: 2 },
  );
  expect(verdicts.accepted).toBeGreaterThan(100);
  expect(verdicts.refused).toBeGreaterThan(200);
});

test("the first byte that is no UTF-8 is found", () => {
  expect(validPrefix(Uint8Array.of(0x61, 0xc3, 0xa9, 0xff, 0x61))).toBe(3);
  expect(validPrefix(Uint8Array.of(0x61, 0xe2, 0x82))).toBe(1);
  expect(validPrefix(Uint8Array.of(0x61))).toBe(1);
});
