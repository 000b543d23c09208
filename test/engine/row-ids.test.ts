import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { EngineConfig, InputOptions, TableHints } from "../../core/binding/contract.ts";
import { normaliseText } from "./engine.ts";

/** Record, dlt's hash of it, dlt's id of a row at place 3 of a list in t__l below that. */
const HASHES = JSON.parse(readFileSync("test/data/oracle/row-hashes.json", "utf8")) as [
  string,
  string,
  string,
][];

const key = (...paths: string[][]): TableHints => ({
  rowId: "key",
  columns: paths.map((path) => ({ path, primaryKey: true, nullable: false })),
});

function read(text: string, t: TableHints, config: Partial<EngineConfig> = {}, options: InputOptions = {}) {
  return normaliseText(text, { format: "ndjson", ...options }, { hints: { t }, ...config });
}

function cells(out: ReturnType<typeof read>, column: string, table = "t"): (string | undefined)[] {
  return out.tables.get(table)!.rows.map((row) => row.get(column));
}

describe("row hashes", () => {
  test("are dlt's, of any record", () => {
    const out = read(HASHES.map(([record]) => record.replaceAll("\n", " ")).join("\n"), { rowId: "row" });
    const made = cells(out, "_dlt_id");
    expect(made).toHaveLength(300);
    const wrong = HASHES.flatMap(([record, hash], i) => (made[i] === hash ? [] : [[record, hash, made[i]]]));
    expect(wrong).toEqual([]);
  });

  test("ids of nested rows follow from them", () => {
    const [, id] = HASHES.find(([record]) => record === '{"id":1}')!;
    const out = read('{"id":1,"l":[]}\n{"l":[0,1,2,3],"id":1}', { rowId: "row" });
    expect(cells(out, "_dlt_id")).not.toContain(id);
    expect(cells(out, "_dlt_parent_id", "t__l")).toEqual(Array(4).fill(cells(out, "_dlt_id")[1]));
  });

  test("the record's own id stays", () => {
    const out = read('{"_dlt_id":"mine","a":1}\n{"a":1}', { rowId: "row" });
    expect(cells(out, "_dlt_id")[0]).toBe("mine");
    expect(cells(out, "_dlt_id")[1]).toHaveLength(14);
  });

  test("what a hint drops or hides is in no hash", () => {
    const hidden: TableHints = {
      rowId: "row",
      columns: [
        { path: ["s"], mask: "redact" },
        { path: ["o", "d"], drop: true },
      ],
    };
    const [a, b, c] = cells(
      read('{"a":1,"s":"x","o":{"d":1,"e":2}}\n{"a":1,"s":"y","o":{"e":2,"d":[2]}}\n{"a":2,"s":"x"}', hidden),
      "_dlt_id",
    );
    expect(a).toBe(b);
    expect(a).not.toBe(c);
  });

  test("constants are part of the record", () => {
    const whole = read('{"a":1,"b":2}', { rowId: "row" });
    const parts = read('{"a":1}', { rowId: "row" }, {}, { constants: { b: "2" } });
    expect(cells(parts, "_dlt_id")).toEqual(cells(whole, "_dlt_id"));
  });

  test("the order of members does not count, whatever objects came before", () => {
    // Keys of the same lengths, so that objects are taken for alike that are not.
    const objects = ["abc", "bca", "xyz", "\\nbc"].map((letters) =>
      Object.fromEntries(
        [...letters.split(/(?=[a-z])/), "long key of a member", "é", "e"].map((k, i) => [k, i]),
      ),
    );
    const turned = (o: object, by: number) => {
      const entries = Object.entries(o);
      return Object.fromEntries([...entries.slice(by), ...entries.slice(0, by)]);
    };
    const records = [0, 1, 2, 3, 4].flatMap((by) =>
      objects.map((o) => JSON.stringify({ ...turned(o, by), inner: turned(o, by + 1) })),
    );
    const ids = cells(
      read(records.join("\n"), { rowId: "row", columns: [{ path: ["inner"], type: "json" }] }),
      "_dlt_id",
    );
    expect(new Set(ids.slice(0, 4)).size).toBe(4);
    for (const [i, id] of ids.entries()) expect(id).toBe(ids[i % 4]);
  });

  test("any split of the bytes, a list as well as lines", () => {
    const records = HASHES.slice(0, 40).map(([record]) => record);
    const out = read(`[${records.join(",")}]`, { rowId: "row" }, {}, { format: "json" });
    expect(cells(out, "_dlt_id")).toEqual(HASHES.slice(0, 40).map(([, hash]) => hash));
  });
});

describe("key hashes", () => {
  test("are dlt's, of the columns by name", () => {
    const { [0]: one } = cells(read('{"v":"x","id":1}', key(["id"])), "_dlt_id");
    expect(one).toBe("z5jIxXIbUnmbKw");
    // The name in the hash is the column's.
    const hash = (record: string) => cells(read(record, { rowId: "row" }), "_dlt_id")[0];
    expect(cells(read('{"userId":7,"v":1}', key(["userId"])), "_dlt_id")[0]).toBe(hash('{"user_id":7}'));
    expect(
      cells(read('{"o":{"x":{"id":7}},"b":"é","v":1}', key(["o", "x", "id"], ["b"])), "_dlt_id")[0],
    ).toBe(hash('{"o__x__id":7,"b":"é"}'));
    expect(cells(read('{"d":1e16}\n{"d":1.0}', key(["d"])), "_dlt_id")).toEqual([
      hash('{"d":1e16}'),
      hash('{"d":1.0}'),
    ]);
  });

  test("are those of the last value where a key stands twice", () => {
    const [id] = cells(read('{"id":2}', key(["id"])), "_dlt_id");
    const twice = ['{"id":1,"x":0,"id":2}', '{"id":null,"id":2}', '{"x":{"id":1},"id":1,"i\\u0064":2}'];
    for (const record of twice) expect(cells(read(record, key(["id"])), "_dlt_id"), record).toEqual([id]);
    const nested = '{"k":{"id":1},"k":{"id":2}}';
    expect(cells(read(nested, key(["k", "id"])), "_dlt_id")).toEqual(
      cells(read('{"k":{"id":2}}', key(["k", "id"])), "_dlt_id"),
    );
  });

  test("an id that the data supply stays, of nested rows, too", () => {
    const records =
      '{"id":1,"l":[{"a":1}]}\n{"id":2,"l":[{"_dlt_id":"inner","a":1}]}\n{"id":3,"_dlt_id":"outer"}';
    const out = read(records, key(["id"]));
    expect(cells(out, "_dlt_id")[2]).toBe("outer");
    expect(cells(out, "_dlt_id", "t__l")[1]).toBe("inner");
    expect(cells(out, "_dlt_id").slice(0, 2)).toEqual(
      cells(read('{"id":1}\n{"id":2}', key(["id"])), "_dlt_id"),
    );
  });

  test("may come from constants, and from comma-separated text", () => {
    const [json] = cells(read('{"id":7,"p":"x"}', key(["id"], ["p"])), "_dlt_id");
    expect(cells(read('{"id":7}', key(["id"], ["p"]), {}, { constants: { p: '"x"' } }), "_dlt_id")).toEqual([
      json,
    ]);
    expect(cells(read("id,p\n7,x\n7,x\n", key(["id"], ["p"]), {}, { format: "csv" }), "_dlt_id")).toEqual([
      json,
      json,
    ]);
  });

  test.each([
    ["missing", '{"id":1}\n{"v":2}'],
    ["null", '{"id":1}\n{"id":null,"v":2}'],
    ["missing in an object", '{"o":{"id":1}}\n{"o":{}}'],
    ["missing in every record", '{"id":1}\n{"v":2}'],
  ])("a part that is %s is refused by table, column and record", (_, text) => {
    const path = text.includes('"o"') ? ["o", "id"] : ["id"];
    expect(() => read(text, key(path))).toThrow(
      expect.objectContaining({
        code: "NULL_IN_KEY",
        where: expect.objectContaining({ table: "t", column: path.join("__"), record: 2 }),
      }),
    );
  });

  test("a record that is refused may be set aside", () => {
    const out = read('{"id":1}\n{"v":2}\n{"id":3}', key(["id"]), { onBadRecord: "quarantine" });
    expect(cells(out, "id")).toEqual(["1", "3"]);
    expect(cells(out, "code", "_runlet_rejects")).toEqual(["NULL_IN_KEY"]);
  });
});

describe("what rows carry beside the usual", () => {
  const text = '{"l":[{"m":[1,2]},{"m":[3]}]}\n{"l":[{"m":[4]}]}';

  test("root keys in the tables of one root only", () => {
    const out = normaliseText(text, { format: "ndjson" }, { hints: { t: { rootKey: true } } });
    const [a, b] = cells(out, "_dlt_id");
    expect(cells(out, "_dlt_root_id", "t__l__m")).toEqual([a, a, a, b]);
    expect(out.schema.tables["t__l__m"]!.columns["_dlt_root_id"]).toMatchObject({
      root_key: true,
      nullable: false,
    });
    const other = normaliseText(text, { format: "ndjson" }, { hints: { u: { rootKey: true } } });
    expect(other.schema.tables["t__l"]!.columns).not.toHaveProperty("_dlt_root_id");
  });

  test("root keys go on where tables have them, in new nested tables, too", () => {
    const before = normaliseText('{"l":[1]}', { format: "ndjson" }, { hints: { t: { rootKey: true } } });
    const out = normaliseText('{"l":[1],"n":[2]}', { format: "ndjson" }, { tables: before.schema.tables });
    expect(cells(out, "_dlt_root_id", "t__n")).toEqual(cells(out, "_dlt_id"));
    expect(cells(out, "_dlt_root_id", "t__l")).toEqual(cells(out, "_dlt_id"));
  });

  test("the record's number, in batches and in no schema", () => {
    const out = normaliseText(
      `${text}\n{"x":1}`,
      { format: "ndjson" },
      { hints: { t: { recordNumber: true, rowId: "row" } } },
    );
    const [a, b, c] = cells(out, "_runlet_record");
    expect(new Set([a, b, c]).size).toBe(3);
    expect(Number(a) < Number(b) && Number(b) < Number(c)).toBe(true);
    expect(cells(out, "_runlet_record", "t__l")).toEqual([a, a, b]);
    expect(cells(out, "_runlet_record", "t__l__m")).toEqual([a, a, a, b]);
    for (const table of Object.values(out.schema.tables))
      expect(table.columns).not.toHaveProperty("_runlet_record");
  });
});
