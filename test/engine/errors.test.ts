import { expect, test } from "vitest";
import type { EngineConfig, InputOptions } from "../../core/binding/contract.ts";
import { RunletError } from "../../core/errors.ts";
import { Collector } from "./collect.ts";
import { bytes, normalise, normaliseText, open } from "./engine.ts";
import { split } from "./split.ts";

function failure(
  text: string | Uint8Array,
  options?: InputOptions,
  config?: Partial<EngineConfig>,
  sizes?: number[],
) {
  try {
    const data = typeof text === "string" ? bytes(text) : text;
    normalise([{ chunks: split(data, sizes), ...(options ? { options } : {}) }], config);
  } catch (error) {
    if (error instanceof RunletError) return error;
    throw error;
  }
  throw new Error("no error");
}

test.each<[string, string, InputOptions, object]>([
  ["a bad line", '{"a":1}\n{"a":x}\n', { format: "ndjson" }, { record: 2, line: 2, offset: 13 }],
  [
    "blank lines count as lines, not as records",
    '\n{"a":1}\n\n{"a":x}\n',
    { format: "ndjson" },
    { record: 2, line: 4, offset: 15 },
  ],
  ["a bad element of a list", '[{"a":1},\n{"a":x}]', { format: "json" }, { record: 2, line: 2, offset: 15 }],
  ["a truncated document", '[{"a":1},{"a":', { format: "json" }, { record: 2, line: 1 }],
])("%s is told with record, line and offset", (_, text, options, where) => {
  for (const sizes of [[1000], [1]]) {
    const error = failure(text, options, {}, sizes);
    expect(error.code).toBe("SOURCE_NOT_JSON");
    expect(error.where).toMatchObject({ ...where, table: "t" });
    expect(error.where.excerpt).toContain('"a"');
    expect(error.message).toMatch(/record/);
  }
});

test("bytes that are no UTF-8 are told", () => {
  const data = Uint8Array.of(...bytes('{"a":1}\n{"a":"b'), 0xff, ...bytes('"}\n'));
  const error = failure(data, { format: "ndjson" });
  expect(error.code).toBe("SOURCE_NOT_UTF8");
  expect(error.where).toMatchObject({ record: 2, line: 2, offset: 15 });
});

test.each<[string, number[]]>([
  ["an overlong slash", [0xc0, 0xaf]],
  ["a surrogate", [0xed, 0xa0, 0x80]],
  ["beyond U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
  ["a lone continuation", [0x80]],
  ["a cut sequence", [0xe2, 0x82]],
  ["five bytes", [0xf8, 0x88, 0x80, 0x80, 0x80]],
])("%s is no UTF-8, in a value, a key, and at the end of the input", (_, bad) => {
  for (const text of ['{"a":"%"}', '{"%":1}', '{"a":"%']) {
    for (const pad of [0, 1, 15, 16, 17, 40]) {
      const [before, after] = text.split("%") as [string, string];
      const data = Uint8Array.of(...bytes(" ".repeat(pad) + before), ...bad, ...bytes(after));
      for (const sizes of [[1000], [1]]) {
        const { code } = failure(data, { format: "json" }, {}, sizes);
        if (after !== "") expect(code).toBe("SOURCE_NOT_UTF8");
        else expect(["SOURCE_NOT_UTF8", "SOURCE_NOT_JSON"]).toContain(code);
      }
    }
  }
});

test("records before the bad one are whole, and nothing of the bad one stays", () => {
  const engine = open();
  const collected = new Collector(engine);
  const input = engine.input("t", 0, { format: "ndjson" });
  expect(() =>
    engine.push(
      input,
      bytes('{"a":1,"l":[1]}\n{"a":2,"l":[1,2],"new":1,"k":[3],"o":{"n":null},"m":null,x}\n'),
    ),
  ).toThrow(RunletError);
  engine.abort(input);
  const out = collected.finish([]);
  engine.close();
  expect(out.schema.rows).toEqual({ t: 1, t__l: 1 });
  expect([...out.tables.get("t")!.columns.keys()]).toEqual(["a"]);
  expect([...out.tables.get("t")!.pending]).toEqual([]);
  expect(out.tables.has("t__k")).toBe(false);
});

test.each<[string, string, InputOptions, Partial<EngineConfig>, string]>([
  [
    "depth",
    `${"[".repeat(40)}${"]".repeat(40)}`,
    { format: "json" },
    { limits: { depth: 20 } },
    "LIMIT_DEPTH",
  ],
  ["depth by default", "[".repeat(100_000), { format: "json" }, {}, "LIMIT_DEPTH"],
  [
    "record size",
    `{"a":"${"x".repeat(5000)}"}`,
    { format: "ndjson" },
    { limits: { recordBytes: 1000 } },
    "LIMIT_RECORD",
  ],
  [
    "record size without an end",
    `{"a":"${"x".repeat(5000)}`,
    { format: "ndjson" },
    { limits: { recordBytes: 1000 } },
    "LIMIT_RECORD",
  ],
  [
    "columns",
    `{${Array.from({ length: 60 }, (_, i) => `"c${i}":1`).join()}}`,
    { format: "ndjson" },
    { limits: { columns: 50 } },
    "LIMIT_COLUMNS",
  ],
  [
    "tables",
    `{${Array.from({ length: 60 }, (_, i) => `"c${i}":[1]`).join()}}`,
    { format: "ndjson" },
    { limits: { tables: 50 } },
    "LIMIT_TABLES",
  ],
])("the limit on %s is a typed error", (_, text, options, config, code) => {
  expect(failure(text, options, config).code).toBe(code);
  expect(failure(text, options, config, [97]).code).toBe(code);
});

test("what is within the limits passes", () => {
  const at20 = `{"a":${"[".repeat(19)}1${"]".repeat(19)}}`;
  expect(normaliseText(at20, { format: "json" }, { limits: { depth: 20 } }).summaries[0]!.records).toBe(1);
  expect(
    normaliseText(`{"a":"${"x".repeat(900)}"}`, {}, { limits: { recordBytes: 1000 } }).summaries[0]!.records,
  ).toBe(1);
});

test("bad records are set aside with their facts and the load goes on", () => {
  const text = '{"a":1}\nnonsense\n{"a":2,"l":[1,{"x":2}]}\n{"a":3,"l":[1,\n\n{"a":4}\n';
  for (const sizes of [[1000], [1], [3, 11]]) {
    const out = normalise([{ options: { format: "ndjson" }, chunks: split(bytes(text), sizes) }], {
      onBadRecord: "quarantine",
    });
    expect(out.tables.get("t")!.rows.map((row) => row.get("a"))).toEqual(["1", "2", "4"]);
    expect(out.tables.get("t__l")!.rows.length).toBe(2);
    expect(out.summaries[0]).toMatchObject({ records: 3, rejected: 2 });
    const rejects = out.tables.get("_runlet_rejects")!.rows.map((row) => Object.fromEntries(row));
    expect(rejects.length).toBe(2);
    expect(rejects[0]).toMatchObject({
      table_name: "t",
      code: "SOURCE_NOT_JSON",
      record_number: "2",
      byte_offset: "8",
      line: "2",
    });
    expect(rejects[0]!.excerpt).toContain("nonsense");
    expect(rejects[1]).toMatchObject({ record_number: "4", line: "4" });
  }
});

test("a record with bytes that are no UTF-8 is set aside, too", () => {
  const data = Uint8Array.of(...bytes('{"a":1}\n{"a":"'), 0xff, ...bytes('"}\n{"a":3}\n'));
  const out = normalise([{ options: { format: "ndjson" }, chunks: [data] }], { onBadRecord: "quarantine" });
  expect(out.tables.get("t")!.rows.map((row) => row.get("a"))).toEqual(["1", "3"]);
  expect(out.tables.get("_runlet_rejects")!.rows.map((row) => row.get("code"))).toEqual(["SOURCE_NOT_UTF8"]);
});

test("rolling back does not disturb the rows around", () => {
  const good = (i: number) =>
    `{"a":${i},"s":"row ${i}","o":{"p":${i}.5},"l":[{"k":${i}},{"k":null,"m":[1,2]}]}`;
  const bad = '{"a":"x","s":1,"z":{"q":true},"l":[{"k":"v"},{"m":[[1]]}],"o":[1],"n":[{}],';
  const lines = Array.from({ length: 300 }, (_, i) => (i % 3 === 1 ? bad : good(i)));
  const only = normaliseText(lines.filter((line) => line !== bad).join("\n"), { format: "ndjson" });
  const mixed = normaliseText(lines.join("\n"), { format: "ndjson" }, { onBadRecord: "quarantine" });
  const plain = (out: typeof only) =>
    [...out.tables.values()]
      .filter((table) => table.name !== "_runlet_rejects")
      .map((table) => [
        table.name,
        [...table.columns].map(([name, c]) => [name, c.type]),
        table.rows.map((row) => [...row].filter(([name]) => !/_dlt_(parent_)?id/.test(name))),
      ]);
  expect(plain(mixed)).toEqual(plain(only));
  expect(mixed.summaries[0]).toMatchObject({ records: 200, rejected: 100 });
});

test("a defect in the use of the engine is an error, too", () => {
  const engine = open();
  const input = engine.input("t", 0);
  engine.end(input);
  expect(() => engine.push(input, bytes("{}"))).toThrow(RunletError);
  expect(() => engine.push(99, bytes("{}"))).toThrow(RunletError);
  engine.close();
});

test.each([
  ["a string with a control character", (n: number) => `{"a":"${"é\\n".repeat(n)}\u0001"}`],
  ["a string with a bad escape", (n: number) => `{"a":"${"é\\n".repeat(n)}\\x"}`],
  ["a key after a long string", (n: number) => `{"a":"${"é\\n".repeat(n)}",x}`],
  ["a json column cut short", (n: number) => `{"a":"x","j":[${"1.5,".repeat(n)}]}`],
])("%s leaves nothing behind when it is set aside", (_, bad) => {
  for (let n = 1; n < 3000; n = n * 2 + 1) {
    const text = `{"a":"first","j":[1]}\n${bad(n)}\n{"a":"second","j":[2]}\n`;
    const out = normaliseText(text, { format: "ndjson" }, { onBadRecord: "quarantine", maxTableNesting: 0 });
    const rows = out.tables.get("t")!.rows;
    expect(rows.map((row) => [row.get("a"), row.get("j")])).toEqual([
      ["first", "[1]"],
      ["second", "[2]"],
    ]);
  }
});

test.each<[string, object, string]>([
  ["a seed that is a number", { seed: 1 }, "seed"],
  ["an empty seed", { seed: "" }, "seed"],
  ["a seed with a sign", { seed: "-1" }, "seed"],
  ["a seed in hexadecimal", { seed: "0x1f" }, "seed"],
  ["a seed of more than 64 bits", { seed: "18446744073709551616" }, "seed"],
  ["an unknown mask", { hints: { t: { columns: [{ path: ["a"], mask: "sha1" }] } } }, "mask"],
  ["a mask that is no text", { hints: { t: { columns: [{ path: ["a"], mask: true }] } } }, "mask"],
  ["an hmac without a key", { hints: { t: { columns: [{ path: ["a"], mask: "hmac" }] } } }, "maskKey"],
  [
    "an hmac whose key is empty",
    { hints: { t: { columns: [{ path: ["a"], mask: "hmac", maskKey: "" }] } } },
    "maskKey",
  ],
])("%s is refused", (_, config, said) => {
  const error = failure("{}", {}, config as Partial<EngineConfig>);
  expect(error.code).toBe("CONFIG_INVALID");
  expect(error.message).toContain(said);
});

test("the largest seed is taken", () => {
  expect(normalise([{ chunks: [bytes("{}")] }], { seed: "18446744073709551615" }).tables.size).toBe(1);
});

test.each(["xml", "JSON", "", 1, null])("the format %o is refused, and the next input is not", (format) => {
  const engine = open();
  const refused = () => engine.input("t", 0, { format } as unknown as InputOptions);
  for (let time = 0; time < 2; time++)
    expect(refused).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  engine.push(engine.input("t", 0, { format: "auto" }), bytes("{}"));
  engine.close();
});
