import { expect, test } from "vitest";
import { printedRows } from "../../host-node/cli/printed-rows.ts";
import { fitted, textWidth } from "../../host-node/cli/text-width.ts";

test("long values give way so that a row stays on its line, the widest first", () => {
  const rows = [{ id: 1, title: "x".repeat(100), body: "y".repeat(30) }];
  const lines = printedRows(rows, 50).split("\n");
  expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(50);
  expect(lines[2]).toMatch(/^ 1 {2}x+… {2}y+…$/);
});

test("columns that have no room at all are named below", () => {
  const row = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`column_${at}`, "some value"]));
  const lines = printedRows([row], 60).split("\n");
  expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(60);
  expect(lines.at(-1)).toMatch(/^not shown: column_6, column_7/);
});

test("values cannot break a line or steer the terminal", () => {
  const printed = printedRows([{ a: "one\ntwo\t\u001b[31mred\u001b[0m\u202e" }], 80);
  expect(printed).toContain("one⏎two \\u001b[31mred\\u001b[0m\\u202e");
  expect(printed.split("\n")).toHaveLength(3);
});

test("wide characters take two columns", () => {
  expect([textWidth("abc"), textWidth("日本"), textWidth("é"), textWidth("👩‍👧")]).toEqual([3, 4, 1, 2]);
  expect(fitted("日本語", 5)).toBe("日本…");
  const [, , first, second] = printedRows(
    [
      { a: "日本", b: "x" },
      { a: "abcde", b: "x" },
    ],
    80,
  ).split("\n");
  expect(textWidth(first!)).toBe(textWidth(second!));
});

test("objects are JSON, binary is hexadecimal, numbers stand right", () => {
  const rows = [
    { n: 10, big: 9007199254740993n, list: [1, 2n], bytes: new Uint8Array([255, 1]) as never, ok: true },
  ];
  expect(printedRows(rows, 80).split("\n")[2]).toBe("10  9007199254740993  [1,2]  \\xff01  true");
});
