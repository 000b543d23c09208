import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import type { EngineConfig, TableContract } from "../../core/binding/contract.ts";
import type { Tables } from "../../core/schema/types.ts";
import { bytes, normalise, normaliseText } from "./engine.ts";

// Keys that come once and are left out by a contract: what one record costs does not grow with those before it, and what
// may not be made counts toward no limit.

interface Case {
  config: Partial<EngineConfig>;
  options: object;
  bytes: () => Uint8Array;
}
let count: (load: Case) => { instructions: number };

beforeAll(async () => {
  // Of a name the compiler cannot know: it has no types of these modules.
  const { instructionCounter } = (await import(["../../bench/instructions", "measure.mjs"].join("/"))) as {
    instructionCounter(wasm: Uint8Array): Promise<typeof count>;
  };
  count = await instructionCounter(readFileSync(process.env.RUNLET_CORE_WASM ?? "dist/core.wasm"));
});

const known: Tables = normaliseText('{"id":"r","l":[{"x":1}]}').schema.tables;

const ROWS: TableContract = { columns: "discard_row" };
const shapes: [string, TableContract, (i: number) => string][] = [
  ["objects in records that go", ROWS, (i) => `{"id":"r","k${i}":{"x":1}}`],
  ["objects in objects that go", ROWS, (i) => `{"id":"r","k":{"k${i}":{"x":1}}}`],
  ["nulls in records that go", ROWS, (i) => `{"k${i}":null,"n":1}`],
  ["objects in rows that go", ROWS, (i) => `{"id":"r","l":[{"x":1,"k${i}":{"z":1}}]}`],
  ["lists of tables that may not be made", { tables: "discard_value" }, (i) => `{"id":"r","k${i}":[1,2]}`],
  [
    "lists of such tables, in records that go",
    { tables: "discard_value", columns: "discard_row" },
    (i) => `{"id":"r","k${i}":[1],"n":1}`,
  ],
];

test.each(shapes)("%s", (_, contract, record) => {
  const N = 3000;
  const run = (n: number) =>
    count({
      config: { tables: known, hints: { t: { contract } } },
      options: { format: "ndjson" },
      bytes: () => bytes(Array.from({ length: n }, (_, i) => record(i)).join("\n") + "\n"),
    }).instructions;
  const [once, twice] = [run(N), run(2 * N)];
  expect(twice / once).toBeLessThan(2.3);
});

describe("tables that may not be made", () => {
  const many = (n: number, record: (i: number) => string) =>
    bytes(Array.from({ length: n }, (_, i) => record(i)).join("\n"));

  test.each(["discard_row", "discard_value"] as const)("count toward no limit: %s", (tables) => {
    const text = many(5000, (i) => `{"id":"r${i}","k${i}":[{"x":1}]}`);
    const output = normalise([{ chunks: [text] }], {
      tables: known,
      hints: { t: { contract: { tables } } },
      limits: { tables: 4 },
    });
    expect(output.tables.get("t")!.rows).toHaveLength(5000);
    expect(output.schema.discarded).toMatchObject({ rows: 5000, entries: 5000 });
    expect(Object.keys(output.schema.tables)).toEqual(["t", "t__l"]);
  });

  test("nor do those that records name", () => {
    const text = many(5000, (i) => `{"id":"r","kind":"k${i % 2500}"}`);
    const output = normalise([{ chunks: [text], options: { route: ["kind"] } }], {
      tables: known,
      hints: { t: { contract: { tables: "discard_row" } } },
      limits: { tables: 3 },
    });
    expect(output.schema.discarded).toMatchObject({ rows: 5000, entries: 2500 });
    expect(output.schema.discarded!.list[0]).toMatchObject({ table: "k0", entity: "tables", rows: 2 });
  });

  test("those that are made still do", () => {
    const load = (text: string, contract: TableContract) =>
      normalise([{ chunks: [bytes(text)] }], {
        tables: known,
        hints: { t: { contract } },
        limits: { tables: 2 },
      });
    expect(() => load('{"k":[1]}', { columns: "discard_row" })).toThrow(
      expect.objectContaining({ code: "LIMIT_TABLES" }),
    );
  });
});

test("a key that came in a record that went is as new: object, list, null, value", () => {
  const text = [
    '{"id":"a","k":{"x":1},"n":1}',
    '{"id":"b","k":null,"n":1}',
    '{"id":"c","k":[1],"n":1}',
    '{"id":"d","k":{"y":1}}',
    '{"id":"e"}',
  ];
  const config = { tables: known, hints: { t: { contract: ROWS } } };
  const went = normalise([{ chunks: [bytes(text.join("\n"))] }], config);
  const never = normalise([{ chunks: [bytes(text.slice(3).join("\n"))] }], config);
  expect(went.tables.get("t")!.rows.map((row) => row.get("id"))).toEqual(["e"]);
  expect(went.schema.tables).toEqual(never.schema.tables);
  const open = { tables: known, onBadRecord: "quarantine" } as const;
  const bad = text.slice(0, 3).map((line) => line.replace('"n":1', '"n":tru'));
  const aside = normalise([{ chunks: [bytes([...bad, ...text.slice(3)].join("\n"))] }], open);
  const clean = normalise([{ chunks: [bytes(text.slice(3).join("\n"))] }], open);
  expect(aside.schema.tables["t"]).toEqual(clean.schema.tables["t"]);
  expect(aside.schema.rows["_runlet_rejects"]).toBe(3);
});
