import { beforeAll, describe, expect, test } from "vitest";
import { incremental, memory, type MemoryStore, pipeline, resource } from "../../core/index.ts";
import type { PipelineState } from "../../core/schema/state.ts";
import { installTestHost } from "./host.ts";

// What a cursor takes, and what is kept of it between runs.

beforeAll(() => void installTestHost());

interface Row {
  id: number;
  at: number | string | null;
}

const ids = (store: MemoryStore, table = "rows") =>
  (store.tables("p_dataset")[table] ?? []).map((row) => row["id"]);

async function kept(store: MemoryStore, name = "rows"): Promise<Record<string, unknown> | undefined> {
  const session = await store.open({ dataset: "p_dataset" });
  const { state } = await session.restore("p", "p");
  await session.close();
  const resources = (state as PipelineState | undefined)?.sources?.["p"]?.["resources"];
  return (resources as Record<string, { incremental?: Record<string, never> }> | undefined)?.[name]
    ?.incremental;
}

describe("the next run", () => {
  test("begins where the one before has come to, and takes what is at the boundary once", async () => {
    const to = memory();
    const starts: unknown[] = [];
    const run = (rows: Row[]) =>
      pipeline(
        "p",
        resource("rows", { cursor: incremental("at", { initial: 0 }) }, ({ cursor }) => {
          starts.push(cursor.start);
          return rows;
        }),
      ).run({ to });
    await run([
      { id: 1, at: 1 },
      { id: 2, at: 2 },
    ]);
    await run([
      { id: 1, at: 1 },
      { id: 2, at: 2 },
      { id: 3, at: 2 },
      { id: 4, at: 5 },
    ]);
    await run([{ id: 4, at: 5 }]);
    expect(ids(to)).toEqual([1, 2, 3, 4]);
    expect(starts).toEqual([0, 2, 5]);
    expect(await kept(to)).toEqual({
      at: { initial_value: 0, last_value: 5, unique_hashes: [expect.any(String)], start_value: 2 },
    });
  });

  test("with refresh begins at the initial value", async () => {
    const to = memory();
    const rows = resource("rows", { cursor: incremental("at", { initial: 0 }) }, [{ id: 1, at: 1 }]);
    await pipeline("p", rows).run({ to });
    await pipeline("p", rows).run({ to, refresh: true });
    expect(ids(to)).toEqual([1]);
  });

  test("a run that fails leaves the cursor where it was", async () => {
    const to = memory();
    const failing = resource("rows", { cursor: incremental("at", { initial: 0 }) }, function* () {
      yield { id: 1, at: 7 };
      throw new Error("no");
    });
    await expect(pipeline("p", failing).run({ to })).rejects.toThrow("no");
    expect(await kept(to)).toBeUndefined();
  });
});

describe("a masked field", () => {
  const make = (path: string, column: object | string, name: string) => () =>
    resource("rows", { cursor: incremental(path), columns: { [name]: column as "drop" } }, []);

  test.each(["redact", "null"])("is no cursor: its value would be kept (%s)", (mask) => {
    expect(make("at", { mask }, "at")).toThrow(expect.objectContaining({ code: "PIPELINE_INVALID" }));
    expect(make("who.at", { mask }, "who")).toThrow("who is masked");
    expect(make("at", { mask }, "other")).not.toThrow();
  });

  test("that is dropped may be one: the state has its value, no table has", async () => {
    const to = memory();
    const rows = resource("rows", { cursor: incremental("at"), columns: { at: "drop" } }, [{ id: 1, at: 7 }]);
    await pipeline("p", rows).run({ to });
    expect(to.tables("p_dataset")["rows"]![0]).not.toHaveProperty("at");
    expect(await kept(to)).toMatchObject({ at: { last_value: 7 } });
  });
});
