import { expect, test } from "vitest";
import { bytes, normalise, normaliseText } from "./engine.ts";

test("the schema says tables, columns, parents and what changed", () => {
  const { schema } = normaliseText('{"id":1,"n":null,"l":[{"x":true}]}');
  expect(Object.keys(schema.tables)).toEqual(["t", "t__l"]);
  expect(schema.tables.t!.columns.id).toMatchObject({ name: "id", data_type: "bigint", nullable: true });
  expect(schema.tables.t!.columns.n!.data_type).toBeUndefined();
  expect(schema.tables.t!.columns._dlt_id).toMatchObject({
    data_type: "text",
    nullable: false,
    unique: true,
    row_key: true,
  });
  expect(schema.tables.t!.columns._dlt_load_id).toMatchObject({ data_type: "text", nullable: false });
  expect(schema.tables.t__l!.parent).toBe("t");
  expect(schema.tables.t__l!.columns._dlt_parent_id).toMatchObject({
    data_type: "text",
    nullable: false,
    parent_key: true,
  });
  expect(schema.tables.t__l!.columns._dlt_list_idx).toMatchObject({ data_type: "bigint", nullable: false });
  expect(schema.changes).toContainEqual({ kind: "table-added", table: "t" });
  expect(schema.changes).toContainEqual({ kind: "table-added", table: "t__l" });
  expect(schema.rows).toEqual({ t: 1, t__l: 1 });
});

test("a load continues from the schema of the last", () => {
  const first = normaliseText('{"id":1,"s":"x","o":{"p":1.5},"l":[{"x":true}],"n":null}');
  const second = normaliseText(
    '{"id":"7","s":5,"o":{"p":2},"l":[{"x":"no"}],"n":3,"new":1}',
    {},
    { tables: first.schema.tables },
  );
  const row = second.tables.get("t")!.rows[0]!;
  expect([row.get("id"), row.get("s"), row.get("o__p"), row.get("n"), row.get("new")]).toEqual([
    "7",
    "5",
    "2",
    "3",
    "1",
  ]);
  expect(second.tables.get("t__l")!.rows[0]!.get("x")).toBe("false");
  expect(second.schema.changes).toEqual(
    expect.arrayContaining([
      { kind: "column-added", table: "t", column: "n", type: "bigint" },
      { kind: "column-added", table: "t", column: "new", type: "bigint" },
    ]),
  );
  expect(second.schema.changes.length).toBe(2);
});

test("nothing changes when the same data comes again", () => {
  const text =
    '{"id":1,"a":{"b":[1,[2]]},"when":"2022-05-10T00:00:00Z","big":123456789012345678901}\n{"id":"x"}';
  const first = normaliseText(text);
  const second = normaliseText(text, {}, { tables: first.schema.tables });
  expect(second.schema.changes).toEqual([]);
  expect(second.schema.tables).toEqual(first.schema.tables);
});

test("a column that was stored as json stays json", () => {
  const first = normaliseText('{"o":{"p":1}}', {}, { maxTableNesting: 0 });
  const second = normaliseText('{"o":{"p":2}}', {}, { tables: first.schema.tables });
  expect(second.tables.get("t")!.rows[0]!.get("o")).toBe('{"p":2}');
});

test("a new column starts a new version of the table's Arrow schema", () => {
  const line = (i: number) => `{"a":${i}${i > 50 ? ',"b":"x"' : ""}}\n`;
  const text = Array.from({ length: 100 }, (_, i) => line(i)).join("");
  const out = normalise([{ chunks: [bytes(text)] }], { batchBytes: 200 });
  const versions = out.batches.map((b) => b.version);
  expect(out.batches.length).toBeGreaterThan(3);
  expect(new Set(versions).size).toBeGreaterThan(1);
  expect([...versions].sort((x, y) => x - y)).toEqual(versions);
  const rows = out.tables.get("t")!.rows;
  expect(rows.map((row) => row.get("a"))).toEqual(Array.from({ length: 100 }, (_, i) => String(i)));
  expect(rows.filter((row) => row.get("b") === "x").length).toBe(49);
});

test("widening folds what has not been emitted", () => {
  const out = normaliseText('{"a":1}\n{"a":2.5}\n{"a":3}\n', {}, { onTypeConflict: "widen" });
  expect(out.tables.get("t")!.rows.map((row) => row.get("a"))).toEqual(["1", "2.5", "3"]);
  expect(out.tables.get("t")!.columns.get("a")).toEqual({ type: "double", variant: false });
});

test("what has been emitted never changes: a later conflict is not lost either", () => {
  const text = Array.from({ length: 200 }, (_, i) => `{"a":${i < 150 ? i : i + 0.5}}\n`).join("");
  const out = normalise([{ chunks: [bytes(text)] }], { batchBytes: 100 });
  const rows = out.tables.get("t")!.rows;
  const value = (row: Map<string, string>) =>
    [...row].filter(([name]) => name.startsWith("a")).map(([, cell]) => cell);
  expect(rows.map(value)).toEqual(Array.from({ length: 200 }, (_, i) => [String(i < 150 ? i : i + 0.5)]));
});

test("an integer that a double cannot hold is kept in a variant", () => {
  const out = normaliseText('{"a":1.5}\n{"a":9007199254740993}\n{"a":9007199254740992}\n');
  expect(out.tables.get("t")!.rows.map((row) => [row.get("a"), row.get("a__v_bigint")])).toEqual([
    ["1.5", undefined],
    [undefined, "9007199254740993"],
    ["9007199254740992", undefined],
  ]);
});
