import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import type { ColumnHint, EngineConfig } from "../../core/binding/contract.ts";
import { normaliseText } from "./engine.ts";
import type { EngineOutput } from "./collect.ts";

function hinted(text: string, columns: ColumnHint[], config: Partial<EngineConfig> = {}): EngineOutput {
  return normaliseText(text, { format: "ndjson" }, { hints: { t: { columns } }, ...config });
}

function rows(out: EngineOutput, table = "t"): Record<string, string>[] {
  return out.tables
    .get(table)!
    .rows.map((row) => Object.fromEntries([...row].filter(([name]) => !name.startsWith("_dlt_"))));
}

const US = (iso: string) => String(BigInt(Date.parse(iso)) * 1000n);

test.each<[string, ColumnHint, string, string, string, string]>([
  ["text from a number", { path: ["a"], type: "text" }, "12", "a", "text", "12"],
  [
    "text that looks like a timestamp",
    { path: ["a"], type: "text" },
    '"2022-05-10T00:00:00Z"',
    "a",
    "text",
    "2022-05-10T00:00:00Z",
  ],
  ["double from an integer", { path: ["a"], type: "double" }, "1", "a", "double", "1"],
  ["bigint from text", { path: ["a"], type: "bigint" }, '"12"', "a", "bigint", "12"],
  ["bool from text", { path: ["a"], type: "bool" }, '"yes"', "a", "bool", "true"],
  ["bool from a number", { path: ["a"], type: "bool" }, "0", "a", "bool", "false"],
  [
    "timestamp from a date",
    { path: ["a"], type: "timestamp" },
    '"2022-05-10"',
    "a",
    "timestamp",
    US("2022-05-10"),
  ],
  [
    "timestamp from seconds",
    { path: ["a"], type: "timestamp" },
    "1652153831",
    "a",
    "timestamp",
    "1652153831000000",
  ],
  [
    "date",
    { path: ["a"], type: "date" },
    '"2022-05-10"',
    "a",
    "date",
    String(Date.parse("2022-05-10") / 86400000),
  ],
  ["time", { path: ["a"], type: "time" }, '"01:02:03.5"', "a", "time", "3723500000"],
  ["binary from base64", { path: ["a"], type: "binary" }, '"aGk="', "a", "binary", "6869"],
  ["decimal from text", { path: ["a"], type: "decimal" }, '"1.25"', "a", "decimal", "1.25"],
  [
    "decimal from a number",
    { path: ["a"], type: "decimal", precision: 10, scale: 2 },
    "12.5",
    "a",
    "decimal",
    "12.5",
  ],
  [
    "wei",
    { path: ["a"], type: "wei" },
    '"123456789012345678901234567890"',
    "a",
    "wei",
    "123456789012345678901234567890",
  ],
  [
    "json from an object",
    { path: ["a"], type: "json" },
    '{"b": [1, 2.0, "x"]}',
    "a",
    "json",
    '{"b":[1,2.0,"x"]}',
  ],
  ["json from a list", { path: ["a"], type: "json" }, "[1, null ]", "a", "json", "[1,null]"],
  ["json in an object", { path: ["a", "b"], type: "json" }, '{"b":{"c":1}}', "a__b", "json", '{"c":1}'],
  ["another name", { path: ["a"], as: "someName" }, "1", "some_name", "bigint", "1"],
  ["another name inside", { path: ["a", "b"], as: "flat" }, '{"b":1}', "a__flat", "bigint", "1"],
])("a hint gives %s", (_, hint, value, column, type, cell) => {
  const out = hinted(`{"a":${value}}\n`, [hint]);
  expect(Object.fromEntries(out.tables.get("t")!.columns)).toEqual({ [column]: { type, variant: false } });
  expect(rows(out)).toEqual([{ [column]: cell }]);
  const arrow =
    type === "decimal"
      ? `decimal(${hint.precision ?? 38},${hint.scale ?? 9})`
      : type === "wei"
        ? "decimal(38,0)"
        : type;
  expect(out.tables.get("t")!.arrowTypes.get(column)).toEqual([arrow]);
});

test("a value that does not fit its hinted type goes to a variant", () => {
  const out = hinted('{"a":"x"}\n{"a":5}\n', [{ path: ["a"], type: "bigint" }]);
  expect(rows(out)).toEqual([{ a__v_text: "x" }, { a: "5" }]);
  expect(out.tables.get("t")!.columns.get("a__v_text")).toEqual({ type: "text", variant: true });
});

test("a dropped column is gone with all below it", () => {
  const out = hinted('{"a":1,"b":{"c":1},"l":[{"x":1,"y":2}],"m":[1]}\n', [
    { path: ["a"], drop: true },
    { path: ["b"], drop: true },
    { path: ["m"], drop: true },
    { path: ["l", "y"], drop: true },
  ]);
  expect(rows(out)).toEqual([{}]);
  expect(rows(out, "t__l")).toEqual([{ x: "1" }]);
  expect([...out.tables.keys()].sort()).toEqual(["t", "t__l"]);
  expect(out.tables.get("t")!.columns.size).toBe(0);
});

test("masked values never leave the engine", () => {
  const key = "pepper";
  const text =
    '{"email":"me@example.com","ip":"10.1.2.3","name":"Ada","n":4711,"l":[{"email":"you@example.com"}]}\n';
  const out = hinted(text, [
    { path: ["email"], mask: "hmac", maskKey: key },
    { path: ["n"], mask: "hmac", maskKey: key },
    { path: ["ip"], mask: "redact" },
    { path: ["name"], mask: "null" },
    { path: ["l", "email"], mask: "hmac", maskKey: key },
  ]);
  const hmac = (value: string) => createHmac("sha256", key).update(value).digest("hex");
  const [row] = rows(out);
  expect(row!.email).toBe(hmac("me@example.com"));
  expect(row!.n).toBe(hmac("4711"));
  expect(row!.name).toBeUndefined();
  expect(row!.ip).toBeDefined();
  expect(rows(out, "t__l")[0]!.email).toBe(hmac("you@example.com"));
  const all = Buffer.concat([...out.batches.map((b) => b.message), Buffer.from(JSON.stringify(out.schema))]);
  for (const secret of ["me@example.com", "10.1.2.3", "Ada", "you@example.com", "pepper"]) {
    expect(all.includes(secret), secret).toBe(false);
  }
});

test("masked values are kept out of errors and rejects", () => {
  const line = '{"email":"me@example.com","a":x}\n';
  const columns: ColumnHint[] = [{ path: ["email"], mask: "redact" }];
  let told = "";
  try {
    hinted(line, columns);
  } catch (error) {
    told = JSON.stringify(error) + String(error);
  }
  expect(told).toContain("SOURCE_NOT_JSON");
  expect(told).not.toContain("me@example.com");
  const out = hinted(line, columns, { onBadRecord: "quarantine" });
  expect(out.tables.get("_runlet_rejects")!.rows.length).toBe(1);
  expect(Buffer.concat(out.batches.map((b) => b.message)).includes("me@example.com")).toBe(false);
});

test("keys and nullability are in the schema, and a null in a key is an error", () => {
  const out = hinted('{"id":1,"k":"x"}\n', [
    { path: ["id"], primaryKey: true },
    { path: ["k"], mergeKey: true, nullable: false },
  ]);
  expect(out.schema.tables.t!.columns.id).toMatchObject({
    data_type: "bigint",
    nullable: false,
    primary_key: true,
  });
  expect(out.schema.tables.t!.columns.k).toMatchObject({
    data_type: "text",
    nullable: false,
    merge_key: true,
  });
  for (const text of ['{"id":null}\n', '{"k":"x"}\n']) {
    expect(() => hinted(text, [{ path: ["id"], primaryKey: true }])).toThrow(
      expect.objectContaining({ code: "NULL_IN_KEY" }),
    );
  }
});

test("elements that are no objects are hinted as their list is, or by the name of their column", () => {
  const out = hinted('{"a":[1],"b":[2,[3]],"c":[4],"d":[[{"x":5}]],"e":[6]}\n', [
    { path: ["a"], type: "text", as: "aa" },
    { path: ["b", "value"], type: "double" },
    { path: ["c", "value"], drop: true },
    { path: ["d", "x"], type: "text" },
    { path: ["e", "value"], as: "n", mask: "redact" },
  ]);
  const types = (table: string) => Object.fromEntries(out.tables.get(table)!.columns);
  expect(types("t__aa")).toEqual({ value: { type: "text", variant: false } });
  expect(types("t__b")).toEqual({ value: { type: "double", variant: false } });
  expect(types("t__b__list")).toEqual({ value: { type: "double", variant: false } });
  expect(rows(out, "t__c")).toEqual([{}]);
  expect(rows(out, "t__d__list")).toEqual([{ x: "5" }]);
  expect(rows(out, "t__e")).toEqual([{ n: "***" }]);
});

test("nesting can be limited for one table", () => {
  const out = normaliseText('{"l":[{"m":[1]}]}', {}, { hints: { t: { maxTableNesting: 1 } } });
  expect(rows(out, "t__l")).toEqual([{ m: "[1]" }]);
});

test("a root key is added on request", () => {
  const out = normaliseText('{"l":[{"m":[1]}]}', {}, { rootKey: true });
  const root = out.tables.get("t")!.rows[0]!;
  for (const name of ["t__l", "t__l__m"]) {
    expect(out.tables.get(name)!.rows[0]!.get("_dlt_root_id")).toBe(root.get("_dlt_id"));
  }
  expect(root.has("_dlt_root_id")).toBe(false);
});
