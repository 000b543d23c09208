import { beforeAll, expect, test } from "vitest";
import { incremental, memory, pipeline, resource, type RunOptions } from "../../core/index.ts";
import { installTestHost } from "./host.ts";

beforeAll(() => void installTestHost());

const rows = pipeline("p", resource("rows", {}, [{ id: 1 }]));

test.each([
  ["a misspelt option", { limt: 3 }],
  ["a limit that is none", { limit: -1 }],
  ["a destination that is text", { to: "duckdb:x.duckdb" }],
])("%s is refused", async (_, options) => {
  const run = rows.run({ to: memory(), ...(options as unknown as RunOptions) });
  await expect(run).rejects.toMatchObject({ code: "PIPELINE_INVALID", hint: expect.any(String) });
});

test("a cursor that would append the same records every time is refused, one on a replaced table is not", async () => {
  const cursor = incremental("id", { initial: 0 });
  const appended = pipeline("p", resource("rows", { cursor }, [{ id: 1 }]));
  await expect(appended.run({ to: memory() })).rejects.toMatchObject({ code: "PIPELINE_INVALID" });
  const replaced = pipeline("p", resource("rows", { cursor, write: "replace" }, [{ id: 1 }]));
  expect((await replaced.run({ to: memory() })).tables["rows"]!.rows).toBe(1);
});

test.each(["constructor", "__proto__", "toString"])("a table and a column may be called %s", async (name) => {
  const to = memory();
  const data = [JSON.parse(`{"id": 1, "${name}": [{"${name}": "x"}]}`) as object];
  const info = await pipeline("p", resource(name, {}, data)).run({ to, packages: "none" });
  expect(Object.values(info.tables).map(({ rows }) => rows)).toEqual([1, 1]);
});
