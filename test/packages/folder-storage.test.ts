import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { installHost, memory, type MemoryStore, pipeline, resource } from "../../core/index.ts";
import type { Folder, OpenFolder } from "../../core/folders/folder.ts";
import { armFailpoints, type Failpoint, FAILPOINTS } from "../../core/packages/failpoints.ts";
import { openFolderStorage } from "../../core/packages/folder-storage.ts";
import { nodeHost } from "../../host-node/host.ts";
import { Crash } from "./place.ts";

/** A bucket in memory, with a clock of its own. */
class Bucket implements OpenFolder {
  readonly objects = new Map<string, { bytes: Uint8Array; modified: number }>();
  now = Date.parse("2026-01-01T00:00:00Z");

  async put(name: string, bytes: Uint8Array, { ifAbsent = false } = {}): Promise<boolean> {
    if (ifAbsent && this.objects.has(name)) return false;
    this.objects.set(name, { bytes: bytes.slice(), modified: this.now });
    return true;
  }
  async get(name: string): Promise<Uint8Array | undefined> {
    return this.objects.get(name)?.bytes;
  }
  async list(prefix: string) {
    return [...this.objects]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, { bytes, modified }]) => ({ name, bytes: bytes.byteLength, modified }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }
  async folders(): Promise<string[]> {
    return [];
  }
  async remove(name: string): Promise<void> {
    this.objects.delete(name);
  }
}

let bucket: Bucket;
let folder: Folder;
let to: MemoryStore;
beforeEach(() => {
  bucket = new Bucket();
  folder = { at: "r2:PACKAGES", open: async () => bucket };
  to = memory();
  installHost({ ...nodeHost, now: () => bucket.now, storage: undefined, log: () => undefined });
});
afterEach(() => {
  armFailpoints(undefined);
  vi.useRealTimers();
});

const storage = () => openFolderStorage(folder, "my pipeline", {});
const bytes = (text: string) => new TextEncoder().encode(text);

describe("a storage in a folder", () => {
  test("writes, reads and lists blobs below the pipeline's name", async () => {
    const one = await storage();
    await one.write("1.5/items.1.arrow", bytes("rows"), { later: true });
    await one.write("1.5/manifest.json", bytes("{}"));
    async function* parts() {
      yield bytes("long ");
      yield bytes("text");
    }
    await one.write("notes", parts());
    expect([...bucket.objects.keys()]).toEqual([
      "my_pipeline/packages/1.5/items.1.arrow",
      "my_pipeline/packages/1.5/manifest.json",
      "my_pipeline/packages/notes",
    ]);
    expect(await one.read("1.5/manifest.json")).toEqual(bytes("{}"));
    expect(await one.read("notes")).toEqual(bytes("long text"));
    expect(await one.read("1.5/state.json")).toBeUndefined();
    expect(await one.list("")).toEqual([
      { name: "1.5", isFolder: true, bytes: 0 },
      { name: "notes", isFolder: false, bytes: 9 },
    ]);
    expect(await one.list("1.5")).toMatchObject([
      { name: "items.1.arrow", bytes: 4 },
      { name: "manifest.json" },
    ]);
    expect(await one.list("none")).toEqual([]);
    expect(one.place).toBe("r2:PACKAGES/my_pipeline/packages");
  });

  test("removes a folder at once: what a crash left of it is not seen, and goes with the next look", async () => {
    const one = await storage();
    for (const name of ["1.5/a", "1.5/b", "1.55/a", "1.5x"]) await one.write(name, bytes(name));
    armFailpoints((point) => {
      if (point === "package.remove.during") throw new Crash(point);
    });
    await expect(one.remove("1.5")).rejects.toThrow("package.remove.during");
    armFailpoints(undefined);
    expect(await one.read("1.5/a")).toBeDefined();
    expect((await (await storage()).list("")).map(({ name }) => name)).toEqual(["1.55", "1.5x"]);
    expect([...bucket.objects.keys()].map((key) => key.slice("my_pipeline/packages/".length))).toEqual([
      "1.55/a",
      "1.5x",
    ]);
    await one.remove("1.5x");
    await one.remove("never there");
    expect((await one.list("")).map(({ name }) => name)).toEqual(["1.55"]);
  });
});

describe("a lock in a folder", () => {
  const lock = async () => (await storage()).lock("run.lock", "pipeline p to memory");

  test("is one run's, until it lets go", async () => {
    const first = await lock();
    await expect(lock()).rejects.toMatchObject({
      code: "CONCURRENT_RUN",
      message: expect.stringContaining("last sign of life came 2026-01-01T00:00:00.000Z"),
    });
    await first.release();
    const second = await lock();
    await expect(lock()).rejects.toMatchObject({ code: "CONCURRENT_RUN" });
    await second.release();
  });

  test("is one run's when many ask at the same time", async () => {
    const asked = await Promise.allSettled(Array.from({ length: 8 }, lock));
    expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const each of asked) if (each.status === "fulfilled") await each.value.release();
  });

  test("is not taken over by a machine whose clock is ahead: the bucket's counts", async () => {
    const first = await lock();
    installHost({ ...nodeHost, now: () => bucket.now + 600_000, log: () => undefined });
    await expect(lock()).rejects.toMatchObject({ code: "CONCURRENT_RUN" });
    await first.release();
    await (await lock()).release();
    expect([...bucket.objects.keys()]).toEqual([expect.stringMatching(/run\.lock\/000000002$/)]);
  });

  test("that cannot be let go is free a minute later, and what the run did stands", async () => {
    const first = await lock();
    const put = bucket.put.bind(bucket);
    bucket.put = () => Promise.reject(new Error("the bucket is away"));
    await first.release();
    bucket.put = put;
    await expect(lock()).rejects.toMatchObject({ code: "CONCURRENT_RUN" });
    bucket.now += 60_000;
    await (await lock()).release();
  });

  test("stays while its holder gives signs of life, and is taken over a minute after the last", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const held = await storage();
    const first = await held.lock("run.lock", "p");
    for (let minutes = 0; minutes < 5; minutes++) {
      for (let part = 0; part < 4; part++) {
        bucket.now += 15_000;
        await vi.advanceTimersByTimeAsync(15_000);
      }
      await expect(lock()).rejects.toMatchObject({ code: "CONCURRENT_RUN" });
    }
    // The process sleeps.
    bucket.now += 60_000;
    const asked = await Promise.allSettled([lock(), lock()]);
    const second = asked.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    expect(second).toHaveLength(1);
    // It wakes up, and hears that it has lost the lock: it writes nothing more, and takes nothing back.
    await vi.advanceTimersByTimeAsync(15_000);
    await expect(held.write("1.5/manifest.json", bytes("{}"))).rejects.toMatchObject({
      code: "CONCURRENT_RUN",
    });
    await first.release();
    await expect(lock()).rejects.toMatchObject({ code: "CONCURRENT_RUN" });
    await second[0]!.release();
    await (await lock()).release();
  });
});

describe("a run whose packages are in a folder", () => {
  const growing = (until: number) =>
    pipeline("p", [
      resource("items", {}, ({ state }) => {
        const from = Number(state["next"] ?? 0);
        state["next"] = until;
        return Array.from({ length: until - from }, (_, n) => ({ n: from + n, tags: ["a", "b"] }));
      }),
    ]);
  const run = (until: number) => growing(until).run({ to, packages: { mode: "remove", folder } });
  const rows = () => (to.tables()["items"] ?? []).map(({ n }) => Number(n));
  const left = () => [...bucket.objects.keys()].filter((name) => !name.includes("/locks/"));

  test("leaves nothing but a lock that is free", async () => {
    await run(3);
    expect([...bucket.objects].map(([name, { bytes }]) => [name, bytes.length])).toEqual([
      [expect.stringMatching(/^p\/locks\/run-[0-9a-f]{12}\.lock\/000000001$/), 0],
    ]);
  });

  test.each(FAILPOINTS)(
    "cut off at %s, is finished or done anew by the next: no row lost, none doubled",
    async (point) => {
      await run(2);
      let fired = point.startsWith("recover.") ? undefined : false;
      const crash = async (at: Failpoint, until: number) => {
        let dead = false;
        armFailpoints((each) => {
          dead ||= each === at;
          if (dead) throw new Crash(each);
        });
        const failed = await run(until).then(
          () => false,
          () => true,
        );
        armFailpoints(undefined);
        bucket.now += 120_000;
        return dead && failed;
      };
      if (fired === undefined) await crash("package.seal.after", 4);
      fired = await crash(point, 4);
      const sealed =
        FAILPOINTS.indexOf(point) >= FAILPOINTS.indexOf("package.seal.after") && !point.includes("remove");
      const info = await run(5);
      expect(rows()).toEqual([0, 1, 2, 3, 4]);
      expect(left()).toEqual([]);
      if (fired && sealed && !["destination.commit.after", "recover.commit.after"].includes(point)) {
        expect(info.recovered).toHaveLength(1);
      }
    },
  );

  test("the failpoints in question are passed", async () => {
    const passed = new Set<Failpoint>();
    armFailpoints((point) => void passed.add(point));
    await run(2);
    for (const point of ["package.segment.during", "package.seal.during", "package.remove.during"] as const)
      expect(passed).toContain(point);
  });
});
