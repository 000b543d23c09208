import { beforeAll, expect, test } from "vitest";
import { memory, pipeline, resource, type RunOptions } from "../../core/index.ts";
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

test.each(["constructor", "__proto__", "toString"])("a table and a column may be called %s", async (name) => {
  const to = memory();
  const data = [JSON.parse(`{"id": 1, "${name}": [{"${name}": "x"}]}`) as object];
  const info = await pipeline("p", resource(name, {}, data)).run({ to, packages: "none" });
  expect(Object.values(info.tables).map(({ rows }) => rows)).toEqual([1, 1]);
});
