import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EngineConfig, InputOptions, TableContract } from "../../core/binding/contract.ts";
import type { Tables } from "../../core/schema/types.ts";
import { bytes, normalise, normaliseText, refusal } from "./engine.ts";
import { split } from "./split.ts";

const RUNS = process.env["RUNLET_FULL"] === "1" ? 5000 : 120;

/** What an earlier load has made. */
const BASE = '{"id":"r","a":1,"s":"x","o":{"x":1},"l":[{"x":1,"m":[{"y":1}]}]}';
const known: Tables = normaliseText(BASE).schema.tables;

function load(
  text: string,
  contract: TableContract,
  {
    options,
    chunks = [],
    ...config
  }: Partial<EngineConfig> & { options?: InputOptions; chunks?: number[] } = {},
) {
  return normalise([{ chunks: split(bytes(text), chunks), options: options ?? { format: "ndjson" } }], {
    tables: known,
    hints: { t: { contract } },
    ...config,
  });
}

function rowsOf(output: ReturnType<typeof load>, table: string, ...columns: string[]): string[] {
  return (output.tables.get(table)?.rows ?? []).map((row) =>
    columns.map((column) => row.get(column) ?? "").join(" "),
  );
}

// ---- what stays, by a model of the few keys there are

type Value = number | string | boolean | null;
interface Inner {
  y?: Value;
  z?: Value;
}
interface Row {
  x?: Value;
  z?: Value;
  m?: Inner[];
  q?: Value[];
}
interface Doc {
  id: string;
  a?: Value;
  s?: Value;
  n?: Value;
  o?: { x?: Value; z?: Value };
  l?: Row[];
  q?: Value[];
}

const value: fc.Arbitrary<Value> = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 99 }) },
  { weight: 1, arbitrary: fc.constantFrom<Value>("text", true, null) },
);
const rarely = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });
const inner = fc.record({ y: value, z: rarely(value) }) as fc.Arbitrary<Inner>;
const row = fc.record({
  x: value,
  z: rarely(value),
  m: fc.option(fc.array(inner, { maxLength: 3 }), { nil: undefined }),
  q: rarely(fc.array(value, { maxLength: 2 })),
}) as fc.Arbitrary<Row>;
const docs = fc
  .array(
    fc.record({
      a: value,
      s: value,
      n: rarely(value),
      o: fc.option(fc.record({ x: value, z: rarely(value) }), { nil: undefined }),
      l: fc.option(fc.array(row, { maxLength: 4 }), { nil: undefined }),
      q: rarely(fc.array(value, { maxLength: 2 })),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((all) => all.map((doc, i) => ({ id: `r${i}`, ...doc }) as Doc));
const mode = fc.constantFrom<NonNullable<TableContract["columns"]>>("discard_row", "discard_value");
const contracts = fc.record({ tables: mode, columns: mode, data_type: mode });

interface Expected {
  t: string[];
  l: string[];
  m: string[];
  rows: number;
  values: number;
}

class Left {
  rows = 0;
  values = 0;
}

/** Thrown where the row goes. */
const GOES = Symbol();

/** What the contract leaves of the documents: rows with the id of their document and their places in the lists. */
function model(all: Doc[], contract: TableContract): Expected {
  const out: Expected = { t: [], l: [], m: [], rows: 0, values: 0 };
  const text = (cell: Value | undefined) => (cell === null || cell === undefined ? "" : String(cell));
  const left = (mode: string | undefined, left: Left) => {
    if (mode === "discard_row") throw GOES;
    left.values++;
    return "";
  };
  const unknown = (cell: Value | undefined, seen: Left) =>
    cell !== null && cell !== undefined && left(contract.columns, seen);
  const bigint = (cell: Value | undefined, seen: Left) =>
    typeof cell === "string" || typeof cell === "boolean" ? left(contract.data_type, seen) : text(cell);
  /** What `make` makes with what it leaves out; nothing but a row less when the row goes. */
  const whole = (seen: Left, make: (inside: Left, rows: Expected) => void) => {
    const inside = new Left();
    const rows: Expected = { t: [], l: [], m: [], rows: 0, values: 0 };
    try {
      make(inside, rows);
    } catch (gone) {
      if (gone !== GOES) throw gone;
      seen.rows++;
      return;
    }
    for (const name of ["t", "l", "m"] as const) out[name].push(...rows[name]);
    seen.rows += inside.rows;
    seen.values += inside.values;
  };
  const lists = (list: Value[] | undefined, seen: Left) => {
    seen.rows += list?.length ?? 0;
  };
  const total = new Left();
  for (const doc of all) {
    const nested: Expected = { t: [], l: [], m: [], rows: 0, values: 0 };
    whole(total, (seen, rows) => {
      const cells = [
        doc.id,
        bigint(doc.a, seen),
        typeof doc.s === "boolean" ? (doc.s ? "True" : "False") : text(doc.s),
      ];
      unknown(doc.n, seen);
      cells.push(bigint(doc.o?.x, seen));
      unknown(doc.o?.z, seen);
      for (const [i, each] of (doc.l ?? []).entries()) {
        const mine: Expected = { t: [], l: [], m: [], rows: 0, values: 0 };
        const inside = new Left();
        try {
          mine.l.push([doc.id, i, bigint(each.x, inside)].join(" "));
          unknown(each.z, inside);
          for (const [j, below] of (each.m ?? []).entries()) {
            const deepest = new Left();
            try {
              const cell = bigint(below.y, deepest);
              unknown(below.z, deepest);
              mine.m.push([doc.id, i, j, cell].join(" "));
              inside.values += deepest.values;
            } catch (gone) {
              if (gone !== GOES) throw gone;
              inside.rows++;
            }
          }
          lists(each.q, inside);
        } catch (gone) {
          if (gone !== GOES) throw gone;
          seen.rows++;
          continue;
        }
        nested.l.push(...mine.l);
        nested.m.push(...mine.m);
        seen.rows += inside.rows;
        seen.values += inside.values;
      }
      lists(doc.q, seen);
      rows.t.push(cells.join(" "));
      rows.l.push(...nested.l);
      rows.m.push(...nested.m);
    });
  }
  return { ...out, rows: total.rows, values: total.values };
}

function found(output: ReturnType<typeof load>): Expected {
  const roots = new Map(output.tables.get("t")?.rows.map((each) => [each.get("_dlt_id")!, each.get("id")!]));
  const lists = new Map(
    (output.tables.get("t__l")?.rows ?? []).map((each) => [
      each.get("_dlt_id")!,
      `${roots.get(each.get("_dlt_parent_id")!)} ${each.get("_dlt_list_idx")!}`,
    ]),
  );
  const cell = (each: Map<string, string>, column: string) => each.get(column) ?? "";
  return {
    t: rowsOf(output, "t", "id", "a", "s", "o__x"),
    l: (output.tables.get("t__l")?.rows ?? []).map(
      (each) => `${lists.get(each.get("_dlt_id")!)} ${cell(each, "x")}`,
    ),
    m: (output.tables.get("t__l__m")?.rows ?? []).map(
      (each) => `${lists.get(each.get("_dlt_parent_id")!)} ${cell(each, "_dlt_list_idx")} ${cell(each, "y")}`,
    ),
    rows: output.schema.discarded?.rows ?? 0,
    values: output.schema.discarded?.values ?? 0,
  };
}

describe("what is left of a load is what the contract lets in", () => {
  const written = (all: Doc[], format: string) =>
    format === "json" ? JSON.stringify(all) : all.map((doc) => JSON.stringify(doc)).join("\n");

  test.each(["ndjson", "json"] as const)("rows and counts, as %s", (format) => {
    let discarded = 0;
    fc.assert(
      fc.property(docs, contracts, fc.boolean(), (all, contract, small) => {
        const output = load(written(all, format), contract, {
          options: { format },
          ...(small ? { batchBytes: 64 } : {}),
        });
        expect(found(output)).toEqual(model(all, contract));
        expect(output.schema.changes).toEqual([]);
        for (const table of Object.values(output.schema.tables))
          expect(Object.keys(table.columns).sort()).toEqual(Object.keys(known[table.name]!.columns).sort());
        discarded += output.schema.discarded?.rows ?? 0;
      }),
      { numRuns: RUNS },
    );
    expect(discarded).toBeGreaterThan(RUNS / 2);
  });

  test.each(["ndjson", "json"] as const)("however the bytes are split, as %s", (format) => {
    const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(docs, contracts, sizes, (all, contract, chunks) => {
        const text = written(all, format);
        const config = { options: { format }, batchBytes: 128 };
        const whole = load(text, contract, config);
        const parts = load(text, contract, { ...config, chunks });
        expect(parts.batches).toEqual(whole.batches);
        expect(parts.schema).toEqual(whole.schema);
      }),
      { numRuns: RUNS / 2 },
    );
  });

  test("a contract that lets everything in changes nothing", () => {
    const text = '{"id":"a","new":1,"q":[{"k":[1]}],"a":"t"}\n{"id":"b","a":1.5}';
    const without = load(text, {});
    expect(load(text, {}, { hints: {} }).batches).toEqual(without.batches);
    expect(without.schema).not.toHaveProperty("discarded");
  });
});

describe("freeze", () => {
  const cases: [string, TableContract, string, object][] = [
    [
      "a column",
      { columns: "freeze" },
      '{"id":"b","new":1}',
      { table: "t", column: "new", entity: "columns", valueType: "bigint" },
    ],
    [
      "a column of a list",
      { columns: "freeze" },
      '{"l":[{"x":1},{"x":2,"z":true}]}',
      { table: "t__l", column: "z", entity: "columns", valueType: "bool" },
    ],
    [
      "a type",
      { data_type: "freeze" },
      '{"a":"t"}',
      { table: "t", column: "a", entity: "data_type", valueType: "text" },
    ],
    [
      "a wider type",
      { data_type: "freeze" },
      '{"a":1.5}',
      { table: "t", column: "a", entity: "data_type", valueType: "double" },
    ],
    ["a table", { tables: "freeze" }, '{"q":[1]}', { table: "t__q", entity: "tables" }],
  ];
  test.each(cases)("%s: the error says where", (_, contract, record, where) => {
    const error = refusal(() => load(`{"id":"a"}\n${record}\n`, contract));
    expect(error.code).toBe("SCHEMA_CONTRACT");
    expect(error.exitCode).toBe(3);
    expect(error.where).toMatchObject({ ...where, mode: "freeze", record: 2, line: 2 });
    expect(error.where.offset).toBeGreaterThanOrEqual(11);
    expect(error.hint).toContain('contract: "evolve"');
  });

  test("null is no violation, nor is what is there", () => {
    const all: TableContract = { tables: "freeze", columns: "freeze", data_type: "freeze" };
    const output = load('{"id":"b","a":2,"new":null,"q":[],"w":null,"l":[{"x":3,"z":null}]}', all);
    expect(output.schema.changes).toEqual([]);
    expect(output.tables.get("t")!.pending.size).toBe(0);
  });

  test("the last of equal keys decides, and what constants replace does not", () => {
    const columns: TableContract = { columns: "freeze", data_type: "freeze" };
    expect(rowsOf(load('{"id":"b","new":1,"new":null}', columns), "t", "id")).toEqual(["b"]);
    const replaced = load('{"id":"b","a":"t"}', columns, {
      options: { format: "ndjson", constants: { a: "7" } },
    });
    expect(rowsOf(replaced, "t", "a")).toEqual(["7"]);
  });

  test("stops also where malformed records are set aside", () => {
    const run = () => load('{"id":"b","new":1}\n', { columns: "freeze" }, { onBadRecord: "quarantine" });
    expect(refusal(run).code).toBe("SCHEMA_CONTRACT");
  });

  test("shows nothing of a masked record", () => {
    const hints = {
      t: { contract: { columns: "freeze" as const }, columns: [{ path: ["s"], mask: "redact" as const }] },
    };
    const error = refusal(() => load('{"s":"hunter2","new":1}\n', {}, { hints }));
    expect(JSON.stringify(error)).not.toContain("hunter2");
    expect(error.where).toMatchObject({ column: "new" });
  });

  test("columns that hints would add or change are refused before anything is read", () => {
    const opened = (column: object, contract: TableContract) =>
      refusal(() => load("", {}, { hints: { t: { contract, columns: [{ path: ["a"], ...column }] } } }));
    expect(opened({ path: ["new"], type: "text" }, { columns: "freeze" }).where).toEqual({
      table: "t",
      column: "new",
      entity: "columns",
      mode: "freeze",
      valueType: "text",
    });
    expect(opened({ type: "text" }, { data_type: "freeze" }).where).toMatchObject({
      column: "a",
      valueType: "text",
    });
    expect(opened({ nullable: false }, { data_type: "freeze" }).where).toMatchObject({ entity: "data_type" });
  });
});

describe("discarding", () => {
  test("a new table that records name, and how it is counted", () => {
    const text = '{"k":"t","id":"a"}\n{"k":"u","id":"b"}\n{"k":"u","id":"c"}\n';
    const output = load(
      text,
      {},
      {
        options: { format: "ndjson", route: ["k"] },
        hints: { t: { contract: { tables: "discard_row" } }, u: { contract: { tables: "discard_row" } } },
      },
    );
    expect([...output.tables.keys()]).not.toContain("u");
    expect(output.schema.discarded).toEqual({
      rows: 2,
      values: 0,
      entries: 1,
      list: [{ table: "u", entity: "tables", mode: "discard_row", rows: 2 }],
    });
    expect(output.summaries[0]!.records).toBe(3);
  });

  test("in comma-separated text", () => {
    const text = 'id,a,new\nr1,1,\nr2,2,5\nr3,x,\nr4,,\nr5,5,""\n';
    const options: InputOptions = { format: "csv" };
    const rows = load(text, { columns: "discard_row", data_type: "discard_row" }, { options });
    expect(rowsOf(rows, "t", "id", "a")).toEqual(["r1 1", "r4 "]);
    expect(rows.schema.discarded!.list.map(({ column, rows }) => [column, rows])).toEqual([
      ["new", 2],
      ["a", 1],
    ]);
    const values = load(text, { columns: "discard_value", data_type: "discard_value" }, { options });
    expect(rowsOf(values, "t", "id", "a")).toEqual(["r1 1", "r2 2", "r3 ", "r4 ", "r5 5"]);
    expect(values.schema.discarded).toMatchObject({ rows: 0, values: 3 });
    expect(refusal(() => load(text, { columns: "freeze" }, { options })).where).toMatchObject({
      column: "new",
      record: 2,
    });
    for (const size of [1, 2, 3, 7])
      expect(load(text, { columns: "discard_row" }, { options, chunks: [size] }).batches).toEqual(
        load(text, { columns: "discard_row" }, { options }).batches,
      );
  });

  test("a record that is malformed is malformed, whatever else is wrong with it", () => {
    const run = () => load('{"id":"b","new":1,"a":}\n', { columns: "discard_row" });
    expect(refusal(run).code).toBe("SOURCE_NOT_JSON");
  });

  test("a part of a key cannot be left out", () => {
    const hints = {
      t: { contract: { columns: "discard_value" as const }, columns: [{ path: ["k"], primaryKey: true }] },
    };
    expect(refusal(() => load("", {}, { hints })).where).toMatchObject({ column: "k" });
  });

  test("a hint that the contract does not let in is as if it were not there", () => {
    const columns = [
      { path: ["a"], nullable: false },
      { path: ["new"], type: "text" as const, nullable: false },
    ];
    const hints = {
      t: { contract: { columns: "discard_value" as const, data_type: "discard_value" as const }, columns },
    };
    const output = load('{"id":"b","a":null}', {}, { hints });
    expect(rowsOf(output, "t", "id")).toEqual(["b"]);
    expect(output.schema.tables["t"]!.columns["a"]!.nullable).toBe(true);
  });

  test("a thousand are listed, all are counted", () => {
    const record = Object.fromEntries(Array.from({ length: 1500 }, (_, i) => [`k${i}`, 1]));
    const { discarded } = load(JSON.stringify(record), { columns: "discard_value" }).schema;
    expect(discarded).toMatchObject({ rows: 0, values: 1500, entries: 1500 });
    expect(discarded!.list).toHaveLength(1000);
  });

  test("system columns and new tables are free", () => {
    const all: TableContract = { columns: "freeze" };
    const output = load('{"id":"b","q":[{"k":1},{"j":2}],"_dlt_own":1}', all);
    expect([...output.tables.get("t__q")!.columns.keys()]).toEqual(["k", "j"]);
    expect(output.tables.get("t")!.columns.has("_dlt_own")).toBe(true);
  });
});
