import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type {
  CursorConfig,
  CursorState,
  EngineConfig,
  InputOptions,
  InputSummary,
} from "../../core/binding/contract.ts";
import { Collector } from "./collect.ts";
import { bytes, normalise, normaliseText, open } from "./engine.ts";

// What a cursor lets into the tables, and what it has come to. Hashes are dlt 1.31's (`digest_dedup_value`).

interface Outcome {
  /** The column `n` of the rows. */
  taken: (string | undefined)[];
  state: CursorState;
  summary: InputSummary;
}

function through(
  text: string,
  cursor: Partial<CursorConfig>,
  options: InputOptions = {},
  config: Partial<EngineConfig> = {},
): Outcome {
  const cursors = { c: { path: ["at"], ...cursor } };
  const out = normaliseText(text, { ...options, cursor: "c" }, { ...config, cursors });
  return {
    taken: (out.tables.get("t")?.rows ?? []).map((row) => row.get("n")),
    state: out.schema.cursors!["c"]!,
    summary: out.summaries[0]!,
  };
}

/** Records with n from 0 and these values, as JSON text. */
const records = (...values: string[]) => values.map((at, n) => `{"n":${n},"at":${at}}`).join("\n");

const hash = (json: string, length = 9) =>
  createHash("shake128", { outputLength: length }).update(json).digest("base64");

describe("values in their order", () => {
  test.each<[string, string[], string]>([
    ["integers", ["9", "10", "-3"], "10"],
    ["64 bits", ["9223372036854775806", "9223372036854775807", "9223372036854775805"], "9223372036854775807"],
    ["beyond 64 bits", ["9223372036854775807", "9223372036854775808"], "9223372036854775808"],
    ["hundred digits", [`1${"0".repeat(99)}`, `9${"0".repeat(98)}`], `1${"0".repeat(99)}`],
    ["far below zero", [`-1${"0".repeat(99)}`, `-9${"0".repeat(98)}`, "-1e98"], "-1e98"],
    ["doubles", ["0.1", "0.30000000000000004", "0.3"], "0.30000000000000004"],
    ["a double and an integer", ["2", "2.5", "1e0"], "2.5"],
    // 2^53 + 1 is no double: 9007199254740992.0 is below it.
    ["an integer that no double holds", ["9007199254740992.0", "9007199254740993"], "9007199254740993"],
    [
      "2^63 and the integer below it",
      ["9223372036854775807", "9223372036854775808.0"],
      "9223372036854775808.0",
    ],
    ["booleans", ["false", "true", "false"], "true"],
    ["booleans and numbers", ["true", "2", "false"], "2"],
    ["texts", ['"b"', '"a"', '"Z"', '"ba"'], '"ba"'],
    // UTF-16 would have the emoji, a pair of surrogates, below U+FF5E.
    ["texts by code points", ['"\u{1f680}"', '"\uff5e"'], '"\u{1f680}"'],
    ["escapes by what they say", ['"\\u0062"', '"a\\/"', '"\\ud83d\\ude80"'], '"\u{1f680}"'],
    ["digits as text", ['"9"', '"10"'], '"9"'],
    ["an empty text", ['""', '" "'], '" "'],
  ])("%s: %j", (_, values, last) => {
    expect(through(records(...values), {}).state.last).toBe(last);
    expect(through(records(...values.toReversed()), {}).state.last).toBe(last);
  });

  test("the smallest is the last with order min", () => {
    const { state, taken } = through(records("5", "3", "4", "9"), { order: "min", start: "5" });
    expect(state.last).toBe("3");
    expect(taken).toEqual(["0", "1", "2"]);
  });

  test("equal numbers of other forms are at one boundary", () => {
    const { state } = through(records("1", "1.0", "true", "1e0"), {});
    expect(state.last).toBe("1");
    expect(state.hashes).toHaveLength(4);
  });

  test.each([
    ["a text among numbers", records("1", '"2"')],
    ["a number among texts", records('"1"', "2")],
    ["a list", records("[1]")],
    ["an object", records('{"a":1}')],
  ])("%s is refused, and says where", (_, text) => {
    expect(() => through(text, {})).toThrow(
      expect.objectContaining({
        code: "CURSOR_INVALID",
        where: expect.objectContaining({ record: text.includes("\n") ? 2 : 1 }),
      }),
    );
  });

  test("a text at a start that is a number is refused, and at an end", () => {
    const refused = expect.objectContaining({ code: "CURSOR_INVALID" });
    expect(() => through(records('"1"'), { start: "1" })).toThrow(refused);
    expect(() => through(records('"1"'), { start: '"0"', end: "1" })).toThrow(refused);
  });
});

describe("a record without the value", () => {
  const text = `{"n":0}\n{"n":1,"at":null}\n{"n":2,"at":7}\n{"n":3,"at":{"x":1}}`.split("\n");
  const some = text.slice(0, 3).join("\n");

  test.each([
    ["raise", text[0]!],
    ["raise", text[1]!],
  ] as const)("%s: %s", (onMissing, record) => {
    expect(() => through(record, { onMissing })).toThrow(expect.objectContaining({ code: "CURSOR_INVALID" }));
    expect(() => through(record, {})).toThrow(expect.objectContaining({ code: "CURSOR_INVALID" }));
  });

  test("is included, or excluded, and moves nothing", () => {
    const included = through(some, { onMissing: "include" });
    expect(included.taken).toEqual(["0", "1", "2"]);
    expect(included.state).toMatchObject({ last: "7", hashes: [hash('{"at":7,"n":2}')] });
    const excluded = through(some, { onMissing: "exclude", start: "8" });
    expect(excluded).toMatchObject({
      taken: [],
      summary: { records: 0, cursor: { left: 3, pastStart: true } },
    });
    expect(excluded.state).toEqual({ last: "8", hashes: [] });
  });

  test("within a value that is no object has none", () => {
    expect(through(`{"n":0,"at":5}`, { path: ["at", "deep"], onMissing: "exclude" }).taken).toEqual([]);
  });
});

describe("where a window begins and ends", () => {
  const text = records("1", "2", "3", "4");

  test.each<[Partial<CursorConfig>, string[]]>([
    [{}, ["0", "1", "2", "3"]],
    [{ start: "2" }, ["1", "2", "3"]],
    [{ start: "2", openStart: true }, ["2", "3"]],
    [{ start: "2", end: "4" }, ["1", "2"]],
    [{ start: "2", end: "4", closedEnd: true }, ["1", "2", "3"]],
    [{ start: "2", end: "4", closedEnd: true, openStart: true }, ["2", "3"]],
    [{ start: "4", end: "2", order: "min" }, ["2", "3"]],
    [{ start: "4", end: "2", order: "min", closedEnd: true }, ["1", "2", "3"]],
    [{ start: "2.5" }, ["2", "3"]],
    [{ start: "99999999999999999999" }, []],
  ])("%j", (cursor, wanted) => expect(through(text, cursor).taken).toEqual(wanted));

  test("the summary says which side was left", () => {
    expect(through(text, { start: "2", end: "4" }).summary.cursor).toEqual({
      left: 2,
      pastStart: true,
      pastEnd: true,
      advanced: true,
    });
    expect(through(text, { start: "0" }).summary.cursor).toEqual({ left: 0, advanced: true });
    expect(through(records("4"), { start: "4" }).summary.cursor).toEqual({ left: 0 });
  });

  test("what is left out leaves no trace: no rows, columns, nested tables or types", () => {
    const out = normaliseText(
      '{"n":1,"at":1,"gone":{"x":[1]},"n2":"text"}\n{"n":2,"at":5}',
      { cursor: "c" },
      { cursors: { c: { path: ["at"], start: "3" } } },
    );
    expect([...out.tables.keys()]).toEqual(["t"]);
    expect([...out.tables.get("t")!.columns.keys()]).toEqual(["n", "at"]);
    expect(out.summaries[0]!.records).toBe(1);
  });

  test("records of one input that are later than its start stay, whatever came before them", () => {
    expect(through(records("9", "5", "2", "9"), { start: "3" })).toMatchObject({
      taken: ["0", "1", "3"],
      state: { last: "9", hashes: [hash('{"at":9,"n":0}'), hash('{"at":9,"n":3}')] },
    });
  });
});

describe("records at the boundary", () => {
  test.each<[string, string, Partial<CursorConfig>, string]>([
    ["of a whole record", '{"id":1,"at":7}', {}, "7P3CBVcDaZro"],
    ["of a record with keys in any order and spaces", ' { "at" : 7 , "id" : 1 } ', {}, "7P3CBVcDaZro"],
    ["of text as UTF-8", '{"b":1,"a":"\\u00e9"}', { path: ["b"] }, "A+1TKD9ctj3P"],
    [
      "of nested values",
      '{"x":{"z":1.50,"y":[1,null,"\\u2028\\n"]},"w":{}}',
      { path: ["x", "z"] },
      "3wwYCKnUBKA/",
    ],
    ["of one key", '{"at":1,"id":"k"}', { key: [["id"]], singleKey: true }, "dU5rfz9OV06+"],
    ["of an integer as key", '{"at":1,"id":1}', { key: [["id"]], singleKey: true }, "669czW83KR00"],
    [
      "of a big one",
      '{"at":1,"id":12345678901234567890}',
      { key: [["id"]], singleKey: true },
      "Cm/8sREve6fa",
    ],
    ["of a boolean", '{"at":1,"id":true}', { key: [["id"]], singleKey: true }, "9pqHQJRzn+fs"],
    ["of a double", '{"at":1,"id":1.50}', { key: [["id"]], singleKey: true }, "Fplwv0GiPZps"],
    ["of a large double", '{"at":1,"id":1E22}', { key: [["id"]], singleKey: true }, "OPsp4IwlOlwT"],
    ["of a list of keys", '{"at":1,"y":2,"x":"a"}', { key: [["x"], ["y"]] }, "9EBaC13zYgAs"],
    ["of a key with a part missing", '{"at":1,"y":3}', { key: [["x"], ["y"]] }, "rl4o240brBMb"],
    ["of a nested key", '{"at":1,"o":{"id":"k"}}', { key: [["o", "id"]], singleKey: true }, "dU5rfz9OV06+"],
  ])("have the hash %s", (_, record, cursor, wanted) => {
    expect(through(record, cursor).state.hashes).toEqual([wanted]);
  });

  test("that are known are left out, others taken", () => {
    const { taken, state } = through(records("7", "7", "7"), {
      start: "7",
      startHashes: [hash('{"at":7,"n":1}')],
      hashes: [hash('{"at":7,"n":1}')],
    });
    expect(taken).toEqual(["0", "2"]);
    expect(state.last).toBe("7");
    expect(state.hashes.toSorted()).toEqual([0, 1, 2].map((n) => hash(`{"at":7,"n":${n}}`)).toSorted());
  });

  test("of a state of dlt before 1.29 have hashes of 15 bytes, until the boundary moves", () => {
    const long = hash('{"at":7,"n":1}', 15);
    const known = { start: "7", startHashes: [long], hashes: [long] };
    const stays = through(records("7", "7"), known);
    expect(stays.taken).toEqual(["0"]);
    expect(stays.state.hashes.toSorted()).toEqual([long, hash('{"at":7,"n":0}', 15)].toSorted());
    const moves = through(records("7", "7", "8"), known);
    expect(moves.state.hashes).toEqual([hash('{"at":8,"n":2}')]);
  });

  test("that are the same count once, and all are loaded", () => {
    const { taken, state } = through('{"n":1,"at":1}\n{"at":1,"n":1}', {});
    expect(taken).toEqual(["1", "1"]);
    expect(state.hashes).toHaveLength(1);
  });

  test("have no hashes where they are not told apart", () => {
    expect(through(records("7"), { deduplicate: false, start: "7" })).toMatchObject({
      taken: ["0"],
      state: { last: "7", hashes: [] },
    });
  });

  test("are 10,000 at the most; a later value begins anew", () => {
    const many = (count: number) => Array.from({ length: count }, (_, n) => `{"n":${n},"at":1}`).join("\n");
    expect(through(many(10_000), {}).state).toMatchObject({ last: "1", hashes: { length: 10_000 } });
    expect(through(many(10_000), {}).state.overflow).toBeUndefined();
    const over = through(many(10_001), {});
    expect(over.taken).toHaveLength(10_001);
    expect(over.state.overflow).toBe(true);
    const after = through(`${many(10_001)}\n{"n":5,"at":2}`, {}).state;
    expect(after).toEqual({ last: "2", hashes: [hash('{"at":2,"n":5}')], taken: true });
  });

  test("go on from what an earlier load has come to", () => {
    const before = { last: "9", hashes: [hash('{"at":9,"n":4}')], taken: true };
    const { state, taken } = through(records("8", "9"), { start: "3", ...before });
    expect(taken).toEqual(["0", "1"]);
    expect(state.hashes).toHaveLength(2);
    expect(through("", { start: "3", ...before }).state).toEqual(before);
    expect(through("", { ...before, overflow: true }).state).toEqual({ ...before, overflow: true });
  });
});

describe("wherever records come from", () => {
  const text =
    '{"data":[{"n":0,"o":{"at":"2024-01-01"}},{"n":1,"o":{"at":"2024-01-03","x":"\\u00e9"}},{"o":{"at":"2024-01-02"},"n":2},{"n":3,"o":{"at":"2024-01-03"}}],"next":"p2"}';
  const cursor = { path: ["o", "at"], start: '"2024-01-02"' };

  test("the same is taken and kept, however the bytes are cut", () => {
    const config = { cursors: { c: cursor } };
    const options: InputOptions = { format: "json", records: ["data"], cursor: "c" };
    const whole = normaliseText(text, options, config);
    expect(whole.schema.cursors!["c"]).toEqual({
      last: '"2024-01-03"',
      hashes: [hash('{"n":1,"o":{"at":"2024-01-03","x":"\u00e9"}}'), hash('{"n":3,"o":{"at":"2024-01-03"}}')],
      taken: true,
    });
    const all = bytes(text);
    for (const size of [1, 2, 3, 7, 16, 33, 90]) {
      const chunks = Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
        all.slice(i * size, (i + 1) * size),
      );
      const cut = normalise([{ options, chunks }], config);
      expect(cut.schema, `${size} bytes`).toEqual(whole.schema);
      expect(cut.summaries).toEqual(whole.summaries);
      expect(cut.tables).toEqual(whole.tables);
    }
  });

  test("constants are seen by the cursor and its key", () => {
    const options = { constants: { at: "5", id: "1" } };
    expect(through('{"n":0}\n{"n":1,"at":9}', { start: "5" }, options)).toMatchObject({
      taken: ["0", "1"],
      state: { last: "5" },
    });
    expect(through('{"n":0}', { start: "6" }, options).taken).toEqual([]);
    expect(through('{"n":0}', { key: [["id"]], singleKey: true }, options).state.hashes).toEqual([hash("1")]);
    expect(through('{"n":0}', {}, { constants: { at: "5" } }).state.hashes).toEqual([hash('{"at":5,"n":0}')]);
  });

  test("CSV: cells that are read as numbers are compared as numbers", () => {
    const csv = { format: "csv" } as const;
    const numbers = through("n,at\n0,9\n1,10\n2,2\n", { start: "3" }, csv);
    expect(numbers).toMatchObject({ taken: ["0", "1"], state: { last: "10" } });
    const dates = through("n,at\n0,2024-01-01\n1,2024-02-01\n", { start: '"2024-01-15"' }, csv);
    expect(dates).toMatchObject({ taken: ["1"], state: { last: '"2024-02-01"' } });
    expect(through("n,at\n0,\n1,5\n", { onMissing: "exclude" }, csv).taken).toEqual(["1"]);
  });

  test("a limit counts what is taken, and what follows does not move the cursor", () => {
    const { taken, state, summary } = through(records("1", "5", "6", "9", "9"), { start: "4" }, { limit: 2 });
    expect(taken).toEqual(["1", "2"]);
    expect(state).toMatchObject({ last: "6", hashes: [hash('{"at":6,"n":2}')] });
    expect(summary).toMatchObject({ records: 2, limitReached: true });
  });

  test("captures are of the records that are taken", () => {
    const { summary } = through(records("1", "5", "6"), { start: "4" }, { capture: { record: [["n"]] } });
    expect(summary.record).toEqual([["1"], ["2"]]);
  });

  test("a route names the tables of what is taken", () => {
    const text = '{"n":1,"at":1,"kind":"old"}\n{"n":2,"at":5,"kind":"a"}\n{"n":3,"at":6,"kind":"b"}';
    const out = normaliseText(
      text,
      { cursor: "c", route: ["kind"] },
      { cursors: { c: { path: ["at"], start: "3" } } },
    );
    expect([...out.tables.keys()].filter((name) => out.tables.get(name)!.rows.length)).toEqual(["a", "b"]);
    expect(out.tables.has("old")).toBe(false);
    expect(out.schema.cursors!["c"]!.last).toBe("6");
  });

  test("what a hint drops or masks is in no hash", () => {
    const hints = { t: { columns: [{ path: ["secret"], drop: true }] } };
    expect(through('{"n":0,"at":1,"secret":"x"}', {}, {}, { hints }).state.hashes).toEqual([
      hash('{"at":1,"n":0}'),
    ]);
  });

  test("a record that is set aside moves nothing", () => {
    const { state, summary } = through(
      `${records("1")}\n{"n":1,"at":9,}\n`,
      {},
      {},
      { onBadRecord: "quarantine" },
    );
    expect(summary.rejected).toBe(1);
    expect(state).toMatchObject({ last: "1", hashes: { length: 1 } });
  });

  test("two inputs that interleave share a cursor; others have their own, or none", () => {
    const engine = open({ cursors: { c: { path: ["at"], start: "1" }, d: { path: ["at"] } } });
    const collected = new Collector(engine);
    const [one, two, three, four] = [
      engine.input("t", 0, { cursor: "c" }),
      engine.input("t", 1, { cursor: "c" }),
      engine.input("u", 2, { cursor: "d" }),
      engine.input("v", 3),
    ];
    engine.push(one, bytes('{"n":0,"at":5}\n{"n":1,"a'));
    engine.push(two, bytes('{"n":2,"at":7}\n{"n":3'));
    engine.push(three, bytes('{"n":4,"at":"x"}\n'));
    engine.push(four, bytes('{"n":5}\n'));
    engine.push(one, bytes('t":7}\n{"n":6,"at":0}\n'));
    engine.push(two, bytes(',"at":6}\n'));
    const summaries = [engine.end(one), engine.end(two), engine.end(three), engine.end(four)];
    const out = collected.finish(summaries);
    engine.close();
    expect(out.schema.cursors).toEqual({
      c: { last: "7", hashes: [hash('{"at":7,"n":2}'), hash('{"at":7,"n":1}')], taken: true },
      d: { last: '"x"', hashes: [hash('{"at":"x","n":4}')], taken: true },
    });
    expect(summaries.map(({ records, cursor }) => [records, cursor?.left])).toEqual([
      [2, 1],
      [2, 0],
      [1, 0],
      [1, undefined],
    ]);
  });
});

test("an engine without cursors says nothing of them", () => {
  expect(normaliseText('{"at":1}').schema).not.toHaveProperty("cursors");
});

test.each([
  ["a start that is no value", { c: { path: ["at"], start: "[1]" } }],
  ["an end that is no value", { c: { path: ["at"], end: "null" } }],
])("%s is refused", (_, cursors) => {
  expect(() => open({ cursors })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});

test("an input that names no cursor there is, is refused", () => {
  const engine = open();
  expect(() => engine.input("t", 0, { cursor: "none" })).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID" }),
  );
  engine.close();
});
