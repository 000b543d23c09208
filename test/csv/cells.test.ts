// What stands in the cells, whatever they look like: RFC 4180, and a text written in any style is read as it was.
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bytes, normalise } from "../engine/engine.ts";
import { split } from "../engine/split.ts";
import { cells, read, shown, styles, write, type Cell } from "./table.ts";

const RUNS = process.env.RUNLET_FULL ? 3000 : 300;
const SPECTRUM = "test/data/csv-spectrum";

/** Rows as the engine shows them: no null, and no row without a cell. */
function expected(rows: readonly (readonly Cell[])[]): Record<string, string>[] {
  return rows.map((row) =>
    Object.fromEntries(row.flatMap((cell, i) => (cell === null ? [] : [[`column_${i + 1}`, cell]]))),
  );
}

test("a table is read as it was written, in any style and any split", () => {
  fc.assert(
    fc.property(
      fc
        .integer({ min: 1, max: 6 })
        .chain((width) =>
          fc.array(fc.array(cells, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 12 }),
        ),
      styles,
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 4 }),
      (rows, style, sizes) => {
        // A line with nothing on it is no record.
        const written = rows.map((row) => (row.length === 1 && row[0] === null ? [""] : row));
        const { delimiter, quote } = style;
        const options = { format: "csv", csv: { header: false, types: false, delimiter, quote } } as const;
        const text = write(written, style);
        const out = normalise([{ options, chunks: split(bytes(text), sizes) }]);
        expect(shown(out).rows).toEqual(expected(written));
      },
    ),
    { numRuns: RUNS, seed: 11 },
  );
});

test("names are read like cells", () => {
  const { types } = read('"say ""hi""","two\nlines",plain\n1,2,3\n');
  expect(Object.keys(types)).toEqual(["say_hix", "two_lines", "plain"]);
});

test.each(readdirSync(`${SPECTRUM}/csvs`))("csv-spectrum: %s", (name) => {
  const { rows } = read(readFileSync(`${SPECTRUM}/csvs/${name}`, "utf8"), { types: false });
  const json = JSON.parse(
    readFileSync(`${SPECTRUM}/json/${name.replace("csv", "json")}`, "utf8"),
  ) as object[];
  // There nothing is an empty text; here it is no value.
  const filled = (row: object) => Object.values(row).filter((cell) => cell !== "");
  expect(rows.map(filled)).toEqual(json.map(filled));
});

test.each<[string, string, Record<string, string>[]]>([
  [
    "a last line without its end",
    "a,b\nx,y\nz,w",
    [
      { a: "x", b: "y" },
      { a: "z", b: "w" },
    ],
  ],
  ["a quoted cell at the end", 'a,b\nx,"y"', [{ a: "x", b: "y" }]],
  [
    "a carriage return alone ends lines",
    "a,b\rx,y\rz,w\r",
    [
      { a: "x", b: "y" },
      { a: "z", b: "w" },
    ],
  ],
  ["empty lines are passed over", "\r\n\na,b\n\n\r\nx,y\n\n", [{ a: "x", b: "y" }]],
  ["a byte order mark is none of the name", "\ufeffa,b\nx,y\n", [{ a: "x", b: "y" }]],
  ["before a quoted name, too", '\ufeff"a",b\nx,y\n', [{ a: "x", b: "y" }]],
  ["nothing is no value, quotes with nothing an empty text", 'a,b,c\nx,,""\n', [{ a: "x", c: "" }]],
  ["cells that a short record lacks have no value", "a,b,c\nx\ny,z\n", [{ a: "x" }, { a: "y", b: "z" }]],
  ["a quote inside a plain cell is text", 'a,b\n5" pipe,it"s"\n', [{ a: '5" pipe', b: 'it"s"' }]],
  ["space around cells is kept", "a,b\n x , y\n", [{ a: " x ", b: " y" }]],
])("%s", (_, text, rows) => {
  expect(read(text, { types: false, delimiter: "," }).rows).toEqual(rows);
});

test("a text without records makes no rows", () => {
  for (const text of ["", "\n", "\ufeff", "a,b", "a,b\n"]) expect(read(text).rows).toEqual([]);
});

test("names of columns", () => {
  const names = (text: string, csv = {}) => Object.keys(read(text, csv).types);
  expect(names("id,OrderDate,a b,é\n1,2,3,4\n")).toEqual(["id", "order_date", "a_b", "x"]);
  // The next free number, as DuckDB does; also where names only meet in their normal form.
  expect(names("a,a,A,a_1\n1,2,3,4\n")).toEqual(["a", "a_1", "a_2", "a_1_1"]);
  expect(names("a,,c,\n1,2,3,4\n")).toEqual(["a", "column_2", "c", "column_4"]);
  expect(names("1,2\n", { header: false })).toEqual(["column_1", "column_2"]);
  expect(names("1,2\n", { columns: ["x", "Y z"] })).toEqual(["x", "y_z"]);
  expect(read("a,b\n1,2\n", { columns: ["x", "y"], header: true }).rows).toEqual([{ x: "1", y: "2" }]);
  expect(read("# made by hand\n# twice\na,b\n1,2\n", { skipRows: 2 }).rows).toEqual([{ a: "1", b: "2" }]);
});
