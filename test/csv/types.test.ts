// Cells are text. Where those of a column leave no doubt, it gets a type; in all other cases the text stays as it is.
import { expect, test } from "vitest";
import { normalise, bytes } from "../engine/engine.ts";
import { read, shown } from "./table.ts";

/** A column of these cells. */
const column = (...cells: string[]) => {
  const { types, rows } = read(`n,a\n${cells.map((cell) => `x,${cell}`).join("\n")}\n`, { delimiter: "," });
  return [types.a, ...rows.map((row) => row.a)];
};

test.each<[string, string[], string | undefined, (string | undefined)[]]>([
  ["whole numbers", ["1", "-20", "0"], "bigint", ["1", "-20", "0"]],
  ["in quotes, too", ['"1"', '"2"'], "bigint", ["1", "2"]],
  ["with missing ones", ["1", "", "3"], "bigint", ["1", undefined, "3"]],
  ["with quotes and nothing between them", ["1", '""', "3"], "bigint", ["1", undefined, "3"]],
  ["leading zeros are text", ["007", "12"], "text", ["007", "12"]],
  ["a plus sign is text", ["+1", "12"], "text", ["+1", "12"]],
  [
    "64 bits",
    ["9223372036854775807", "-9223372036854775808"],
    "bigint",
    ["9223372036854775807", "-9223372036854775808"],
  ],
  ["beyond 64 bits", ["9223372036854775808", "1"], "decimal", ["9223372036854775808", "1"]],
  ["beyond 38 digits", ["1", "9".repeat(39)], "text", ["1", "9".repeat(39)]],
  ["fractions", ["1.5", "2", "-0.25"], "double", ["1.5", "2", "-0.25"]],
  ["exponents", ["1e3", "2.5E-1"], "double", ["1000", "0.25"]],
  [
    "fractions beside a number that is no exact double",
    ["1.5", "9007199254740993"],
    "text",
    ["1.5", "9007199254740993"],
  ],
  ["infinity is no number", ["1.5", "1e999"], "text", ["1.5", "1e999"]],
  ["a fraction without a digit is none", ["1.", ".5"], "text", ["1.", ".5"]],
  ["a cell that is no number keeps the others' digits", ["1.50", "2", "n/a"], "text", ["1.50", "2", "n/a"]],
  ["truth, in letters of any case", ["true", "FALSE", "True"], "bool", ["true", "false", "true"]],
  ["truth beside others", ["true", "1"], "text", ["true", "1"]],
  [
    "times",
    ["2024-02-29T10:00:00Z", "2024-02-29 10:00:00.5+02:00"],
    "timestamp",
    ["1709200800000000", "1709193600500000"],
  ],
  ["times beside others", ["2024-02-29T10:00:00Z", "soon"], "text", ["2024-02-29T10:00:00Z", "soon"]],
  ["dates are text, as in JSON", ["2024-02-29"], "text", ["2024-02-29"]],
  ["only empty texts", ['""', '""'], "text", ["", ""]],
  ["nothing at all", ["", ""], undefined, [undefined, undefined]],
  ["space makes text", ["1", " 2"], "text", ["1", " 2"]],
])("%s", (_, cells, type, values) => {
  expect(column(...cells)).toEqual([type, ...values]);
});

test("a column without a value is known, without a type", () => {
  const out = normalise([{ options: { format: "csv" }, chunks: [bytes("a,b\n1,\n2,\n")] }]);
  expect([...out.tables.get("t")!.pending]).toEqual(["b"]);
});

test("columns stand in the header's order, whichever has the first value", () => {
  expect(Object.keys(read("a,b,c\n,,1\n,2,\n3,,\n").types)).toEqual(["a", "b", "c"]);
});

test("types: false leaves every cell as it is", () => {
  expect(read("a,b\n1.50,true\n", { types: false })).toEqual({
    types: { a: "text", b: "text" },
    rows: [{ a: "1.50", b: "true" }],
  });
});

test("hints win", () => {
  const hints = {
    t: {
      columns: [
        { path: ["zip"], type: "text" as const },
        { path: ["price"], type: "decimal" as const, precision: 10, scale: 2 },
        { path: ["day"], type: "date" as const },
        { path: ["doc"], type: "json" as const },
        { path: ["Old"], as: "new" },
        { path: ["gone"], drop: true },
        { path: ["name"], mask: "redact" as const },
      ],
    },
  };
  const text = 'zip,price,day,doc,Old,gone,name\n123,1.50,2024-02-29,"{""a"": 1}",5,x,Ann\n';
  expect(read(text, {}, { hints })).toEqual({
    types: { zip: "text", price: "decimal", day: "date", doc: "json", new: "bigint", name: "text" },
    rows: [{ zip: "123", price: "1.5", day: "19782", doc: '{"a":1}', new: "5", name: "***" }],
  });
  expect(read(text, { types: false }, { hints }).types).toEqual({
    zip: "text",
    price: "decimal",
    day: "date",
    doc: "json",
    new: "text",
    name: "text",
  });
});

/** More than a sample of rows whose cells are whole numbers. */
const filler = () => "n,a\n" + "1234567,1\n".repeat(110_000);

test("a cell after the sample that does not fit goes to a variant column, as it stands", () => {
  const text = filler() + "1,2.50\n1,007\n1,n/a\n1,\n";
  const { types, rows } = read(text);
  expect(types).toEqual({ n: "bigint", a: "bigint", a__v_double: "double", a__v_text: "text" });
  expect(rows.slice(-4)).toEqual([
    { n: "1", a__v_double: "2.5" },
    { n: "1", a__v_text: "007" },
    { n: "1", a__v_text: "n/a" },
    { n: "1" },
  ]);
});

test("a column that was text in the sample stays text", () => {
  const { types, rows } = read("n,a\nx,x\n" + "x,01\n".repeat(220_000) + "x,1.50\n");
  expect([types.a, rows.at(-1)!.a]).toEqual(["text", "1.50"]);
});

test("the dataset's columns keep their types", () => {
  const columns = { a: { name: "a", data_type: "text" }, b: { name: "b", data_type: "bigint" } } as const;
  const tables = { t: { name: "t", columns } };
  expect(read("a,b\n1.50,5\n2,6\n", {}, { tables })).toEqual({
    types: { a: "text", b: "bigint" },
    rows: [
      { a: "1.50", b: "5" },
      { a: "2", b: "6" },
    ],
  });
});

test("the dataset's numbers take no digits that would be lost, unless a hint says so", () => {
  const tables = { t: { name: "t", columns: { zip: { name: "zip", data_type: "bigint" } } } } as const;
  const text = "zip\n02139\n90210\n";
  expect(read(text, {}, { tables }).rows).toEqual([{ zip__v_text: "02139" }, { zip: "90210" }]);
  const hints = { t: { columns: [{ path: ["zip"], type: "bigint" }] } };
  expect(read(text, {}, { hints }).rows).toEqual([{ zip: "2139" }, { zip: "90210" }]);
});

test("rows of JSON and of text meet in one table", () => {
  const out = normalise([
    { options: { format: "ndjson" }, chunks: [bytes('{"a":1,"b":"x"}\n')] },
    { options: { format: "csv" }, chunks: [bytes("b,a,c\ny,2,true\n")] },
  ]);
  expect(shown(out)).toEqual({
    types: { a: "bigint", b: "text", c: "bool" },
    rows: [
      { a: "1", b: "x" },
      { a: "2", b: "y", c: "true" },
    ],
  });
});
