import { expect, test } from "vitest";
import { pythonFloat } from "./coerce.ts";
import { parseJson } from "./json.ts";
import { Naming } from "./naming.ts";
import { Reference } from "./shred.ts";
import type { ReferenceOptions } from "./shred.ts";
import { coerceTimestamp, detectTimestamp } from "./timestamp.ts";

function shred(lines: string[], options?: ReferenceOptions): Record<string, unknown> {
  const reference = new Reference(options);
  for (const line of lines) reference.record("t", parseJson(new TextEncoder().encode(line)));
  return Object.fromEntries(
    [...reference.tables.values()].map((table) => [
      table.name,
      {
        ...Object.fromEntries(
          [...table.columns].map(([name, c]) => [name, c.type + (c.variant ? " variant" : "")]),
        ),
        rows: table.rows.map((row) => Object.fromEntries(row.cells)),
      },
    ]),
  );
}

test.each([
  ["HTTPServer", "http_server"],
  ["iPhone12Pro", "i_phone12_pro"],
  ["$ref", "_ref"],
  ["é", "x"],
  ["日本語", "x"],
  ["_", "x"],
  ["+1", "x1"],
  ["-1", "_1"],
  ["٣abc", "_٣abc"],
  ["a__", "a"],
  ["user__id", "user__id"],
  ["__x__", "x"],
  ["", "_empty"],
])("key %j is named %s", (raw, name) => {
  expect(new Naming().key(raw)).toBe(name);
});

test("identifiers are shortened with dlt's tag", () => {
  expect(new Naming(20).identifier("she played cello well")).toBe(
    "she plauanpualo well".replaceAll(" ", "_"),
  );
});

test.each([
  ["2022-05-10T03:41:31Z", "2022-05-10T03:41:31.000Z"],
  ["2022-05-10 03", "2022-05-10T03:00:00.000Z"],
  ["2022-05-10T03:41:31,1234567+02", "2022-05-10T01:41:31.123456Z"],
  ["20220510T034131", "2022-05-10T03:41:31.000Z"],
  ["2022/05/10 10:30", "2022-05-10T10:30:00.000Z"],
  ["2022-W05-3T10:00", "2022-02-02T10:00:00.000Z"],
  ["2022-130T10:00:00", "2022-05-10T10:00:00.000Z"],
])("%j is a timestamp", (text, expected) => {
  const us = detectTimestamp(text);
  expect(us).toBeDefined();
  expect(new Date(Number(us! / 1000n)).toISOString().slice(0, 19)).toBe(expected.slice(0, 19));
  if (expected.length > 24) expect(us! % 1000n).toBe(BigInt(expected.slice(23, 26)));
});

test.each([
  "2022-05-10",
  "03:41:31",
  "2022-05-10t03:41:31z",
  " 2022-05-10T03:41:31Z",
  "2022-05-10T03:41:31 +02:00",
  "2022-05-10T24:00",
  "2022-05-10T10:00:60",
  "2022-05-10T0341",
  "1652153831",
  "Tue, 10 May 2022 03:41:31 GMT",
])("%j is no timestamp", (text) => {
  expect(detectTimestamp(text)).toBeUndefined();
});

test("a timestamp column takes dates and numeric texts, too", () => {
  expect(coerceTimestamp("2022-05-10")).toBe(1652140800000000n);
  expect(coerceTimestamp("1652140800")).toBe(1652140800000000n);
  expect(coerceTimestamp("soon")).toBeUndefined();
});

test("doubles are written as Python writes them", () => {
  expect([1e-5, 1e16, 1.5, 2, -0, 1e15, 0.0001, 1.25e-7].map(pythonFloat)).toEqual([
    "1e-05",
    "1e+16",
    "1.5",
    "2.0",
    "-0.0",
    "1000000000000000.0",
    "0.0001",
    "1.25e-07",
  ]);
});

test("objects flatten, lists become tables, lists in lists are wrapped", () => {
  expect(shred(['{"a":{"b":1},"l":[{"x":true},2,null,[3,[4]]]}'])).toEqual({
    t: { a__b: "bigint", rows: [{ a__b: "1" }] },
    t__l: { x: "bool", value: "bigint", rows: [{ x: "true" }, { value: "2" }, {}, {}] },
    t__l__list: { value: "bigint", rows: [{ value: "3" }, {}] },
    t__l__list__list: { value: "bigint", rows: [{ value: "4" }] },
  });
});

test("in a collision the deeper value wins, whatever the order of the document", () => {
  expect(shred(['{"a":{"b":1},"a__b":2}', '{"a__b":2,"a":{"b":1}}'])).toEqual({
    t: { a__b: "bigint", rows: [{ a__b: "1" }, { a__b: "1" }] },
  });
});

test("levels beyond maxTableNesting stay JSON", () => {
  const line = '{"o":{"p":{"q":1}},"l":[{"m":[1.0]}]}';
  expect(shred([line], { maxTableNesting: 1 })).toEqual({
    t: { o__p: "json", rows: [{ o__p: '{"q":1}' }] },
    t__l: { m: "json", rows: [{ m: "[1.0]" }] },
  });
});

test("type conflicts make variants, or widen", () => {
  const lines = ['{"a":1}', '{"a":1.5}', '{"a":"x"}', '{"a":true}', '{"a":9007199254740993}'];
  expect(shred(lines, { onTypeConflict: "variant" }).t).toEqual({
    a: "bigint",
    a__v_double: "double variant",
    a__v_text: "text variant",
    a__v_bool: "bool variant",
    rows: [
      { a: "1" },
      { a__v_double: "1.5" },
      { a__v_text: "x" },
      { a__v_bool: "true" },
      { a: "9007199254740993" },
    ],
  });
  expect(shred(lines).t).toEqual({
    a: "double",
    a__v_text: "text variant",
    a__v_bool: "bool variant",
    a__v_bigint: "bigint variant",
    rows: [
      { a: "1" },
      { a: "1.5" },
      { a__v_text: "x" },
      { a__v_bool: "true" },
      { a__v_bigint: "9007199254740993" },
    ],
  });
});

test("integers beyond 64 bits keep every digit", () => {
  const big = "1" + "0".repeat(30);
  const huge = "1" + "0".repeat(40);
  expect(shred([`{"a":${big}}`, `{"a":${huge}}`, `{"b":${huge}}`]).t).toEqual({
    a: "decimal",
    a__v_text: "text variant",
    b: "text",
    rows: [{ a: big }, { a__v_text: huge }, { b: huge }],
  });
});
