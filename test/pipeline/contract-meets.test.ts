import { beforeAll, describe, expect, test } from "vitest";
import { incremental, memory, type MemoryStore, pipeline, resource } from "../../core/index.ts";
import type { Contract, RunOptions } from "../../core/index.ts";
import { installTestHost } from "./host.ts";

// Contracts where they meet what else a run does: cursors, merges, replaced tables, columns that were null.

beforeAll(() => void installTestHost());

type Options = Parameters<typeof resource>[1];
const load = (
  to: MemoryStore,
  rows: object[],
  contract?: Contract,
  options: Options = {},
  more: RunOptions = {},
) => pipeline("p", resource("t", options, rows)).run({ to, ...(contract ? { contract } : {}), ...more });
const rows = (to: MemoryStore, table = "t") => to.tables()[table] ?? [];
const ids = (to: MemoryStore) => rows(to).map(({ id }) => id);

test("a cursor goes past a record that is discarded, as dlt's does: it does not come again", async () => {
  const to = memory();
  const options: Options = { cursor: incremental("at", { initial: 0 }) as never };
  await load(to, [{ id: 1, at: 1 }], undefined, options);
  const all = [
    { id: 1, at: 1 },
    { id: 2, at: 2 },
    { id: 3, at: 3, new: 1 },
  ];
  expect((await load(to, all, "discard_row", options)).discarded.rows).toBe(1);
  expect((await load(to, all, "evolve", options)).records).toBe(0);
  expect(ids(to)).toEqual([1, 2]);
});

describe("a root that is discarded", () => {
  const merged: Options = { write: "merge", primaryKey: "id" };
  test("leaves what a merge would have replaced, with all that is nested in it", async () => {
    const to = memory();
    await load(
      to,
      [
        { id: 1, l: [{ x: 1 }] },
        { id: 2, l: [{ x: 2 }] },
      ],
      undefined,
      merged,
    );
    await load(
      to,
      [
        { id: 1, new: 1, l: [{ x: 8 }, { x: 9 }] },
        { id: 2, l: [{ x: 3 }] },
      ],
      "discard_row",
      merged,
    );
    expect(ids(to)).toEqual([1, 2]);
    expect(rows(to, "t__l").map(({ x }) => x)).toEqual([1, 3]);
  });

  test.each(["delete-insert", "upsert"] as const)(
    "needs no key where rows are merged (%s)",
    async (strategy) => {
      const to = memory();
      const options = { write: "merge", strategy, primaryKey: "id" } as Options;
      await load(to, [{ id: 1 }], undefined, options);
      const given = [{ id: null, new: 1 }, { l: [{ x: 1 }], new: 2 }, { id: 2 }];
      expect((await load(to, given, { columns: "discard_row" }, options)).discarded.rows).toBe(2);
      expect(ids(to)).toEqual([1, 2]);
      await expect(load(to, [{ l: [] }], { columns: "discard_row" }, options)).rejects.toMatchObject({
        code: "NULL_IN_KEY",
        where: { table: "t", column: "id" },
      });
    },
  );

  test("leaves a replaced table empty when it was the only one", async () => {
    const to = memory();
    await load(to, [{ id: 1, l: [{ x: 1 }] }]);
    const info = await load(to, [{ id: 2, new: 1, l: [{ x: 2 }] }], "discard_row", { write: "replace" });
    expect(info.discarded.rows).toBe(1);
    expect([...rows(to), ...rows(to, "t__l")]).toEqual([]);
  });
});

test("a table whose columns were null so far is new until one has a type", async () => {
  const to = memory();
  await load(to, [{ a: null }, {}]);
  await load(to, [{ a: 1, b: 2 }], { columns: "discard_value" });
  expect(Object.keys(rows(to).at(-1)!)).toEqual(expect.arrayContaining(["_dlt_id"]));
  await load(to, [{ c: 3 }], { columns: "discard_value" });
  expect(rows(to).every((row) => !("c" in row))).toBe(true);
});
