// CSV through a pipeline: what says that bytes are CSV, and that everything a resource can ask for works with it.
import { gzipSync } from "node:zlib";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  files,
  http,
  memory,
  pipeline,
  resource,
  transformer,
  type FilesOptions,
  type Resource,
} from "../../core/index.ts";
import { installTestHost } from "./host.ts";
import { serve, type TestServer } from "./server.ts";

const folder = mkdtempSync(join(tmpdir(), "runlet-csv-"));
const TEXT = 'id,Full Name\n1,"Doe, Ann"\n2,\n';
const ROWS = [{ id: 1, full_name: "Doe, Ann" }, { id: 2 }];
let server: TestServer;

beforeAll(async () => {
  installTestHost();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "a.csv"), TEXT);
  writeFileSync(join(folder, "b.CSV.gz"), gzipSync(TEXT));
  writeFileSync(join(folder, "c.tsv"), "id\tfull_name\n1\tDoe, Ann\n2\t\n");
  writeFileSync(join(folder, "d.tab"), "id\tfull_name\n1\tDoe, Ann\n2\t\n");
  writeFileSync(join(folder, "e.txt"), TEXT);
  server = await serve(({ path }, response) => {
    if (path === "/typed") response.setHeader("content-type", "text/csv; charset=utf-8");
    if (path === "/named.csv") response.setHeader("content-type", "application/octet-stream");
    if (path === "/json.csv") return { id: 1 };
    return TEXT;
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

async function rows(from: Resource<any>, options = {}): Promise<Record<string, unknown>[]> {
  const store = memory();
  await pipeline("p", from).run({ to: store, ...options });
  const table = store.tables()["t"] ?? [];
  return table.map(({ _dlt_id, _dlt_load_id, ...row }) =>
    Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)),
  );
}

const from = (name: string, options: Pick<FilesOptions, "format" | "columns"> = {}) =>
  rows(files("t", { from: join(folder, name), ...options }));

describe("what says that it is CSV", () => {
  test.each(["a.csv", "b.CSV.gz", "c.tsv", "d.tab"])("the file's name: %s", async (name) => {
    expect(await from(name)).toEqual(ROWS);
  });

  test("the format option, whatever the name", async () => {
    expect(await from("e.txt", { format: "csv" })).toEqual(ROWS);
    expect(await rows(resource("t", { format: "csv" }, () => TEXT))).toEqual(ROWS);
    expect(await rows(resource("t", { format: "csv" }, () => new Blob([TEXT]).stream()))).toEqual(ROWS);
  });

  test("the type of a Blob, the name of a File", async () => {
    const typed = new Blob([TEXT], { type: "text/csv" });
    expect(await rows(resource("t", {}, () => typed))).toEqual(ROWS);
    expect(await rows(files("t", { from: [typed] }))).toEqual(ROWS);
    expect(await rows(files("t", { from: [new File([TEXT], "x.csv")] }))).toEqual(ROWS);
  });

  test("the content type of an answer, else the address", async () => {
    const api = http(server.url);
    const page = (path: string) => rows(resource("t", { http: api }, ({ http: client }) => client.get(path)));
    expect(await page("/typed")).toEqual(ROWS);
    expect(await page("/named.csv")).toEqual(ROWS);
    expect(await page("/json.csv")).toEqual([{ id: 1 }]);
    expect(await rows(resource("t", {}, () => fetch(`${server.url}/typed`)))).toEqual(ROWS);
    expect(await rows(resource("t", { http: api }, ({ http: client }) => client.pages("/typed")))).toEqual(
      ROWS,
    );
  });

  test("nothing: it is refused as JSON, and the hint names the format", async () => {
    await expect(from("e.txt")).rejects.toMatchObject({
      code: "SOURCE_NOT_JSON",
      hint: expect.stringContaining("--format csv") as string,
    });
    await expect(rows(resource("t", {}, () => '{"a":}'))).rejects.toMatchObject({ hint: undefined });
  });
});

test("options of the dialect", async () => {
  const csv = { delimiter: "^", header: false, columns: ["a", "b"], skipRows: 1, types: false } as const;
  expect(await rows(resource("t", { format: "csv", csv }, () => "made by hand\n1^2\n"))).toEqual([
    { a: "1", b: "2" },
  ]);
});

test.each<[string, object]>([
  ['format is "excel"', { format: "excel" }],
  ["records leads into JSON documents", { format: "csv", records: "a.b" }],
  ['csv has no option "sep"', { csv: { sep: ";" } }],
  ["csv.delimiter cannot be", { csv: { delimiter: ", " } }],
  ["csv.delimiter cannot be", { csv: { delimiter: "5" } }],
  ["csv.delimiter cannot be", { csv: { delimiter: "\n" } }],
  ["csv.quote cannot be", { csv: { quote: "ab" } }],
  ["are the same", { csv: { delimiter: "|", quote: "|" } }],
  ["csv.skipRows cannot be", { csv: { skipRows: -1 } }],
])("refused where it is declared: %s (%j)", (message, options) => {
  expect(() => resource("t", options, [])).toThrow(
    expect.objectContaining({
      code: "PIPELINE_INVALID",
      message: expect.stringContaining(message) as string,
    }),
  );
});

test("column hints, limits, and what is wrong with a record", async () => {
  expect(
    await from("a.csv", { columns: { id: "text", "Full Name": { as: "name", mask: "redact" } } }),
  ).toEqual([{ id: "1", name: "***" }, { id: "2" }]);
  expect(await rows(files("t", { from: join(folder, "a.csv") }), { limit: 1 })).toEqual([ROWS[0]]);
  const bad = resource("t", { format: "csv" }, () => "a,b\n1,2,3\n4,5\n");
  await expect(rows(bad)).rejects.toMatchObject({
    code: "SOURCE_NOT_CSV",
    where: { resource: "t", record: 1, line: 2 },
  });
  expect(await rows(bad, { normalise: { onBadRecord: "quarantine" } })).toEqual([{ a: 4, b: 5 }]);
});

test("a map sees the header's names and typed values", async () => {
  const seen: unknown[] = [];
  const map = (row: object) => {
    seen.push(row);
    return { ...row, more: true };
  };
  expect(await rows(resource("t", { format: "csv", map }, () => TEXT))).toEqual(
    ROWS.map((row) => ({ ...row, more: true })),
  );
  expect(seen).toEqual([
    { id: 1, "Full Name": "Doe, Ann" },
    { id: 2, "Full Name": null },
  ]);
});

test("a transformer picks from the records", async () => {
  const list = resource("list", { format: "csv" }, () => "id,name\n007,x\n008,y\n");
  const each = transformer("t", { from: list, pick: { id: "text" }, include: ["id"] }, ({ id }) => [
    { got: id },
  ]);
  const store = memory();
  await pipeline("p", [list, each]).run({ to: store });
  expect(store.tables()["t"]!.map((row) => row["got"])).toEqual(["007", "008"]);
});
