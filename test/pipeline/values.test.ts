import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../../core/json.ts";
import { nextLink } from "../../core/http/link.ts";
import { parseLossless } from "../../core/lossless-json.ts";
import { snakeCase, tableName } from "../../core/pipeline/naming.ts";
import { parsePath, recordsAt } from "../../core/pipeline/path.ts";
import { stringifyRecord } from "../../core/pipeline/stringify.ts";

/** Puts a long integer in front, so that the careful parser is the one that reads the rest. */
const careful = (text: string) => (parseLossless(`[1234567890123456,${text}]`) as unknown[])[1];

describe("the lossless parser", () => {
  test("reads all JSON as JSON.parse does", () => {
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false }), (text) => {
        expect(careful(text)).toEqual(JSON.parse(text));
      }),
      { seed: 7 },
    );
  });

  test("and spaced, escaped, special as it comes", () => {
    const text = ' { "a\\u00e9\\n" : [ true , false,null , -0.5e+3 , "" , {} , [ ] ] , "__proto__" : 1 }\r\n';
    expect(careful(text)).toEqual(JSON.parse(text));
    expect(Object.hasOwn(careful(text) as object, "__proto__")).toBe(true);
  });

  test("keeps integers beyond 2^53, and only them, as bigint", () => {
    expect(parseLossless("[9007199254740991, 9007199254740992, -9007199254740993]")).toEqual([
      9007199254740991,
      9007199254740992n,
      -9007199254740993n,
    ]);
    expect(parseLossless("[12345678901234567890.0, 1e20, 0.1234567890123456789]")).toEqual([
      12345678901234567890, 1e20, 0.1234567890123456789,
    ]);
    expect(parseLossless('"1234567890123456789"')).toBe("1234567890123456789");
  });

  test.each([
    "",
    "[",
    "[1,]",
    "{",
    '{"a"}',
    '{"a":}',
    "{a:1}",
    "01",
    "+1",
    "1.",
    "tru",
    '"\n"',
    "[1] 2",
    "1 234",
  ])("refuses %j, as JSON.parse does", (text) => {
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    expect(() => careful(text)).toThrow(SyntaxError);
    expect(() => parseLossless(text)).toThrow(SyntaxError);
  });
});

describe("records are written", () => {
  test("as JSON.stringify writes them, where it can", () => {
    fc.assert(
      fc.property(fc.object({ withBigInt: false, withDate: true }), (value) => {
        expect(stringifyRecord({ ...value, wide: 1n })).toBe(`${JSON.stringify({ ...value, wide: 1 })}`);
        expect(stringifyRecord(value)).toBe(JSON.stringify(value));
      }),
      { seed: 7 },
    );
  });

  test("with bigint digits, and come back the same", () => {
    fc.assert(
      fc.property(fc.bigInt(), (wide) => {
        const back = (parseLossless(stringifyRecord({ wide })) as { wide: number | bigint }).wide;
        expect(BigInt(back)).toBe(wide);
      }),
      { seed: 7 },
    );
  });
});

describe("names are dlt's", () => {
  const { rows } = JSON.parse(readFileSync("test/data/oracle/names.json", "utf8")) as { rows: string[][] };

  test("for thousands of names that dlt normalised", () => {
    expect(rows.length).toBeGreaterThan(1000);
    for (const [raw, identifier, path] of rows) {
      if (identifier!.length < 200) expect([raw, snakeCase(raw!)]).toEqual([raw, identifier]);
      expect([raw, tableName(raw!)]).toEqual([raw, path]);
    }
  });
});

describe("paths", () => {
  test.each<[string, (string | null)[]]>([
    ["data.items", ["data", "items"]],
    ["payload[*].rows", ["payload", null, "rows"]],
    ["$.a.*.b", ["a", null, "b"]],
    ["$", []],
    ["", []],
    ["@odata.nextLink", ["@odata", "nextLink"]],
    ["['@odata.nextLink']", ["@odata.nextLink"]],
    ['a["b.c"].d', ["a", "b.c", "d"]],
    ["$ref", ["$ref"]],
  ])("%j", (text, steps) => {
    expect(parsePath(text)).toEqual(steps);
  });

  test.each(["a..b", "a[", "a[0]x]", "."])("%j is none", (text) => {
    expect(() => parsePath(text)).toThrow(expect.objectContaining({ code: "PIPELINE_INVALID" }));
  });

  test("lead to records", () => {
    const document: Json = { data: [{ rows: [1, 2] }, { rows: 3 }, {}, null] };
    expect(recordsAt(document, parsePath("data[*].rows"))).toEqual([1, 2, 3]);
    expect(recordsAt(document, parsePath("data.rows"))).toEqual([]);
    expect(recordsAt([1, 2], [])).toEqual([1, 2]);
  });
});

test.each<[string | null, string | undefined]>([
  [null, undefined],
  ["", undefined],
  ['<https://a/?p=2>; rel="next"', "https://a/?p=2"],
  [
    '<https://a/?p=1>; rel="prev", <https://a/?p=3>; rel="next", <https://a/?p=9>; rel="last"',
    "https://a/?p=3",
  ],
  ["</x?a=1,2>; rel=next", "/x?a=1,2"],
  ['<u>; title="a; rel=\\"next\\", b"; rel="last"', undefined],
  ['<u>; REL="first Next"', "u"],
  ['<u>; rel="nextish"', undefined],
  ["<u>;rel=next;type=text/html", "u"],
])("the next link of %s", (header, target) => {
  expect(nextLink(header)).toBe(target);
});
