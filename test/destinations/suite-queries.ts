import { expect, test } from "vitest";
import type { DestinationLoad, DestinationSession } from "../../core/destinations/contract.ts";
import { put } from "./load.ts";
import { type Column } from "./streams.ts";

const ints = (...values: (bigint | null)[]): Column => ({ type: "bigint", values });

/** What a test of queries works with: the session of the moment, and a load that is committed. */
export interface QuerySubject {
  session(): DestinationSession;
  load(id: string, fill: (load: DestinationLoad) => Promise<void>): Promise<void>;
}

/** How queries behave at every destination that can be queried. */
export function testQueries({ session, load }: QuerySubject): void {
  test("parameters keep their type and value", async () => {
    await load("1", (l) =>
      put(l, "t", { id: ints(5n, 9_007_199_254_740_993n), seen: { type: "timestamp", values: [0n, 1n] } }),
    );
    expect(await session().query("select id from t where id = ?", [9_007_199_254_740_993n])).toEqual([
      { id: 9_007_199_254_740_993n },
    ]);
    expect(
      await session().query("select count(*) n from t where id = ? and seen < ?", [5, "2000-01-01"]),
    ).toEqual([{ n: 1n }]);
    expect(await session().query("select ? is null a, ? b, ? c, ? d", [null, true, 0.1, "x"])).toEqual([
      { a: true, b: true, c: 0.1, d: "x" },
    ]);
  });

  test("a failing query says what is wrong, and the next one works", async () => {
    await expect(session().query("select nothing from nowhere")).rejects.toMatchObject({
      code: "DESTINATION_QUERY",
      message: expect.stringContaining("nowhere") as string,
    });
    await expect(session().query("select 1; select 2")).rejects.toMatchObject({ code: "DESTINATION_QUERY" });
    expect(await session().query("select 1::bigint as one;")).toEqual([{ one: 1n }]);
  });

  test("a result as Arrow is one complete stream", async () => {
    await load("1", (l) => put(l, "t", { id: ints(1n, 2n) }));
    const { tableFromIPC } = await import("apache-arrow");
    const result = tableFromIPC(await session().arrow("select id from t order by id"));
    expect(result.getChild("id")?.toArray()).toEqual(BigInt64Array.of(1n, 2n));
  });
}
