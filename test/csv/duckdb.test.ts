// DuckDB's reader as a second opinion: the same cells, of generated files and of real ones.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { read, write, type Cell } from "./table.ts";

const RUNS = process.env.RUNLET_FULL ? 1000 : 100;
const folder = mkdtempSync(join(tmpdir(), "runlet-csv-"));
let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create()).connect();
});
afterAll(() => {
  connection.closeSync();
  rmSync(folder, { recursive: true });
});

/** The rows DuckDB reads, every cell as text, as the engine shows them: nulls left out. */
async function second(path: string, options: string): Promise<Record<string, string>[]> {
  const result = await connection.runAndReadAll(
    `select * from read_csv('${path}', all_varchar = true, header = true, allow_quoted_nulls = false${options})`,
  );
  return result
    .getRowObjects()
    .map((row) =>
      Object.fromEntries(
        Object.entries(row).flatMap(([name, cell]) => (cell === null ? [] : [[name, cell as string]])),
      ),
    );
}

const plain = fc.stringMatching(/^[a-zA-Z0-9 .,;|"'é🚀\n-]{0,20}$/u);
const cell: fc.Arbitrary<Cell> = fc.oneof(
  fc.constant(null),
  fc.constant(""),
  plain,
  fc.constant("x".repeat(70)),
);

test("generated tables", async () => {
  const path = join(folder, "generated.csv");
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat().map(String), cell, cell), { minLength: 1, maxLength: 20 }),
      fc.record({
        delimiter: fc.constantFrom(",", ";", "\t", "|"),
        quote: fc.constantFrom('"', "'"),
        lineEnd: fc.constantFrom("\n", "\r\n"),
        always: fc.boolean(),
        lastLineEnd: fc.boolean(),
      }),
      async (rows, style) => {
        // DuckDB takes a quote behind space for an opening one.
        const quoted = rows.flat().some((value) => value?.includes(style.quote));
        const text = write([["id", "b", "c"], ...rows], { ...style, always: style.always || quoted });
        writeFileSync(path, text);
        const { delimiter, quote } = style;
        const options = `, delim = '${delimiter}', quote = '${quote.replace("'", "''")}', escape = '${quote.replace("'", "''")}', auto_detect = false, columns = {id: 'varchar', b: 'varchar', c: 'varchar'}`;
        expect(read(text, { types: false, delimiter, quote }).rows).toEqual(await second(path, options));
      },
    ),
    { numRuns: RUNS, seed: 21 },
  );
});

const REAL = ["species", "weather"]
  .map((name) => join("../shared/data/vega", `${name}.csv`))
  .filter((path) => existsSync(path));

test.each(["test/data/csv-spectrum/csvs/quotes_and_newlines.csv", ...REAL])("%s", async (path) => {
  const ours = read(readFileSync(path, "utf8"), { types: false }).rows;
  const theirs = await second(path, "");
  expect(ours.length).toBeGreaterThan(1);
  // DuckDB keeps the names as they are written.
  expect(ours.map((row) => Object.values(row))).toEqual(theirs.map((row) => Object.values(row)));
});

test.each([
  ["a;b\nx;y\nz;w\n", ";"],
  ["a|b\nx|y\nz|w\n", "|"],
  ["a\tb\nx y\tz\nq\tr\n", "\t"],
  ["id,note\n1,x; y\n2,z\n", ","],
])("the dialect of %j is %j for both", async (text, delimiter) => {
  const path = join(folder, "dialect.csv");
  writeFileSync(path, text);
  const sniffed = await connection.runAndReadAll(`select Delimiter from sniff_csv('${path}')`);
  expect(sniffed.getRows()[0]![0]).toBe(delimiter);
  expect(read(text).rows).toEqual(read(text, { delimiter }).rows);
});

test("names of columns that stand twice get the same numbers", async () => {
  const path = join(folder, "twice.csv");
  writeFileSync(path, "a,a,a,b\n1,2,3,4\n");
  expect(Object.keys((await second(path, ""))[0]!)).toEqual(Object.keys(read("a,a,a,b\n1,2,3,4\n").types));
});
