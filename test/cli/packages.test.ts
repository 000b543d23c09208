import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { folderWith, runlet } from "./spawned.ts";

const cwd = folderWith({
  "pipeline.mjs": `import { pipeline, resource } from "runlet";
export default pipeline("numbers", [resource("numbers", {}, ({ state }) => {
  const from = state.next ?? 0;
  state.next = from + 2;
  return [{ n: from }, { n: from + 1 }];
})]);`,
});
const run = (env: Record<string, string> = {}) =>
  runlet(["run", "pipeline.mjs", "--to", "n.duckdb"], { cwd, env });
const packages = (...parameters: string[]) => runlet(["packages", ...parameters], { cwd });
const list = async () =>
  JSON.parse((await packages("list", "--json")).stdout) as { loadId: string; status: string }[];
const numbers = async () =>
  JSON.parse(
    (await runlet(["query", "n.duckdb", "select n from numbers order by n", "--json"], { cwd })).stdout,
  );

beforeAll(async () => {
  expect(await run()).toMatchObject({ code: 0 });
}, 60_000);

describe("packages", () => {
  test("of loads that are in, there are none", async () => {
    expect(await packages("list")).toMatchObject({ code: 0, stdout: "no packages\n" });
    expect(readdirSync(cwd)).not.toContain(".runlet");
  });

  test("of a killed run are listed, shown and loaded, once", { timeout: 60_000 }, async () => {
    expect(await run({ RUNLET_FAILPOINT: "package.seal.after" })).toMatchObject({ code: "SIGKILL" });
    const { loadId, status } = (await list())[0]!;
    expect(status).toBe("sealed");
    expect((await packages("list")).stdout).toMatch(
      new RegExp(`${loadId}\\s+sealed\\s+numbers\\s+duckdb:n.duckdb\\s+numbers_dataset\\s+2`),
    );
    expect(JSON.parse((await packages("show", loadId)).stdout)).toMatchObject({
      loadId,
      tables: { numbers: { rows: 2 } },
    });
    expect(await packages("load", loadId)).toMatchObject({
      code: 0,
      stdout: `✔ load ${loadId}: 2 rows → duckdb:n.duckdb, numbers_dataset\n`,
    });
    expect(await packages("load", loadId, "--json")).toMatchObject({
      stdout: `{"load_id":"${loadId}","outcome":"present","rows":0}\n`,
    });
    expect(await numbers()).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }, { n: 3 }]);
    expect(await packages("drop", loadId)).toMatchObject({ code: 0, stdout: `dropped ${loadId}\n` });
    expect(await list()).toEqual([]);
  });

  test("that are damaged are refused, and can be dropped", { timeout: 60_000 }, async () => {
    const before = await numbers();
    await run({ RUNLET_FAILPOINT: "package.seal.after" });
    const { loadId } = (await list())[0]!;
    writeFileSync(join(cwd, ".runlet", "numbers", loadId, "numbers.1.arrow"), "damaged");
    const refused = await run();
    expect(refused.code).toBe(6);
    expect(refused.stderr).toContain(`runlet packages drop ${loadId}`);
    expect(await numbers()).toEqual(before);
    await packages("drop", loadId);
    expect((await run()).code).toBe(0);
    expect(await numbers()).toHaveLength(before.length + 2);
  });

  test("that are not there are a usage error", async () => {
    expect(await packages("show", "1.1")).toMatchObject({ code: 2 });
  });
});

describe("info", () => {
  test("shows loads, schema versions, state and packages", { timeout: 60_000 }, async () => {
    await run({ RUNLET_PACKAGES: "keep" });
    const { stdout } = await runlet(["info", "n.duckdb", "--json"], { cwd });
    const info = JSON.parse(stdout);
    expect(info).toMatchObject({
      dataset: "numbers_dataset",
      state: { numbers: { sources: { numbers: { resources: { numbers: { next: expect.any(Number) } } } } } },
      packages: [{ status: "loaded", pipeline: "numbers" }],
    });
    expect(info.loads[0]).toMatchObject({
      status: 0,
      schema_name: "numbers",
      load_id: info.packages[0].load_id,
    });
    expect(info.schemas.length).toBeGreaterThan(0);
    const text = (await runlet(["info", "n.duckdb"], { cwd })).stdout;
    expect(text).toContain("duckdb:n.duckdb, dataset numbers_dataset");
    expect(text).toMatch(/^state of pipeline numbers, version \d+$/m);
    expect(text).toMatch(/^1 package$/m);
  });
});
