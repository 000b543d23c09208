import { expect, test } from "vitest";
import type { EngineConfig } from "../../core/binding/contract.ts";
import { bytes, open } from "./engine.ts";

/** Far above what the inputs take (below a second each), far below what they would take were something quadratic. */
const TIMEOUT = 60_000;
const N = 100_000;

const times = (n: number, item: (i: number) => string): string[] =>
  Array.from({ length: n }, (_, i) => item(i));
const object = (members: string[]): string => `{${members.join()}}`;

/** Pushes lines and drops the batches; returns the rows per table. */
function rowsOf(text: string, config: Partial<EngineConfig> = {}): Record<string, number> {
  const engine = open(config);
  try {
    const input = engine.input("t", 0, { format: "ndjson" });
    engine.push(input, bytes(text));
    engine.end(input);
    while (engine.takeInto(() => {}, true));
    return engine.schema().rows;
  } finally {
    engine.close();
  }
}

test.each<[string, string]>([
  ["keys, all null", object(times(N, (i) => `"k${i}":null`))],
  ["keys, each twice", object(times(N, (i) => `"k${i >> 1}":null`))],
  ["values of a thousand keys", object(times(N, (i) => `"k${i % 1000}":${i}`))],
  ["keys with escapes", object(times(N, (i) => `"\\u006b${i}":null`))],
  ["keys after one with an escape", object(['"\\u006b":1', ...times(N, (i) => `"k${i}":null`)])],
  [
    "keys that differ in the middle only",
    object(times(N, (i) => `"${"a".repeat(17)}${String(i).padStart(7, "0")}${"a".repeat(40)}":null`)),
  ],
])("100,000 %s in one record", { timeout: TIMEOUT }, (_, text) => {
  expect(rowsOf(text)).toEqual({ t: 1 });
});

test("100,000 rows with two lists for one table", { timeout: TIMEOUT }, () => {
  const rows = rowsOf(`{"a":[${times(N, () => '{"x":[1],"X":[2]}').join()}]}`);
  expect(rows).toEqual({ t: 1, t__a: N, t__a__x: 2 * N });
});

test("values that give way, 100,000 times", { timeout: TIMEOUT }, () => {
  expect(rowsOf(`{"a":1}\n${times(N, () => '{"A":"x","a":1}').join("\n")}`)).toEqual({ t: N + 1 });
});

test("the keys of a wide object in ever other orders", { timeout: TIMEOUT }, () => {
  const shuffled = (r: number) => object(times(9000, (i) => `"k${(i * 7919 * r) % 9001}":1`));
  expect(rowsOf(times(20, (r) => shuffled(r + 1)).join("\n"))).toEqual({ t: 20 });
});

test("few values in many columns are cut before they fill the memory", { timeout: TIMEOUT }, () => {
  const wide = object(times(9000, (i) => `"k${i}":1`));
  const config = { limits: { memoryBytes: 1 << 30 } };
  expect(rowsOf(`${wide}\n${times(N, () => '{"k1":1}').join("\n")}`, config)).toEqual({ t: N + 1 });
});

test("a depth beyond what the parser's recursion holds is a limit, too, not a trap", () => {
  for (const [left, right] of [
    ["[", "]"],
    ['{"a":', "}"],
    ['[{"a":', "}]"],
  ] as const)
    for (const maxTableNesting of [0, 1000])
      expect(() =>
        rowsOf(`${left.repeat(20_000)}1${right.repeat(20_000)}`, {
          maxTableNesting,
          limits: { depth: 1_000_000, tables: 1_000_000 },
        }),
      ).toThrow(expect.objectContaining({ code: "LIMIT_DEPTH" }));
});

test("a table that was reached at a small depth first does not lift the limit", () => {
  const keys = times(700, (i) => `"${times(i + 1, () => "a").join("__")}":[1]`);
  const deep = `${'{"a":['.repeat(600)}1${"]}".repeat(600)}`;
  expect(() => rowsOf(`${object(keys)}\n${deep}`)).toThrow(expect.objectContaining({ code: "LIMIT_DEPTH" }));
});

test("50,000 inputs with options of their own", { timeout: TIMEOUT }, () => {
  const engine = open();
  for (let i = 0; i < 50_000; i++) {
    const input = engine.input("t", i, { format: "ndjson", constants: { page: String(i) } });
    engine.push(input, bytes('{"a":1}\n'));
    engine.end(input);
    while (engine.takeInto(() => {}));
  }
  expect(engine.schema().rows).toEqual({ t: 50_000 });
  engine.close();
});

test("more captures than there are bits for are refused", () => {
  const engine = open();
  const captures = (n: number) => ({ capture: { document: times(n, (i) => `k${i}`).map((key) => [key]) } });
  const input = engine.input("t", 0, { format: "json", ...captures(31) });
  engine.push(input, bytes('{"k0":1,"k30":2}'));
  expect(engine.end(input).document).toHaveLength(31);
  expect(() => engine.input("t", 1, captures(32))).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID" }),
  );
  engine.close();
});
