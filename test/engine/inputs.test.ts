import { expect, test } from "vitest";
import type { InputOptions } from "../../core/binding/contract.ts";
import { Collector } from "./collect.ts";
import { bytes, normalise, normaliseText, open } from "./engine.ts";
import type { EngineOutput } from "./collect.ts";

function rows(out: EngineOutput, table = "t"): Record<string, string>[] {
  return out.tables
    .get(table)!
    .rows.map((row) => Object.fromEntries([...row].filter(([name]) => !name.startsWith("_dlt_"))));
}

test("interleaved inputs keep their own records, in the order these are completed", () => {
  const engine = open();
  const collected = new Collector(engine);
  const [one, two] = [engine.input("t", 0), engine.input("t", 1)];
  engine.push(one, bytes('{"a":1}\n{"a":'));
  engine.push(two, bytes('{"a":10}\n{"a":1'));
  engine.push(one, bytes("2}\n"));
  engine.push(two, bytes("1}\n"));
  const summaries = [engine.end(one), engine.end(two)];
  const out = collected.finish(summaries);
  engine.close();
  expect(rows(out)).toEqual([{ a: "1" }, { a: "10" }, { a: "2" }, { a: "11" }]);
  expect(summaries.map((s) => s.records)).toEqual([2, 2]);
  const ids = out.tables.get("t")!.rows.map((row) => row.get("_dlt_id"));
  expect(new Set(ids).size).toBe(4);
});

test("ids depend on the input's ordinal and the record's place, not on what else runs", () => {
  const alone = normalise([{ ordinal: 3, chunks: [bytes('{"a":1}\n{"a":2}\n')] }]);
  const beside = normalise([
    { ordinal: 2, chunks: [bytes('{"a":9}\n')] },
    { ordinal: 3, chunks: [bytes('{"a":1}\n{"a":2}\n')] },
  ]);
  const ids = (out: EngineOutput) => out.tables.get("t")!.rows.map((row) => row.get("_dlt_id"));
  expect(ids(beside).slice(1)).toEqual(ids(alone));
});

test("an aborted input leaves its whole records and nothing of the broken one", () => {
  const engine = open();
  const collected = new Collector(engine);
  const input = engine.input("t", 0);
  engine.push(input, bytes('{"a":1,"l":[1]}\n{"a":2,"l":[1,2,'));
  engine.abort(input);
  const out = collected.finish([]);
  engine.close();
  expect(rows(out)).toEqual([{ a: "1" }]);
  expect(rows(out, "t__l")).toEqual([{ value: "1" }]);
});

test("text is pushed as bytes are", () => {
  const engine = open();
  const collected = new Collector(engine);
  const input = engine.input("t", 0);
  expect(engine.pushText(input, '{"a":"é🚀"}\n{"a":"')).toBe(1);
  engine.pushText(input, 'x"}');
  const out = collected.finish([engine.end(input)]);
  engine.close();
  expect(rows(out)).toEqual([{ a: "é🚀" }, { a: "x" }]);
});

test.each<[string, InputOptions["records"], string, Record<string, string>[]]>([
  [
    "a list in an object",
    ["data", "items"],
    '{"n":1,"data":{"items":[{"a":1},{"a":2}],"x":[{"a":3}]}}',
    [{ a: "1" }, { a: "2" }],
  ],
  [
    "lists in a list",
    ["payload", null, "rows"],
    '{"payload":[{"rows":[{"a":1}]},{},{"rows":[{"a":2},{"a":3}]}]}',
    [{ a: "1" }, { a: "2" }, { a: "3" }],
  ],
  ["an object", ["data"], '{"data":{"a":1}}', [{ a: "1" }]],
  ["scalars", ["ids"], '{"ids":[1,2]}', [{ value: "1" }, { value: "2" }]],
  ["a whole document that is a list", [], '[{"a":1},{"a":2}]', [{ a: "1" }, { a: "2" }]],
  ["an empty list", ["data"], '{"data":[]}', []],
])("records selects %s", (_, records, text, expected) => {
  const out = normaliseText(text, { format: "json", records });
  expect(out.tables.get("t") ? rows(out) : []).toEqual(expected);
  expect(out.summaries[0]).toMatchObject({ records: expected.length, matched: true, bytes: text.length });
});

test("a selector that leads nowhere is told, not thrown", () => {
  const out = normaliseText('{"message":"rate limit"}', { format: "json", records: ["data", "items"] });
  expect(out.summaries[0]).toMatchObject({ records: 0, matched: false });
});

test("captured values come back as JSON text", () => {
  const text = '{"next":"/p/2","meta":{"total":12,"deep":[1]},"items":[{"id":1,"o":{"n":"x"}},{"id":"b"}]}';
  const out = normaliseText(text, {
    format: "json",
    records: ["items"],
    capture: { document: [["next"], ["meta", "total"], ["none"]], record: [["id"], ["o", "n"]] },
  });
  expect(out.summaries[0]).toMatchObject({
    document: ['"/p/2"', "12", null],
    record: [
      ["1", '"x"'],
      ['"b"', null],
    ],
  });
});

test("document values are captured behind the records, too", () => {
  const out = normaliseText('{"items":[{"id":1}],"paging":{"cursor":null,"more":true}}', {
    format: "json",
    records: ["items"],
    capture: {
      document: [
        ["paging", "cursor"],
        ["paging", "more"],
      ],
    },
  });
  expect(out.summaries[0]!.document.map((value) => value ?? "null")).toEqual(["null", "true"]);
});

test("constants become columns of every record", () => {
  const out = normaliseText('{"a":1}\n{"a":2}', { constants: { fullName: '"x/y"', repoId: "7" } });
  expect(rows(out)).toEqual([
    { a: "1", full_name: "x/y", repo_id: "7" },
    { a: "2", full_name: "x/y", repo_id: "7" },
  ]);
});

// dlt includes fields of the parent by `child_record.update(parent_record)`: the parent's value stands.
test.each<[string, string, Record<string, string>, Record<string, string>[]]>([
  [
    "of the same key",
    '{"id":1,"_p":9}\n{"id":2}',
    { _p: "7" },
    [
      { id: "1", _p: "7" },
      { id: "2", _p: "7" },
    ],
  ],
  [
    "of another type",
    '{"id":1,"_p":"x"}\n{"id":2,"_p":true}',
    { _p: "7" },
    [
      { id: "1", _p: "7" },
      { id: "2", _p: "7" },
    ],
  ],
  ["with an escape in its key", '{"\\u005fp":9,"id":1}', { _p: "7" }, [{ id: "1", _p: "7" }]],
  ["an object", '{"id":1,"_p":{"a":1}}', { _p: "7" }, [{ id: "1", _p: "7" }]],
  ["a list", '{"id":1,"_p":[1,2]}', { _p: "7" }, [{ id: "1", _p: "7" }]],
  ["where the constant is an object", '{"id":1,"_p":9}', { _p: '{"a":8}' }, [{ id: "1", _p__a: "8" }]],
  ["where the constant is null", '{"_p":9,"id":1}', { _p: "null" }, [{ id: "1" }]],
  [
    "of a key that becomes the same name",
    '{"id":1,"FullName":9}',
    { "full name": "7" },
    [{ id: "1", full_name: "7" }],
  ],
  ["standing twice itself", '{"_p":1,"id":1,"_p":2,"id":3}', { _p: "7" }, [{ id: "3", _p: "7" }]],
  ["in an empty rest", '{"_p":1}', { _p: "7" }, [{ _p: "7" }]],
  ["of elements", "5\n6", { value: "7" }, [{ value: "7" }, { value: "7" }]],
])("a constant takes the place of a value of the record: %s", (_, text, constants, expected) => {
  const out = normaliseText(text, { format: "ndjson", constants });
  expect(rows(out)).toEqual(expected);
  expect([...out.tables.keys()]).toEqual(["t"]);
});

test("a constant takes the place of a column of comma-separated text, of its type too", () => {
  const text = "id,_p,Full Name\n1,x,2024-01-01T00:00:00Z\n2,,y\n";
  const out = normaliseText(text, { format: "csv", constants: { _p: "7", "Full Name": '"n"' } });
  expect(rows(out)).toEqual([
    { id: "1", _p: "7", full_name: "n" },
    { id: "2", _p: "7", full_name: "n" },
  ]);
});

test("a record in which a key stands twice and that breaks later is set aside, constants or not", () => {
  const engine = open({ onBadRecord: "quarantine" });
  const collected = new Collector(engine);
  const input = engine.input("t", 0, { format: "ndjson", constants: { _p: "7" } });
  engine.push(input, bytes('{"_p":1,"id":1}\n{"_p":1,"id":1,"_p":2,"id":}\n{"id":2}\n'));
  const out = collected.finish([engine.end(input)]);
  engine.close();
  expect(rows(out)).toEqual([
    { id: "1", _p: "7" },
    { id: "2", _p: "7" },
  ]);
  expect(out.summaries[0]!.rejected).toBe(1);
});

test("route names the table of each record", () => {
  const text = '{"type":"PushEvent","a":1,"l":[1]}\n{"type":"Watch","b":2}\n{"type":"PushEvent","a":3}\n';
  const out = normaliseText(text, { route: ["type"] });
  expect(rows(out, "push_event")).toEqual([
    { type: "PushEvent", a: "1" },
    { type: "PushEvent", a: "3" },
  ]);
  expect(rows(out, "watch")).toEqual([{ type: "Watch", b: "2" }]);
  expect(rows(out, "push_event__l")).toEqual([{ value: "1" }]);
  expect(out.tables.get("push_event__l")!.parent).toBe("push_event");
});

test.each<[string, string, InputOptions["format"], number]>([
  ["nothing", "", "ndjson", 0],
  ["nothing, detected", "", "auto", 0],
  ["blank lines", "\n \r\n\t\n", "ndjson", 0],
  ["a byte order mark", '\ufeff{"a":1}', "ndjson", 1],
  ["only a byte order mark", "\ufeff", "ndjson", 0],
  ["CRLF", '{"a":1}\r\n{"a":2}\r\n', "ndjson", 2],
  ["no newline at the end", '{"a":1}\n{"a":2}', "ndjson", 2],
  ["blank lines between", '\n\n{"a":1}\n\n \n{"a":2}\n\n', "ndjson", 2],
  ["scalars and lists on lines", '1\n"x"\n[1,2]\nnull\n', "ndjson", 4],
  ["a pretty-printed document", '{\n "a": 1\n}\n', "auto", 1],
  ["a document on one line", '{"a": 1}\n', "auto", 1],
  ["a list over several lines", '[\n{"a": 1},\n{"a": 2}\n]', "auto", 2],
  ["a list of nothing", "[]", "json", 0],
])("%s is accepted", (_, text, format, records) => {
  const out = normaliseText(text, { format });
  expect(out.summaries[0]!.records).toBe(records);
  expect(out.schema.rows["t"] ?? 0).toBe(records);
});

// What newline-delimited JSON allows beyond RFC 8259 is the list above; this is what it does not.
test.each([
  ["two values on a line", '{"a":1}{"a":2}\n'],
  ["two values on a line, spaced", '{"a":1} {"a":2}\n'],
  ["a value over two lines", '{"a":\n1}\n'],
  ["a comma between records", '{"a":1},\n{"a":2}\n'],
  ["a byte order mark later on", '{"a":1}\n\ufeff{"a":2}\n'],
  ["a comment", '{"a":1} // x\n'],
  ["an unfinished record at the end", '{"a":1}\n{"a":'],
  ["a NUL", '{"a":1}\n\u0000\n'],
  ["a form feed between records", '{"a":1}\n\f\n{"a":2}'],
  ["RS of json-seq", '\u001e{"a":1}\n'],
])("%s is refused in newline-delimited JSON", (_, text) => {
  expect(() => normaliseText(text, { format: "ndjson" })).toThrow(
    expect.objectContaining({ code: "SOURCE_NOT_JSON" }),
  );
});
