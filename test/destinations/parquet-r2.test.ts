import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readParquet } from "./read-parquet.ts";
import { bundleWorker } from "../workers/bundled.ts";
import { type Running, startMiniflare } from "../workers/miniflare.ts";

/** A Worker that loads into R2 and tries the folder out. */
const ENTRY = `
import { pipeline, resource } from "runlet";
import { parquet, r2 } from "runlet/parquet";

const loads = async (env) => {
  const rows = resource("rows", { write: "replace" }, () => [{ id: 1, tags: ["a", "b"] }, { id: 2, at: "2024-01-01T00:00:00Z" }]);
  const more = resource("more", {}, function* ({ state }) { state.n = (state.n ?? 0) + 1; yield [{ n: state.n }]; });
  const each = [];
  for (let n = 0; n < 3; n++) {
    const info = await pipeline("p", [rows, more]).run({ to: parquet(r2("LAKE", "in/here")), env });
    each.push(info.tables.rows.rows);
  }
  return each;
};

const folder = async (env) => {
  const open = await r2(env.LAKE, "race").open({});
  const text = (bytes) => bytes && new TextDecoder().decode(bytes);
  const bytes = (n) => new TextEncoder().encode("writer " + n);
  const stored = await Promise.all([0, 1, 2, 3].map((n) => open.put("one", bytes(n), { ifAbsent: true })));
  await open.put("one-more", bytes(9));
  await open.put("deep/er", bytes(10));
  await open.put("one-more", bytes(11));
  await Promise.all(Array.from({ length: 1100 }, (_, n) => open.put("many/" + n, new Uint8Array(0))));
  const result = {
    stored,
    one: text(await open.get("one")),
    again: text(await open.get("one-more")),
    none: (await open.get("none")) ?? null,
    listed: (await open.list("")).filter(({ name }) => !name.startsWith("many/")).map(({ name, bytes }) => [name, bytes]),
    many: (await open.list("many/")).length,
    folders: await open.folders(""),
  };
  await open.remove("one");
  return { ...result, removed: (await open.get("one")) ?? null };
};

const missing = async (env) => {
  try {
    await r2("NOWHERE").open({ binding: (name) => env[name] });
  } catch (error) {
    return { code: error.code, message: error.message, hint: error.hint };
  }
};

const query = async (env) => {
  const session = await parquet(r2(env.LAKE, "in/here")).open({ dataset: "p_dataset" });
  try {
    return await session.query("select 1");
  } catch (error) {
    return { code: error.code, message: error.message };
  }
};

export default {
  async fetch(request, env) {
    const todo = { loads, folder, missing, query }[new URL(request.url).pathname.slice(1)];
    return Response.json(await todo(env));
  },
};
`;

let worker: Running;
let remove: () => void;
beforeAll(async () => {
  const bundle = await bundleWorker(ENTRY);
  remove = () => bundle.remove();
  worker = await startMiniflare(bundle, { r2Buckets: ["LAKE"] });
}, 120_000);
afterAll(async () => {
  await worker.stop();
  remove();
});

const ask = async (path: string): Promise<any> => {
  const response = await worker.fetch(path);
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return JSON.parse(text);
};

describe("r2() in workerd", { timeout: 60_000 }, () => {
  test("is a folder: of writes at once of what must not be there, one is stored", async () => {
    const result = await ask("folder");
    expect(result.stored.filter(Boolean)).toHaveLength(1);
    expect(result).toMatchObject({
      one: `writer ${result.stored.indexOf(true)}`,
      again: "writer 11",
      none: null,
      listed: [
        ["deep/er", 9],
        ["one", 8],
        ["one-more", 9],
      ],
      many: 1100,
      folders: ["deep", "many"],
      removed: null,
    });
  });

  test("takes loads of Parquet: append adds, replace leaves the last, the state goes on", async () => {
    expect(await ask("loads")).toEqual([2, 2, 2]);
    const names = (await worker.list("LAKE", "in/here/p_dataset/")).map(({ key }) => key.slice(18));
    const count = (table: string) => names.filter((name) => name.startsWith(`${table}/`)).length;
    expect([count("rows"), count("rows__tags"), count("more"), count("_runlet_commits")]).toEqual([
      1, 1, 3, 3,
    ]);
    expect(names).toContain("init");
    expect(names.filter((name) => name.startsWith("_runlet_open/"))).toEqual([]);
    const rowsOf = async (table: string) => {
      const files = names.filter((name) => name.startsWith(`${table}/`));
      return readParquet(
        await Promise.all(files.map((name) => worker.get("LAKE", `in/here/p_dataset/${name}`))),
      );
    };
    expect((await rowsOf("rows")).map(({ id, at }) => ({ id, at }))).toEqual([
      { id: 1n, at: null },
      { id: 2n, at: "2024-01-01T00:00:00Z" },
    ]);
    expect((await rowsOf("more")).map(({ n }) => n).sort()).toEqual([1n, 2n, 3n]);
  });

  test("says what is missing: a binding, a DuckDB to query with", async () => {
    expect(await ask("missing")).toMatchObject({
      code: "CONFIG_MISSING",
      message: "the R2 binding NOWHERE is not set",
    });
    expect(await ask("query")).toMatchObject({
      code: "DRIVER_MISSING",
      message: expect.stringContaining("which workerd does not have") as string,
    });
  });
});
