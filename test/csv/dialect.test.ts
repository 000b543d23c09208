// Delimiter and quote are found out from the first records, or given.
import { expect, test } from "vitest";
import { normaliseText } from "../engine/engine.ts";
import { read, shown } from "./table.ts";

test.each<[string, string, Record<string, string>[]]>([
  ["commas", "a,b\n1,2\n", [{ a: "1", b: "2" }]],
  ["semicolons", "a;b\n1,5;2,5\n", [{ a: "1,5", b: "2,5" }]],
  ["tabs", "a\tb\nx y\tz, w\n", [{ a: "x y", b: "z, w" }]],
  ["bars", "a|b\nx|y\n", [{ a: "x", b: "y" }]],
  ["one column", "a\nx\ny\n", [{ a: "x" }, { a: "y" }]],
  ["one column of sentences", "text\nyes, it is\nno\n", [{ text: "yes, it is" }, { text: "no" }]],
  ["only a header", "a;b;c\n", []],
  [
    "delimiters in quotes do not count",
    'a;b\n"x,y,z";"1,2"\n"p,q";"3"\n',
    [
      { a: "x,y,z", b: "1,2" },
      { a: "p,q", b: "3" },
    ],
  ],
  [
    "the delimiter that records agree on",
    "id;note\n1;a, b\n2;c\n3;d, e, f\n",
    [
      { id: "1", note: "a, b" },
      { id: "2", note: "c" },
      { id: "3", note: "d, e, f" },
    ],
  ],
  [
    "of two that fit the one that makes more cells",
    "a,b;c,d;e,f\n1,2;3,4;5,6\n",
    [{ a: "1", b_c: "2;3", d_e: "4;5", f: "6" }],
  ],
  ["apostrophes as quotes", "'a','b'\n'x,y','z'\n", [{ a: "x,y", b: "z" }]],
  [
    "apostrophes around text cells only",
    "id,b\n1,'x, y'\n2,'z'\n",
    [
      { id: "1", b: "x, y" },
      { id: "2", b: "z" },
    ],
  ],
  [
    "an apostrophe is text",
    "a,b\n'tis,x\nit's,y\n",
    [
      { a: "'tis", b: "x" },
      { a: "it's", b: "y" },
    ],
  ],
  ["apostrophes beside quotes are text", "a,b\n\"x\",'y'\n", [{ a: "x", b: "'y'" }]],
])("%s", (_, text, rows) => {
  expect(read(text).rows).toEqual(rows);
});

test("given ones are taken as they are", () => {
  expect(read("a,b;c\n1,2;3\n", { delimiter: ";" }).rows).toEqual([{ a_b: "1,2", c: "3" }]);
  expect(read("a^b\n1^2\n", { delimiter: "^" }).rows).toEqual([{ a: "1", b: "2" }]);
  expect(read("a,b\n'x,y',z\n", { quote: "'" }).rows).toEqual([{ a: "x,y", b: "z" }]);
  expect(read('a,b\n"x",y\n', { quote: "" }).rows).toEqual([{ a: '"x"', b: "y" }]);
});

test("format tsv means tabs", () => {
  const out = shown(normaliseText("a,b\tc\n1\t2\n", { format: "tsv" }));
  expect(out.rows).toEqual([{ a_b: "1", c: "2" }]);
});

test("lines passed over do not mislead", () => {
  expect(read("one, two, three\na;b\n1;2\n", { skipRows: 1 }).rows).toEqual([{ a: "1", b: "2" }]);
});
