// What is wrong with a record is said with its place; the others can be kept.
import { expect, test } from "vitest";
import { RunletError } from "../../core/errors.ts";
import { bytes, normalise, normaliseText } from "../engine/engine.ts";
import { split } from "../engine/split.ts";
import { read, shown } from "./table.ts";

function refusal(text: string | Uint8Array, config = {}): RunletError {
  const data = typeof text === "string" ? bytes(text) : text;
  try {
    normalise([{ options: { format: "csv" }, chunks: [data] }], config);
  } catch (error) {
    return error as RunletError;
  }
  throw new Error("nothing was refused");
}

test.each<[string, string, string, object]>([
  [
    "more cells than columns",
    "a,b\n1,2\n1,2,3\n",
    "SOURCE_NOT_CSV",
    { record: 2, line: 3, offset: 11, excerpt: "1,2,3" },
  ],
  [
    "text after a closing quote",
    'a,b\n"1"x,2\n',
    "SOURCE_NOT_CSV",
    { record: 1, line: 2, offset: 7, excerpt: '"1"x,2' },
  ],
  [
    "a quoted cell is not closed",
    'a,b\n1,"2\n3,4\n',
    "SOURCE_NOT_CSV",
    { record: 1, line: 2, offset: 6, excerpt: '1,"2' },
  ],
  ["a quoted cell is not closed", 'a,"b\n1,2\n', "SOURCE_NOT_CSV", { record: 1, line: 1, offset: 2 }],
])("%s: %j", (message, text, code, where) => {
  const error = refusal(text);
  expect(error.code).toBe(code);
  expect(error.message).toContain(message);
  expect(error.where).toMatchObject(where);
});

test("invalid UTF-8 is refused with its place", () => {
  const error = refusal(Uint8Array.of(...bytes("a,b\nx,y\nz,"), 0xff, 0x0a));
  expect(error.code).toBe("SOURCE_NOT_UTF8");
  expect(error.where).toMatchObject({ record: 2, line: 3, offset: 10 });
});

test("lines are counted inside quotes and with any line end", () => {
  expect(refusal('a,b\r\n"x\r\ny\r\n",1\r\n\r\n1,2,3\r\n').where.line).toBe(6);
  expect(refusal("a,b\r1,2\r\r1,2,3\r").where.line).toBe(4);
});

test("a record is limited in size", () => {
  const limits = { recordBytes: 100 };
  const long = `a,b\nx,${"y".repeat(100)}\n`;
  expect(refusal(long, { limits }).code).toBe("LIMIT_RECORD");
  expect(() => read(`a,b\nx,${"y".repeat(90)}\n`, {}, { limits })).not.toThrow();
});

test("no text of the record is shown where a column is masked", () => {
  const hints = { t: { columns: [{ path: ["a"], mask: "redact" as const }] } };
  expect(refusal("a,b\nsecret,2,3\n", { hints }).where.excerpt).toBeUndefined();
});

const BAD = ["a,b", "1,x", "1,2,3", '"2"y,"z\nz"', "3,x", ',,,"', 'x,y"', "4,x", '5,"never'].join("\n");

test("bad records are set aside, the others kept, in any split", () => {
  for (const size of [1, 2, 3, 7, 1000]) {
    const chunks = split(bytes(BAD), [size]);
    const out = normalise([{ options: { format: "csv" }, chunks }], { onBadRecord: "quarantine" });
    expect(shown(out).rows).toEqual([
      { a: "1", b: "x" },
      { a: "3", b: "x" },
      { a: "4", b: "x" },
    ]);
    const rejects = shown(out, "_runlet_rejects").rows.map(({ line, record_number, message }) => [
      line,
      record_number,
      message!.replace(/ \(.*/, ""),
    ]);
    expect(rejects).toEqual([
      ["3", "2", "more cells than columns"],
      ["4", "3", "text after a closing quote"],
      ["7", "5", "more cells than columns"],
      ["10", "7", "a quoted cell is not closed"],
    ]);
    expect(out.summaries[0]).toMatchObject({ records: 3, rejected: 4, bytes: BAD.length });
  }
});

test("a record that is too large is passed over to its end, in any split", () => {
  const limits = { recordBytes: 64 };
  const text = `a,b\n1,x\n2,"${'long ""\n'.repeat(40)}"\n3,y\n`;
  for (const size of [1, 5, 50, 5000]) {
    const chunks = split(bytes(text), [size]);
    const out = normalise([{ options: { format: "csv" }, chunks }], { limits, onBadRecord: "quarantine" });
    expect(shown(out).rows).toEqual([
      { a: "1", b: "x" },
      { a: "3", b: "y" },
    ]);
    expect(shown(out, "_runlet_rejects").rows.map((row) => row.code)).toEqual(["LIMIT_RECORD"]);
  }
});

test("a null in a key is refused", () => {
  const hints = { t: { columns: [{ path: ["id"], primaryKey: true }] } };
  expect(refusal("id,b\n1,x\n,y\n", { hints }).code).toBe("NULL_IN_KEY");
  expect(refusal("b\nx\n", { hints }).code).toBe("NULL_IN_KEY");
});

test("columns are limited in number", () => {
  const wide = Array.from({ length: 30 }, (_, i) => `c${i}`).join();
  expect(refusal(`${wide}\n${wide}\n`, { limits: { columns: 20 } }).code).toBe("LIMIT_COLUMNS");
});

test("limit, constants, captures and routes are as for JSON", () => {
  const out = normaliseText("id,kind,n\n1,x,5\n2,y,\n3,x,7\n", {
    format: "csv",
    limit: 2,
    constants: { from: '"here"' },
    capture: { record: [["id"], ["kind"], ["n"], ["none"]] },
  });
  expect(shown(out).rows).toEqual([
    { id: "1", kind: "x", n: "5", from: "here" },
    { id: "2", kind: "y", from: "here" },
  ]);
  expect(out.summaries[0]!.record).toEqual([
    ["1", '"x"', "5", null],
    ["2", '"y"', "null", null],
  ]);
  expect(out.summaries[0]!.limitReached).toBe(true);
  const routed = normaliseText("id,kind\n1,x\n2,y\n3,\n4,x\n", { format: "csv", route: ["kind"] });
  const ids = (table: string) => shown(routed, table).rows.map((row) => row.id);
  expect([ids("x"), ids("y"), ids("t")]).toEqual([["1", "4"], ["2"], ["3"]]);
});

test("the data may bring their ids", () => {
  const out = normaliseText("_dlt_id,a\nfirst,1\n,2\n", { format: "csv" });
  const [one, two] = out.tables.get("t")!.rows.map((row) => row.get("_dlt_id"));
  expect(one).toBe("first");
  expect(two).toHaveLength(14);
});
