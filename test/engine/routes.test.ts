import { expect, test } from "vitest";
import { bytes, normaliseText } from "./engine.ts";
import { parity } from "./parity.ts";
import type { ParityOptions } from "./parity.ts";

/** Rows of a table as text, without ids, with the place in the list. */
function rows(text: string, table: string, config = {}): string[] {
  const { tables } = normaliseText(text, { format: "ndjson" }, config);
  return tables
    .get(table)!
    .rows.map((row) =>
      [...row].flatMap(([name, cell]) =>
        name === "_dlt_list_idx" ? [`#${cell}`] : name.startsWith("_dlt_") ? [] : [`${name}=${cell}`],
      ),
    )
    .map((cells) => cells.sort().join(" "));
}

test.each<[string, ParityOptions, string[]]>([
  [
    "a key `list` beside lists in lists",
    { maxTableNesting: 3 },
    ['{"a":[{"list":[{"b":[1]}]},[{"b":[2]}],{"list":[{"b":[3]}]}]}', '{"a":[[{"b":{"c":1}}]]}'],
  ],
  [
    "a list in a list first",
    { maxTableNesting: 3 },
    ['{"a":[[{"b":[1]}],{"list":[{"b":[2]}]}]}', '{"a":[{"list":[[1]]},[[2]]]}'],
  ],
  [
    "a name with two parts beside two keys",
    { maxTableNesting: 2 },
    ['{"a":[{"b":[{"c":[1]}]}],"a__b":[{"c":[2]}]}', '{"a__b":[{"c":[3]}],"a":[{"b":[{"c":{}}]}]}'],
  ],
  [
    "empty keys",
    { maxTableNesting: 2 },
    ['{"":[{"":[{"x":[1]}]},[[{"x":1}]]]}', '{"":[[{"":[1]}],{"":[[2]]}]," ":[{"x":[]}]}'],
  ],
  [
    "one of them JSON from the row on that follows",
    { maxTableNesting: 1 },
    ['{"a":{"b":[1]},"a__b":[2]}', '{"a__b":[3]}', '{"a__b":{"c":4}}', '{"a":{"b":5},"a__b":[6]}'],
  ],
  ["a refused record came first", { maxTableNesting: 2 }, ['{"a":[[[1]]]}', '{"a":[{"list":[[1]]}]}']],
])("each list counts the levels above it: %s", (_, options, records) => {
  for (const order of [records, records.toReversed()]) {
    const found = parity(bytes(order.join("\n")), { format: "ndjson", ...options });
    expect(found.differences).toEqual([]);
    expect(found.rows).toBeGreaterThan(records.length);
  }
});

test("what a refused record made of a table does not bind those that follow", () => {
  const good = '{"a":[{"list":[{"b":[1]}]}]}';
  const config = { maxTableNesting: 3, onBadRecord: "quarantine" };
  for (const table of ["t__a", "t__a__list"])
    expect(rows(`{"a":[[{"b":[1]}],}\n${good}`, table, config)).toEqual(rows(good, table, config));
});

test("a column that is seen only as null stays known, whatever lists the key had", () => {
  for (const records of [
    ["[1]", "null"],
    ["null", "[1]"],
    ['{"a":[[5],{"list":["x"]},{"list":null}]}'],
    ['{"x":[1],"X":[2]}', '{"x":null,"X":null}'],
    ['{"a":[{"list":[1]},[2]]}', '{"a":[{"list":1e400}]}'],
  ])
    expect(parity(bytes(records.join("\n")), { format: "ndjson" }).differences).toEqual([]);
  expect([...normaliseText("[1]\nnull", { format: "ndjson" }).tables.get("t")!.pending]).toEqual(["value"]);
});

test("of keys of one column a null takes nothing back", () => {
  expect(rows('{"A":1,"a":null}\n{"A":null,"a":2}\n{"a":null}\n{"A":3,"a":null}', "t")).toEqual([
    "a=1",
    "a=2",
    "",
    "a=3",
  ]);
});

test("a value that gives way leaves no variant and no wider type", () => {
  for (const onTypeConflict of ["widen", "variant"] as const)
    for (const records of [
      ['{"a":1}', '{"A":"x","a":2}', '{"A":true,"a":3}'],
      ['{"a":1}', '{"A":1.5,"a":2}', '{"A":123456789012345678901,"a":3}'],
      ['{"a":1}', '{"A":"x","a":2}', '{"A":2,"a":"x"}'],
      ['{"l":[{"a":1},{"A":1.5,"a":2}]}', '{"l":[{"a":1.5},{"A":2.5,"a":2}]}'],
    ])
      expect(parity(bytes(records.join("\n")), { format: "ndjson", onTypeConflict }).differences).toEqual([]);
  const { tables } = normaliseText('{"a":1}\n{"A":1.5,"a":2}', { format: "ndjson" });
  expect(tables.get("t")!.columns.get("a")!.type).toBe("bigint");
});

test("lists of several keys are counted as one, row by row", () => {
  expect(rows('{"x":[],"X":[]}\n{"x":[1],"X":[2]}\n{"x":[3]}\n{"X":[4],"x":[5,6]}', "t__x")).toEqual([
    "#0 value=1",
    "#1 value=2",
    "#0 value=3",
    "#0 value=4",
    "#1 value=5",
    "#2 value=6",
  ]);
  // Below two parents in turn; the ids are of the data.
  expect(rows('{"_dlt_id":"r","a__b":[1],"a":[{"b":[2]},{"b":[3],"B":[4]}],"A__b":[5]}', "t__a__b")).toEqual([
    "#0 value=1",
    "#0 value=2",
    "#0 value=3",
    "#1 value=4",
    "#1 value=5",
  ]);
});

test.each<[string, number]>([
  ['{"a":1}', 1],
  ["[1]", 1],
  ['{"a":[1]}', 2],
  ['{"a":{"b":1}}', 2],
  ["[[1]]", 2],
  ['{"a":[{"b":1}]}', 3],
  ['{"a":[[1]]}', 3],
  ['{"a":[{"b":[{}]}]}', 5],
  ['{"a":[1,{"b":{"c":[]}}]}', 5],
])("%s is nested %i deep, whatever becomes of it", (text, depth) => {
  // The name of the deepest table may be known from elsewhere.
  const before = '{"a__b":[1],"a__list":[],"value":[2]}\n';
  for (const maxTableNesting of [1000, 0]) {
    const config = (limit: number) => ({ maxTableNesting, limits: { depth: limit } });
    for (const first of depth > 2 ? ["", before] : [""]) {
      const at = normaliseText(first + text, { format: "ndjson" }, config(depth));
      expect(at.summaries[0]!.records).toBe(first ? 2 : 1);
      if (depth > 1)
        expect(() => normaliseText(first + text, { format: "ndjson" }, config(depth - 1))).toThrow(
          expect.objectContaining({ code: "LIMIT_DEPTH" }),
        );
    }
  }
});

test("a list at the limit of depth takes scalars, and is checked each time", () => {
  const config = { limits: { depth: 2 }, onBadRecord: "quarantine" as const };
  const text = '{"a":[1]}\n{"a":[2,[3]]}\n{"a":[4,{}]}\n{"a":[5]}\n{"a":[6,}\n{"a":[]}';
  expect(rows(text, "t__a", config)).toEqual(["#0 value=1", "#0 value=5"]);
  expect(rows(text, "_runlet_rejects", config).map((row) => /\bcode=\w+/.exec(row)![0])).toEqual([
    "code=LIMIT_DEPTH",
    "code=LIMIT_DEPTH",
    "code=SOURCE_NOT_JSON",
  ]);
});
