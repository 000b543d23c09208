import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { installHost } from "../../core/index.ts";
import { disk, parquet } from "../../core/destinations/parquet/index.ts";
import { nodeHost } from "../../host-node/host.ts";
import { facts, put } from "./load.ts";

/** While `full`, every write to a file fails as on a full disk; `calls` is what was asked of the disk, in order. */
const state = vi.hoisted(() => ({ full: false, calls: [] as string[] }));
vi.mock("node:fs/promises", async (original) => {
  const fs = await original<typeof import("node:fs/promises")>();
  const open: typeof fs.open = async (path, flags) => {
    const handle = await fs.open(path, flags);
    const isFolder = (await handle.stat()).isDirectory();
    const [writeFile, sync] = [handle.writeFile.bind(handle), handle.sync.bind(handle)];
    handle.writeFile = async (...parameters: Parameters<typeof handle.writeFile>) => {
      if (state.full)
        throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
      state.calls.push("write");
      return writeFile(...parameters);
    };
    handle.sync = () => (state.calls.push(isFolder ? "sync folder" : "sync file"), sync());
    return handle;
  };
  const link: typeof fs.link = (from, to) => (state.calls.push("link"), fs.link(from, to));
  const rename: typeof fs.rename = (from, to) => (state.calls.push("rename"), fs.rename(from, to));
  return { ...fs, open, link, rename };
});

const folder = mkdtempSync(join(tmpdir(), "runlet-parquet-disk-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
installHost({ ...nodeHost, log: () => undefined });

const bytes = (text: string) => new TextEncoder().encode(text);

describe("disk()", () => {
  test("stores a file whole and durably before it has its name", async () => {
    const place = await disk(join(folder, "synced")).open({});
    await place.put("a/b", bytes("1"));
    // Two folders are new: each is synced into the one above it.
    const made = ["sync folder", "sync folder"];
    expect(state.calls.splice(0)).toEqual([...made, "write", "sync file", "rename", "sync folder"]);
    expect(await place.put("a/b", bytes("2"), { ifAbsent: true })).toBe(false);
    expect(await place.put("a/c", bytes("3"), { ifAbsent: true })).toBe(true);
    expect(state.calls.splice(0)).toEqual(["write", "sync file", "link", "sync folder"]);
    expect(await place.get("a/b")).toEqual(new Uint8Array(bytes("1")));
    expect(readdirSync(join(folder, "synced/a")).sort()).toEqual(["b", "c"]);
  });

  test("of writes at once of what must not be there stores one", async () => {
    const place = await disk(join(folder, "race")).open({});
    const stored = await Promise.all(
      [1, 2, 3, 4, 5, 6, 7, 8].map((n) => place.put("x", bytes(`${n}`), { ifAbsent: true })),
    );
    expect(stored.filter(Boolean)).toHaveLength(1);
    expect(await place.get("x")).toEqual(new Uint8Array(bytes(`${stored.indexOf(true) + 1}`)));
    expect(readdirSync(join(folder, "race"))).toEqual(["x"]);
  });

  test("lists what is in it, sorted, as names with slashes; what is not there is nothing", async () => {
    const place = await disk(join(folder, "listed")).open({});
    for (const name of ["b/2", "a", "b/1", "b/c/3", "b.x"]) await place.put(name, bytes(name));
    expect((await place.list("")).map(({ name, bytes: size }) => [name, size])).toEqual([
      ["a", 1],
      ["b.x", 3],
      ["b/1", 3],
      ["b/2", 3],
      ["b/c/3", 5],
    ]);
    expect((await place.list("b/c/")).map(({ name }) => name)).toEqual(["b/c/3"]);
    expect([await place.folders(""), await place.folders("b/"), await place.folders("none/")]).toEqual([
      ["b"],
      ["c"],
      [],
    ]);
    expect([await place.get("none"), await place.get("a/under"), await place.list("none/")]).toEqual([
      undefined,
      undefined,
      [],
    ]);
    await place.remove("a");
    await place.remove("a");
    expect(await place.get("a")).toBeUndefined();
  });

  test("a full disk is a storage error; the load before it stays, and the next one works", async () => {
    const lake = parquet(disk(join(folder, "full")));
    const load = async (id: string, meanwhile = () => {}) => {
      const session = await lake.open({ dataset: "ds" });
      try {
        const started = await session.begin(id);
        await put(started, "t", { n: { type: "bigint", values: [1n] } });
        meanwhile();
        await started.commit(facts(id));
      } finally {
        await session.close();
      }
    };
    await load("1.5");
    const failed = load("2.5", () => (state.full = true));
    await expect(failed).rejects.toMatchObject({
      code: "STORAGE_FAILED",
      hint: "nothing was loaded: make room on the disk, or load to another one",
    });
    state.full = false;
    expect(
      readdirSync(join(folder, "full/ds"), { recursive: true }).filter((name) => /2\.5/.test(String(name))),
    ).toEqual([]);
    await load("3.5");
    const session = await lake.open({ dataset: "ds", existing: true });
    expect(await session.query("select load_id from _dlt_loads order by 1")).toEqual([
      { load_id: "1.5" },
      { load_id: "3.5" },
    ]);
    await session.close();
  });

  test("places that are no folders are said so, and a query makes none", async () => {
    writeFileSync(join(folder, "file"), "");
    mkdirSync(join(folder, "plain"));
    await expect(disk(join(folder, "file")).open({})).rejects.toMatchObject({ code: "DESTINATION_FAILED" });
    const under = disk(join(folder, "file/under")).open({});
    await expect(under).rejects.toMatchObject({ code: "STORAGE_FAILED" });
    const nowhere = join(folder, "nowhere");
    await expect(disk(nowhere).open({ existing: true })).rejects.toMatchObject({
      code: "DESTINATION_FAILED",
      message: `${nowhere} does not exist`,
    });
    expect(existsSync(nowhere)).toBe(false);
    const empty = await parquet(disk(join(folder, "plain"))).open({ dataset: "ds", existing: true });
    expect([await empty.datasets(), await empty.restore("p", "s"), await empty.hasLoad("1")]).toEqual([
      [],
      {},
      false,
    ]);
    await empty.close();
  });
});
