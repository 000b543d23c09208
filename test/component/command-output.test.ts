import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { tableFromIPC } from "apache-arrow";
import { expect, test } from "vitest";
import { ERROR_CODES } from "../../core/errors.ts";
import { COMMAND, runCommand, type Done } from "./command.ts";
import { readTar } from "./tar.ts";

// What a person sees of the command: its outputs, its messages and exit codes.

const FIXED = ["--table", "t", "--load-id", "7", "--seed", "1"];

async function run(args: string[], stdin: string): Promise<Done & { text: string }> {
  const [done] = await runCommand("node20", [{ args, stdin: Buffer.from(stdin) }]);
  return { ...done!, text: Buffer.from(done!.stdout).toString() };
}

const lines = (...records: object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join("");

/** As many records as make several batches of `batchBytes`, a column more in each third of them. */
const GROWING = Array.from({ length: 300 }, (_, id) => ({
  id,
  ...(id >= 100 ? { name: `n${id}`, ok: id % 2 === 0 } : {}),
  ...(id >= 200 ? { at: "2024-01-01T00:00:00Z", price: "1.50", doc: { a: id } } : {}),
}));
const SMALL_BATCHES = [
  "--config",
  '{"batchBytes":500}',
  "--hint",
  "price=decimal(20,4)",
  "--hint",
  "doc=json",
];

test("the command imports nothing but WASI, seven functions of it, and exports a start and its memory", () => {
  const module = new WebAssembly.Module(readFileSync(COMMAND));
  expect(
    WebAssembly.Module.exports(module)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(["_start", "memory"]);
  const imports = WebAssembly.Module.imports(module);
  expect(new Set(imports.map((each) => each.module))).toEqual(new Set(["wasi_snapshot_preview1"]));
  const names = [
    "args_get",
    "args_sizes_get",
    "clock_time_get",
    "fd_read",
    "fd_write",
    "proc_exit",
    "random_get",
  ];
  expect(imports.map(({ name }) => name).sort()).toEqual(names);
});

test("csv is RFC 4180: quotes where they are needed, nulls empty, empty texts in quotes", async () => {
  const data = lines(
    { id: 1, "Full Name": 'a,"b"\nc', e: "", at: "2024-01-01T00:00:00.5Z" },
    { id: 2, e: null },
  );
  const { code, text } = await run([...FIXED, "--output", "csv"], data);
  expect(code).toBe(0);
  const [header, ...rows] = text.split("\r\n");
  expect(header).toBe("id,full_name,e,at,_dlt_load_id,_dlt_id");
  expect(rows[0]).toMatch(/^1,"a,""b""\nc","",2024-01-01T00:00:00\.500Z,7,[\w+/]{14}$/);
  expect(rows[1]).toMatch(/^2,,,,7,[\w+/]{14}$/);
  expect(rows.slice(2)).toEqual([""]);
});

test("csv of a nested table", async () => {
  const { text } = await run([...FIXED, "--output=csv", "--only", "t__tags"], lines({ tags: ["x", "y"] }));
  expect(text.split("\r\n").map((line) => line.split(",")[0])).toEqual(["value", "x", "y", ""]);
});

test("one table is one plain Arrow IPC stream, with all the columns that came", async () => {
  const { code, stdout } = await run([...FIXED, "--only", "t", ...SMALL_BATCHES], lines(...GROWING));
  expect(code).toBe(0);
  const table = tableFromIPC(stdout);
  expect(table.batches.length).toBeGreaterThan(5);
  expect(table.numRows).toBe(300);
  const rows = table.toArray().map((row) => ({ ...row.toJSON() }) as Record<string, unknown>);
  expect(rows.map(({ id }) => Number(id))).toEqual(GROWING.map(({ id }) => id));
  expect(rows[50]).toMatchObject({ name: null, ok: null, at: null, price: null, doc: null });
  expect(rows[150]).toMatchObject({ name: "n150", ok: true, at: null, doc: null });
  expect(rows[250]).toMatchObject({ name: "n250", ok: true, at: 1704067200000, doc: '{"a":250}' });
});

test("what comes after the lookahead is an error in one stream, and a new column in SQL", async () => {
  const data = lines(...GROWING);
  for (const output of [
    ["--only", "t"],
    ["--output", "csv"],
  ]) {
    const { code, stderr, stdout } = await run(
      [...FIXED, ...output, "--lookahead", "0", ...SMALL_BATCHES],
      data,
    );
    expect(code).toBe(3);
    expect(stderr).toContain("SCHEMA_CONTRACT  column name of table t came after the output had begun");
    expect(stderr).toContain("--lookahead");
    // Rows of a CSV are gathered before they are written: here none was.
    expect(stderr.includes("the output is incomplete")).toBe(stdout.length > 0);
  }
  const { code, text } = await run([...FIXED, "--output", "sql", "--lookahead", "0", ...SMALL_BATCHES], data);
  expect(code).toBe(0);
  expect(text.match(/^ALTER TABLE .*$/gm)).toEqual([
    'ALTER TABLE "t" ADD COLUMN "name" VARCHAR;',
    'ALTER TABLE "t" ADD COLUMN "ok" BOOLEAN;',
    'ALTER TABLE "t" ADD COLUMN "at" TIMESTAMP WITH TIME ZONE;',
  ]);
  expect(text.startsWith("BEGIN;\n") && text.endsWith("COMMIT;\n")).toBe(true);
});

test("the tables in a tar: streams that any Arrow reader opens, and the schema", async () => {
  const long = "k".repeat(150);
  const { stdout } = await run(FIXED, lines({ id: 1, tags: ["x"], [long]: [1, 2] }));
  const entries = readTar(stdout);
  expect([...entries.keys()]).toEqual([
    "t/001-000001.arrows",
    "t__tags/001-000001.arrows",
    `t__${long}/001-000001.arrows`,
    "schema.json",
  ]);
  expect(tableFromIPC(entries.get(`t__${long}/001-000001.arrows`)).numRows).toBe(2);
  const schema = JSON.parse(Buffer.from(entries.get("schema.json")!).toString());
  expect(schema.rows).toEqual({ t: 1, t__tags: 1, [`t__${long}`]: 2 });
});

test("--schema is the schema document and nothing else", async () => {
  const { text } = await run([...FIXED, "--schema", "--primary-key", "id"], lines({ id: 1, price: 1.5 }));
  const { tables } = JSON.parse(text);
  expect(tables.t.columns.id).toMatchObject({ data_type: "bigint", nullable: false, primary_key: true });
});

test("--records, --format and --max-nesting reach the engine", async () => {
  const data = '{"data":{"items":[{"a":{"b":[1]}},{"a":{"b":[2]}}]}}';
  const { text } = await run(
    [...FIXED, "--format", "json", "--records", "$.data['items']", "--max-nesting", "0", "--output", "csv"],
    data,
  );
  expect(text).toMatch(/^a,_dlt_load_id,_dlt_id\r\n"\{""b"":\[1\]\}",7,/);
});

test("csv comes in as well, its options through --input", async () => {
  const args = [...FIXED, "--format", "csv", "--hint", "price=decimal(20,4)", "--output", "csv"];
  const { text } = await run(
    [...args, "--input", '{"csv":{"delimiter":";"}}'],
    'id;name;price\n1;"a;b";1.5\n',
  );
  expect(text).toMatch(/^price,id,name,_dlt_load_id,_dlt_id\r\n1\.5000,1,a;b,7,/);
});

test("bad records are set aside, and how many is said", async () => {
  const { code, text, stderr } = await run(
    [...FIXED, "--on-bad-record", "quarantine", "--only", "_runlet_rejects", "--output", "csv"],
    '{"a":1}\n{"a":x}\n{"a":2}\n',
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: "1 bad record set aside in _runlet_rejects\n" });
  expect(text).toContain("SOURCE_NOT_JSON");
});

test("what is read is written: 20 MB pass through 12 MB of memory", async () => {
  const data = lines({ id: 1, name: "a name of some length", tags: ["x", "y"] }).repeat(330_000);
  expect(data.length).toBeGreaterThan(18_000_000);
  const { code, stdout } = await run(
    [...FIXED, "--max-memory", "12", "--config", '{"batchBytes":262144}'],
    data,
  );
  expect(code).toBe(0);
  expect(JSON.parse(Buffer.from(readTar(stdout).get("schema.json")!).toString()).rows).toEqual({
    t: 330_000,
    t__tags: 660_000,
  });
});

test("an empty input is no error", async () => {
  expect(await run([...FIXED, "--output", "csv"], "")).toMatchObject({ code: 0, text: "", stderr: "" });
  expect(await run([...FIXED, "--output", "sql"], "")).toMatchObject({ code: 0, text: "BEGIN;\nCOMMIT;\n" });
  const { code, stdout } = await run([...FIXED, "--only", "t"], "");
  expect(code).toBe(0);
  expect(tableFromIPC(stdout).numRows).toBe(0);
});

test.each<[string, string[], string, number, string[]]>([
  [
    "bad JSON",
    [],
    '{"a":1}\n{"a":tru}\n',
    4,
    ["✖ SOURCE_NOT_JSON  t: ", "line 2, record 2", '{"a":tru}', "exit 4"],
  ],
  ["an unknown option", ["--bogus"], "", 2, ["✖ USAGE  unknown option --bogus", "--help", "exit 2"]],
  ["an option without its value", ["--records"], "", 2, ["USAGE  --records needs a value"]],
  ["an unknown format", ["--format", "xml"], "", 2, ["--format is auto, ndjson, json, csv or tsv"]],
  ["a hint that is no type", ["--hint", "a=number"], "", 2, ["--hint is a type"]],
  ["a path that is none", ["--records", "a..b"], "", 2, ["--records is no path"]],
  [
    "a table that did not come",
    ["--only", "u"],
    '{"a":1}\n',
    2,
    ["CONFIG_INVALID  the input has no table u", "--schema"],
  ],
  ["JSON that is none", ["--config", "{"], "", 2, ["--config is a JSON object"]],
  ["records that are elsewhere", ["--records", "x"], '{"a":[]}', 4, ["SOURCE_SELECTOR"]],
  ["a null in a key", ["--primary-key", "id"], '{"id":null}\n', 3, ["NULL_IN_KEY", "exit 3"]],
  ["memory that is used up", ["--max-memory", "1"], '{"a":1}\n', 4, ["LIMIT_MEMORY", "--max-memory"]],
  ["too many columns", ["--config", '{"limits":{"columns":1}}'], '{"a":1,"b":2}\n', 3, ["LIMIT_COLUMNS"]],
])("%s: exit code and what to do", async (_, args, data, exit, said) => {
  const { code, stderr, stdout } = await run([...FIXED, ...args], data);
  for (const part of said) expect(stderr).toContain(part);
  expect(code).toBe(exit);
  expect(stdout.length).toBe(0);
  const named = /[A-Z]+_?[A-Z_]+/.exec(stderr)![0] as keyof typeof ERROR_CODES;
  expect(ERROR_CODES[named].exit).toBe(exit);
});

test("--help names every option, --version is the package's", async () => {
  const help = (await run(["--help"], "")).text;
  for (const option of ["--only", "--hint", "--records", "--lookahead", "--seed", "Exit codes"])
    expect(help).toContain(option);
  expect(Math.max(...help.split("\n").map((line) => line.length))).toBeLessThanOrEqual(115);
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  expect((await run(["--version"], "")).text).toBe(`${version}\n`);
});

test("equal input, load id and seed give equal bytes; without a seed the row ids differ", async () => {
  const data = lines({ id: 1 });
  const [a, b] = [await run(FIXED, data), await run(FIXED, data)];
  expect(Buffer.compare(a.stdout, b.stdout)).toBe(0);
  const csv = ["--output", "csv"];
  expect((await run(csv, data)).text).not.toBe((await run(csv, data)).text);
});

test("the example's run.mjs is all that Node needs", () => {
  const args = ["--table", "orders", "--only", "orders__lines", "--output", "csv"];
  const output = execFileSync(
    process.execPath,
    ["--no-warnings", "--no-turbo-fast-api-calls", "examples/wasi/run.mjs", ...args],
    { input: readFileSync("examples/zero-code/orders.ndjson"), encoding: "utf8" },
  );
  expect(output).toMatch(/^sku,quantity,price,_dlt_parent_id,_dlt_list_idx,_dlt_id\r\nA-1,2,19\.5,/);
});
