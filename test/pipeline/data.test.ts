import { gzipSync } from "node:zlib";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import {
  files,
  http,
  memory,
  pipeline,
  resource,
  source,
  type Data,
  type Resource,
} from "../../core/index.ts";
import { installTestHost } from "./host.ts";
import { serve, type TestServer } from "./server.ts";

const folder = mkdtempSync(join(tmpdir(), "runlet-data-"));
const bytes = (text: string) => new TextEncoder().encode(text);
const TWO = '{"id":1}\n{"id":2}\n';

let server: TestServer;

beforeAll(async () => {
  installTestHost();
  // Text, not objects: the server shares this process, and must not be what is caught parsing.
  const list = '{"marker":"list-marker","items":[{"id":1,"text":"marker-1"},{"id":2}]}';
  server = await serve(({ path }) => (path === "/list" ? list : TWO));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

async function rows(from: Resource<any>): Promise<Record<string, unknown>[]> {
  const store = memory();
  await pipeline("p", from).run({ to: store });
  return (store.tables()["t"] ?? []).map(({ _dlt_id, _dlt_load_id, ...row }) => {
    expect(_dlt_id).toBeTypeOf("string");
    expect(_dlt_load_id).toBeTypeOf("string");
    return row;
  });
}

const given = (data: () => Data) => rows(resource("t", {}, data));

describe("every kind of data gives the same two rows", () => {
  const stream = () => new Blob([TWO]).stream();
  const kinds: Record<string, () => Data> = {
    Response: () => new Response(TWO),
    ReadableStream: stream,
    Uint8Array: () => bytes(TWO),
    ArrayBuffer: () => bytes(TWO).buffer,
    Blob: () => new Blob([TWO]),
    "JSON text": () => '[{"id":1},{"id":2}]',
    "NDJSON text": () => TWO,
    array: () => [{ id: 1 }, { id: 2 }],
    "a promise of an array": async () => [{ id: 1 }, { id: 2 }],
    "a Set": () => new Set([{ id: 1 }, { id: 2 }]),
    "array of pieces": () => [new Response('{"id":1}'), { id: 2 }],
    "array of promises": () => [Promise.resolve({ id: 1 }), Promise.resolve(new Blob(['{"id":2}']))],
    generator: function* () {
      yield { id: 1 };
      yield { id: 2 };
    },
    "generator of promises": function* () {
      yield Promise.resolve({ id: 1 });
      yield Promise.resolve(new Response('{"id":2}'));
    },
    "async generator": async function* () {
      yield { id: 1 };
      yield new Response('{"id":2}');
    },
    "nested generators": async function* () {
      yield (function* () {
        yield [{ id: 1 }];
        yield (async function* () {
          yield bytes('{"id":2}');
        })();
      })();
    },
    "nothing, then something": () =>
      [null, undefined, Promise.resolve(null), [{ id: 1 }, { id: 2 }]] as object[],
    gzip: () => new Uint8Array(gzipSync(TWO)),
    "gzip in a stream of small chunks": () => {
      const packed = gzipSync(TWO);
      return new ReadableStream({
        start(controller) {
          for (const byte of packed) controller.enqueue(new Uint8Array([byte]));
          controller.close();
        },
      });
    },
  };
  test.each(Object.keys(kinds).filter((name) => name !== "nothing, then something"))("%s", async (name) => {
    expect(await given(kinds[name]!)).toEqual([{ id: 1 }, { id: 2 }]);
  });

  test("and plain data without a function", async () => {
    expect(await rows(resource("t", {}, [{ id: 1 }, { id: 2 }]))).toEqual([{ id: 1 }, { id: 2 }]);
    expect(await rows(resource("t", {}, '{"id":1}'))).toEqual([{ id: 1 }]);
  });

  test("nothing gives no table", async () => {
    expect(await given(() => null)).toEqual([]);
    expect(await given(() => [])).toEqual([]);
    expect(await given(() => new Response(""))).toEqual([]);
  });
});

test("values that JSON lacks: bigint digits, dates, binary as base64, maps and sets", async () => {
  const [row] = await given(() => [
    {
      wide: 9223372036854775807n,
      at: new Date(Date.UTC(2024, 0, 2, 3, 4, 5)),
      raw: bytes("ab"),
      map: new Map([["k", 1]]),
      gone: undefined,
      nothing: Number.NaN,
    },
  ]);
  expect(row).toEqual({ wide: 9223372036854775807n, at: "2024-01-02T03:04:05Z", raw: "YWI=", map__k: 1 });
});

test("a record that is no object is wrapped as {value}", async () => {
  expect(await given(() => [1, 2])).toEqual([{ value: 1 }, { value: 2 }]);
  expect(await given(() => ["x", "y"])).toEqual([{ value: "x" }, { value: "y" }]);
});

test("a record that refers to itself is an error of the resource", async () => {
  const loop: Record<string, unknown> = {};
  loop["self"] = loop;
  await expect(given(() => [loop])).rejects.toMatchObject({
    code: "SOURCE_FAILED",
    where: { resource: "t" },
  });
});

test("objects are selected from by `records`, too", async () => {
  expect(
    await rows(
      resource("t", { records: "data[*].items" }, { data: [{ items: [{ id: 1 }] }, { items: [{ id: 2 }] }] }),
    ),
  ).toEqual([{ id: 1 }, { id: 2 }]);
});

test("a record path that leads nowhere is SOURCE_SELECTOR", async () => {
  const wrong = resource("t", { records: "data.rows" }, () => new Response('{"data":{"items":[]}}'));
  await expect(rows(wrong)).rejects.toMatchObject({
    code: "SOURCE_SELECTOR",
    message: expect.stringContaining("data.rows"),
  });
});

test("a body that has been read is refused with advice", async () => {
  const used = async () => {
    const response = new Response("{}");
    await response.text();
    return response;
  };
  await expect(given(used)).rejects.toMatchObject({
    code: "SOURCE_FAILED",
    hint: expect.stringContaining("clone"),
  });
});

test("bytes stay bytes: nothing of a page or a stream meets JSON.parse or JSON.stringify", async () => {
  const texts: string[] = [];
  const { parse, stringify } = JSON;
  const api = source("s", { http: http(server.url) }, [
    resource("paged", { records: "items" }, ({ http }) => http.pages("/list")),
    resource("streamed", {}, () => new Blob(['{"text":"marker-2"}']).stream()),
    resource("typed", {}, () => '{"text":"marker-3"}'),
  ]);
  const store = memory();
  vi.spyOn(JSON, "parse").mockImplementation((text, reviver) => {
    texts.push(text);
    return parse(text, reviver) as unknown;
  });
  vi.spyOn(JSON, "stringify").mockImplementation((...args: unknown[]) => {
    const text = stringify(...(args as [unknown])) as string | undefined;
    texts.push(text ?? "");
    return text as string;
  });
  await pipeline("p", api).run({ to: store });
  vi.restoreAllMocks();
  const tables = store.tables();
  expect([
    tables["paged"]![0]!["text"],
    tables["streamed"]![0]!["text"],
    tables["typed"]![0]!["text"],
  ]).toEqual(["marker-1", "marker-2", "marker-3"]);
  expect(texts.filter((text) => text.includes("marker"))).toEqual([]);
});

describe("map", () => {
  const mapped = (data: Data) =>
    rows(
      resource(
        "t",
        {
          map: (row: any) =>
            row.id === 2
              ? null
              : row.id === 3
                ? [{ id: 30 }, { id: 31 }]
                : { id: row.id, kind: typeof row.id },
        },
        () => data,
      ),
    );

  test("changes, drops and multiplies rows of any data", async () => {
    const expected = [
      { id: 1, kind: "number" },
      { id: 30, kind: null },
      { id: 31, kind: null },
    ];
    expect(await mapped('[{"id":1},{"id":2},{"id":3}]')).toEqual(expected);
    expect(await mapped(new Response('{"id":1}\n{"id":2}\n{"id":3}'))).toEqual(expected);
    expect(await mapped([{ id: 1 }, { id: 2 }, { id: 3 }])).toEqual(expected);
  });

  test("integers beyond 2^53 arrive as bigint and leave as they came", async () => {
    expect(await mapped('{"id":9007199254740993}')).toEqual([{ id: 9007199254740993n, kind: "bigint" }]);
  });

  test("pages go on", async () => {
    const paged = await serve(({ query }) => ({
      next: query["p"] ? null : "/?p=2",
      items: [{ id: query["p"] ?? "1" }],
    }));
    const seen = resource("t", { records: "items", map: (row: any) => ({ n: Number(row.id) }) }, ({ http }) =>
      http.pages("/"),
    );
    expect(await rows(source("s", { http: http(paged.url) }, [seen]) as unknown as Resource)).toEqual([
      { n: 1 },
      { n: 2 },
    ]);
  });

  test("a fault in the bytes is SOURCE_NOT_JSON with the line", async () => {
    await expect(mapped(new Blob(['{"id":1}\n{"id":2}\n{"id":\n']))).rejects.toMatchObject({
      code: "SOURCE_NOT_JSON",
      where: { line: 3, resource: "t" },
    });
  });
});

describe("files", () => {
  test("by glob, in the order of their names, packed or not", async () => {
    writeFileSync(join(folder, "b.json.gz"), gzipSync('[{"id":3}]'));
    writeFileSync(join(folder, "a.ndjson"), TWO);
    expect(await rows(files("t", { from: join(folder, "*") }))).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
  });

  test("from an input element, as it were", async () => {
    expect(await rows(files("t", { from: [new File([TWO], "x.ndjson")] }))).toEqual([{ id: 1 }, { id: 2 }]);
  });

  test("none found is SOURCE_NOT_FOUND; a fault names the file", async () => {
    await expect(rows(files("t", { from: join(folder, "none*") }))).rejects.toMatchObject({
      code: "SOURCE_NOT_FOUND",
    });
    writeFileSync(join(folder, "bad.json"), '{"id": nope}');
    await expect(rows(files("t", { from: join(folder, "bad.json") }))).rejects.toMatchObject({
      code: "SOURCE_NOT_JSON",
      message: expect.stringContaining("bad.json"),
    });
  });
});
