import { beforeEach, describe, expect, test } from "vitest";
import { type Destination, datasetOf, pipeline, resource, source } from "../../core/index.ts";
import { decodeState, stateVersionHash } from "../../core/schema/state.ts";
import { Place, rows } from "./place.ts";

const place = new Place();
let to: Destination;
beforeEach(() => {
  place.machine();
  to = place.database();
});

const seen: Record<string, unknown> = {};
const counting = (name: string) =>
  resource(name, {}, ({ state, sourceState }) => {
    seen[name] = { own: state["runs"] ?? 0, shared: sourceState["runs"] ?? 0 };
    state["runs"] = Number(state["runs"] ?? 0) + 1;
    sourceState["runs"] = Number(sourceState["runs"] ?? 0) + 1;
    return [{ n: 1 }];
  });
const both = pipeline("p", [
  source("s", {}, [counting("a"), counting("b")]),
  source("t", {}, [counting("c")]),
]);

const stored = async () => {
  const found = await datasetOf(to, "p_dataset").query<{
    state: string;
    version: bigint;
    version_hash: string;
  }>("select state, version, version_hash from _dlt_pipeline_state order by _dlt_load_id");
  return Promise.all(found.map(async (row) => ({ ...row, state: await decodeState(row.state) })));
};

describe("state", () => {
  test("is a resource's own and its source's, and comes back with the next run", async () => {
    await both.run({ to });
    expect(seen).toEqual({
      a: { own: 0, shared: 0 },
      b: { own: 0, shared: 1 },
      c: { own: 0, shared: 0 },
    });
    await both.run({ to });
    expect(seen).toEqual({ a: { own: 1, shared: 2 }, b: { own: 1, shared: 3 }, c: { own: 1, shared: 1 } });
  });

  test("comes back on a machine that has only the destination", async () => {
    await both.run({ to });
    place.machine({ storage: undefined });
    await both.run({ to });
    expect(seen["a"]).toEqual({ own: 1, shared: 2 });
  });

  test("is stored as dlt stores it, a row and a version for each change", async () => {
    await both.run({ to });
    await both.run({ to });
    await pipeline("p", [resource("other", {}, [{ n: 1 }])]).run({ to });
    const states = await stored();
    expect(states.map(({ version }) => Number(version))).toEqual([1, 2]);
    expect(states.map(({ state }) => state._state_version)).toEqual([1, 2]);
    for (const { state, version_hash } of states) expect(version_hash).toBe(stateVersionHash(state));
    expect(states[1]!.state).toMatchObject({
      pipeline_name: "p",
      dataset_name: "p_dataset",
      sources: {
        s: { runs: 4, resources: { a: { runs: 2 }, b: { runs: 2 } } },
        t: { runs: 2, resources: { c: { runs: 2 } } },
      },
    });
  });

  test("of a run that fails stays as it was", async () => {
    await both.run({ to });
    const failing = pipeline("p", [
      source("s", {}, [
        counting("a"),
        resource("broken", {}, () => {
          throw new Error("broken");
        }),
      ]),
    ]);
    await expect(failing.run({ to })).rejects.toThrow("broken");
    expect(await stored()).toHaveLength(1);
    await both.run({ to });
    expect(seen["a"]).toEqual({ own: 1, shared: 2 });
  });

  test("is forgotten with refresh, and goes on in versions", async () => {
    await both.run({ to });
    await both.run({ to, refresh: true });
    expect(seen["a"]).toEqual({ own: 0, shared: 0 });
    expect((await stored()).map(({ version }) => Number(version))).toEqual([1]);
    await both.run({ to });
    await both.run({ to, refresh: true });
    expect((await stored()).map(({ version }) => Number(version))).toEqual([1, 2, 3]);
    expect(await rows(datasetOf(to, "p_dataset"), "select n from a")).toEqual([1]);
  });

  test("is forgotten of the resources of a refresh only", async () => {
    await both.run({ to });
    await both.run({ to });
    await both.run({ to, refresh: true, only: ["a"] });
    expect(seen["a"]).toEqual({ own: 0, shared: 4 });
    await both.run({ to });
    expect(seen).toMatchObject({ a: { own: 1 }, b: { own: 2 }, c: { own: 2 } });
    expect(await rows(datasetOf(to, "p_dataset"), "select count(*) from b")).toEqual([3]);
  });
});
