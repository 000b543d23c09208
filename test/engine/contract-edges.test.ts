import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EngineConfig, InputOptions, TableContract } from "../../core/binding/contract.ts";
import type { Tables } from "../../core/schema/types.ts";
import { bytes, normalise, normaliseText, refusal } from "./engine.ts";
import { split } from "./split.ts";

// Contracts where they meet duplicate keys, cursors, many violations, masks and hints.

const known: Tables = normaliseText('{"id":"r","a":1,"o":{"x":1},"l":[{"x":1}]}').schema.tables;
const RUNS = process.env["RUNLET_FULL"] === "1" ? 3000 : 150;
const NDJSON: InputOptions = { format: "ndjson" };

function load(
  text: string,
  contract: TableContract,
  options: InputOptions = NDJSON,
  { chunks = [], ...config }: Partial<EngineConfig> & { chunks?: number[] } = {},
) {
  const hints = { t: { ...config.hints?.["t"], contract } };
  return normalise([{ chunks: split(bytes(text), chunks), options }], { tables: known, ...config, hints });
}

const column = (output: ReturnType<typeof load>, name: string, table = "t") =>
  output.tables.get(table)?.rows.map((row) => row.get(name));

describe("a key that stands more than once", () => {
  const cell = fc.constantFrom("1", '"t"', "null", "true", "[]", "[1]", '{"z":1}', '{"z":null}', '[{"x":1}]');
  const member = fc.tuple(fc.constantFrom("a", "o", "l", "n", "x"), cell);
  const records = fc.array(fc.array(member, { maxLength: 6 }), { minLength: 1, maxLength: 6 });
  const mode = fc.constantFrom<NonNullable<TableContract["columns"]>>("discard_row", "discard_value");
  const contracts = fc.record({ columns: mode, data_type: mode }, { requiredKeys: [] });

  test("counts as its last value does", () => {
    let discarded = 0;
    fc.assert(
      fc.property(records, contracts, fc.boolean(), (all, contract, nested) => {
        const textOf = (members: (readonly [string, string])[]) => {
          const object = `{${members.map(([key, value]) => `"${key}":${value}`).join(",")}}`;
          return nested ? `{"id":"i","l":[${object},{"x":1},${object}]}` : object;
        };
        const text = all.map(textOf).join("\n");
        const once = all
          .map((members) =>
            textOf(members.filter(([key], i) => !members.slice(i + 1).some((later) => later[0] === key))),
          )
          .join("\n");
        const found = load(text, contract);
        const wanted = load(once, contract);
        const cells = (row: Map<string, string>) =>
          [...row].filter(([key]) => !key.startsWith("_dlt")).sort();
        const rows = ({ tables }: typeof found) =>
          Object.fromEntries([...tables].map(([name, { rows }]) => [name, rows.map(cells)]));
        const counts = ({ schema: { discarded } }: typeof found) =>
          discarded && { ...discarded, list: discarded.list.map((each) => JSON.stringify(each)).sort() };
        expect(rows(found)).toEqual(rows(wanted));
        expect(counts(found)).toEqual(counts(wanted));
        discarded += found.schema.discarded?.entries ?? 0;
      }),
      { numRuns: RUNS },
    );
    expect(discarded).toBeGreaterThan(RUNS / 4);
  });
});

describe("with a cursor", () => {
  const config = { cursors: { c: { path: ["a"], start: "10", openStart: true } } };
  const csv = "id,a,new\nr1,5,x\nr2,11,\nr3,12,x\nr4,7,\nr5,9,x\n";
  const ndjson = csv
    .split("\n")
    .slice(1, -1)
    .map((line) => line.split(","))
    .map(([id, a, value]) => JSON.stringify({ id, a: Number(a), ...(value ? { new: value } : {}) }))
    .join("\n");
  const forms: [string, string][] = [
    ["csv", csv],
    ["ndjson", ndjson],
  ];

  test.each(forms)(
    "%s: a record that is left out violates nothing, one that is discarded has been read",
    (format, text) => {
      const options = { format, cursor: "c" } as InputOptions;
      for (const chunks of [[], [1], [7]]) {
        const output = load(text, { columns: "discard_row" }, options, { ...config, chunks });
        expect(column(output, "id")).toEqual(["r2"]);
        expect(output.schema.discarded).toMatchObject({ rows: 1, values: 0, entries: 1 });
        expect(output.summaries[0]).toMatchObject({ records: 2, cursor: { left: 3, advanced: true } });
        expect(output.schema.cursors!["c"]!.last).toBe("12");
      }
      const old = text
        .split("\n")
        .filter((line) => !line.includes("12"))
        .join("\n");
      expect(column(load(old, { columns: "freeze" }, options, config), "id")).toEqual(["r2"]);
      expect(refusal(() => load(text, { columns: "freeze" }, options, config)).where).toMatchObject({
        column: "new",
        record: 3,
      });
    },
  );

  test("comma-separated text for a table that may not be made leaves the cursor where it is", () => {
    const options: InputOptions = { format: "csv", cursor: "c" };
    const output = normalise(
      [
        { table: "u", options, chunks: [bytes(csv)] },
        { table: "t", options, chunks: [bytes(csv)] },
        { table: "u", options, chunks: [bytes(csv)] },
      ],
      { ...config, tables: known, hints: { u: { contract: { tables: "discard_row" } } } },
    );
    expect(output.schema.discarded).toMatchObject({ rows: 10, entries: 1 });
    expect(output.schema.cursors!["c"]!.last).toBe("12");
  });
});

describe("however many violations there are", () => {
  // A load that looks at every barred key for every record that goes takes minutes for this.
  const MANY = 60_000;
  const modes: TableContract[] = [
    { columns: "discard_row" },
    { columns: "discard_value", data_type: "discard_row" },
  ];
  test.each(modes)("keys that never come again: %o", (contract) => {
    const text = Array.from({ length: MANY }, (_, i) => `{"id":"r","k${i}":1,"a":"t"}`).join("\n");
    const output = load(text, contract);
    expect(output.schema.discarded).toMatchObject({ rows: MANY, values: 0 });
    expect(output.schema.discarded!.list.length).toBeLessThanOrEqual(1000);
    expect(column(output, "id") ?? []).toEqual([]);
  });

  test("rows of one record's list", () => {
    const list = Array.from({ length: MANY }, (_, i) => (i % 1000 ? '{"x":1,"z":1}' : '{"x":2}')).join(",");
    const output = load(`{"id":"r","l":[${list}]}`, { columns: "discard_row" });
    expect(output.schema.discarded).toMatchObject({ rows: MANY - MANY / 1000, entries: 1 });
    expect(column(output, "_dlt_list_idx", "t__l")).toEqual(
      Array.from({ length: MANY / 1000 }, (_, i) => String(i * 1000)),
    );
  });

  test("scalars where objects were take no memory", () => {
    const pages = (n: number) => {
      const text = '{"id":"r","o":1}\n'.repeat(n);
      const output = load(text, { columns: "discard_value" }, NDJSON, {
        limits: { memoryBytes: 8 * 1024 * 1024 },
        chunks: [20_000],
        batchBytes: 4096,
      });
      return output.schema.discarded;
    };
    expect(pages(MANY * 2)).toMatchObject({ values: MANY * 2, entries: 1 });
  });
});

describe("whatever else is wrong", () => {
  test.each([
    ["a cell too many", "id,a,new\nr1,1,x,y\nr2,2,\n", /more cells/],
    ["text behind a quote", 'id,a,new\nr1,x,"y"z\nr2,2,\n', /quote/],
  ])("comma-separated text: %s is malformed", (_, text, message) => {
    const all: TableContract = { columns: "discard_row", data_type: "discard_row" };
    const error = refusal(() => load(text, all, { format: "csv" }));
    expect(error.code).toBe("SOURCE_NOT_CSV");
    expect(error.message).toMatch(message);
    const aside = load(text, all, { format: "csv" }, { onBadRecord: "quarantine" });
    expect(aside.tables.get("_runlet_rejects")!.rows).toHaveLength(1);
    expect(column(aside, "id")).toEqual(["r2"]);
    expect(aside.schema.discarded).toBeUndefined();
  });

  test("a record set aside counts nothing, one that is discarded is not set aside", () => {
    const text = '{"id":"a","n":1,"a":tru}\n{"id":"b","n":1}\n{"id":"c","l":[{"x":"t","w":1}]}\n{"id":"d"}';
    const output = load(text, { columns: "discard_row", data_type: "discard_value" }, NDJSON, {
      onBadRecord: "quarantine",
    });
    expect(column(output, "id")).toEqual(["c", "d"]);
    expect(output.tables.get("_runlet_rejects")!.rows).toHaveLength(1);
    expect(output.schema.discarded).toMatchObject({ rows: 2, values: 0 });
  });

  test("a value that is left out of a column that takes no null is a null there", () => {
    const hints = { t: { columns: [{ path: ["a"], nullable: false }] } };
    const error = refusal(() =>
      load('{"id":"a","a":"t"}', { data_type: "discard_value" }, NDJSON, {
        hints,
        tables: JSON.parse(
          JSON.stringify(known).replace(
            '"name":"a","data_type":"bigint","nullable":true',
            '"name":"a","data_type":"bigint","nullable":false',
          ),
        ) as Tables,
      }),
    );
    expect(error.where).toMatchObject({ column: "a" });
  });
});

test("values of masked columns are nowhere, frozen, discarded or set aside", () => {
  const columns = [
    { path: ["s"], mask: "redact" as const },
    { path: ["deep", "s"], mask: "null" as const },
  ];
  const text = '{"id":"a","s":"hunter2","new":"hunter2"}\n{"id":"b","deep":{"s":"hunter2"}}\n';
  for (const mode of ["freeze", "discard_row", "discard_value"] as const) {
    let said: string;
    try {
      const output = load(text, { columns: mode, data_type: mode }, NDJSON, { hints: { t: { columns } } });
      said = JSON.stringify([
        output.schema,
        [...output.tables].map(([, { rows }]) => rows.map((row) => [...row])),
      ]);
      expect(output.schema.discarded!.entries).toBeGreaterThan(0);
    } catch (error) {
      said = JSON.stringify(error) + String(error);
      expect(said).toContain("SCHEMA_CONTRACT");
    }
    expect(said).not.toContain("hunter2");
  }
});

test("an object in many columns loses the parts that are new, or its row", () => {
  const text = '{"id":"a","o":{"x":1,"y":{"z":1,"w":[1]}}}\n{"id":"b","o":{"x":2}}';
  const values = load(text, { tables: "discard_row", columns: "discard_value" });
  expect(column(values, "o__x")).toEqual(["1", "2"]);
  expect(values.schema.discarded!.list).toEqual([
    { table: "t", column: "o__y__z", entity: "columns", mode: "discard_value", type: "bigint", values: 1 },
    { table: "t__o__y__w", entity: "tables", mode: "discard_row", rows: 1 },
  ]);
  const rows = load(text, { tables: "discard_row", columns: "discard_row" });
  expect(column(rows, "id")).toEqual(["b"]);
  expect(rows.schema.discarded).toMatchObject({ rows: 1, entries: 1 });
});
