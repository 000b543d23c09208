import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { type Destination, datasetOf, pipeline, resource } from "../../core/index.ts";
import type { Storage } from "../../core/packages/storage.ts";
import { RunletError } from "../../core/errors.ts";
import { storageAt } from "../../host-node/storage.ts";
import { Place, rows } from "../packages/place.ts";
import { BATCH, DATASET, shop } from "./shop.ts";

const place = new Place();
let to: Destination;
beforeEach(() => {
  place.machine();
  to = place.database();
});

const count = (table: string) =>
  rows(datasetOf(to, DATASET), `select count(*) from ${table}`).then(([n]) => n as number);

/** A file system of its own, of one megabyte; undefined where this process may not mount one. */
function smallDisk(options: string): string | undefined {
  const folder = place.at(`disk-${options.replaceAll(/\W/g, "-")}`);
  mkdirSync(folder);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  mounted.push(folder);
  return folder;
}
const mounted: string[] = [];
afterAll(() => {
  for (const folder of mounted) execFileSync("umount", [folder]);
});

const large = pipeline("shop", [
  resource("events", {}, () => Array.from({ length: 20_000 }, (_, n) => ({ n, text: `${n}`.repeat(30) }))),
]);

describe("a storage that fails", () => {
  test("because the disk is full: nothing is loaded, and with room again all is", async (context) => {
    const disk = smallDisk("size=1m");
    if (!disk) return context.skip();
    await shop(1).run({ to });
    place.home = join(disk, "home");
    await expect(large.run({ to })).rejects.toMatchObject({
      code: "STORAGE_FAILED",
      exitCode: 6,
      message: expect.stringContaining("ENOSPC"),
      hint: expect.stringContaining("the disk is full"),
    });
    expect(await count("events")).toBe(BATCH);
    place.home = place.at("roomy");
    await large.run({ to });
    expect(await count("events")).toBe(BATCH + 20_000);
  });

  test("because it is read-only: says so before anything is read", async (context) => {
    const disk = smallDisk("size=1m,mode=755");
    if (!disk) return context.skip();
    place.home = join(disk, "home");
    mkdirSync(place.home);
    execFileSync("mount", ["-o", "remount,ro", disk]);
    let read = false;
    const reading = pipeline("shop", [resource("events", {}, () => ((read = true), [{ n: 1 }]))]);
    await expect(reading.run({ to })).rejects.toMatchObject({
      code: "STORAGE_FAILED",
      message: expect.stringContaining("EROFS"),
      hint: expect.stringContaining("RUNLET_HOME"),
    });
    expect(read).toBe(false);
    await reading.run({ to, packages: "none" });
    expect(await count("events")).toBe(1);
  });

  test("because a file is in the folder's place", async () => {
    writeFileSync(place.home, "");
    await expect(shop(1).run({ to })).rejects.toMatchObject({ code: "STORAGE_FAILED" });
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "at its write number %d: nothing is half loaded, and the next run makes it good",
    async (failing) => {
      await shop(1).run({ to });
      let writes = 0;
      const full = (storage: Storage): Storage => ({
        ...storage,
        async write(...parameters) {
          if (++writes === failing)
            throw new RunletError("STORAGE_FAILED", "ENOSPC: no space left on device");
          return storage.write(...parameters);
        },
      });
      place.machine({ storage: (name) => full(storageAt(name, place.home)) });
      // The early manifest, four segments, two documents and the manifest: all are needed.
      await expect(shop(2).run({ to })).rejects.toMatchObject({ code: "STORAGE_FAILED" });
      expect(await count("events")).toBe(BATCH);
      expect(await count("snapshot where generation = 2")).toBe(0);
      await shop(2).run({ to });
      expect(await count("events")).toBe(2 * BATCH);
      expect(await count("snapshot where generation = 2")).toBe(BATCH);
    },
  );
});

describe("a source that fails", () => {
  test.each([0, 1, 3])(
    "after page %d: nothing of the load is there, and the next run reads it anew",
    async (page) => {
      await shop(1).run({ to });
      await expect(shop(2, { fail: page }).run({ to })).rejects.toMatchObject({ code: "SOURCE_FAILED" });
      expect(await count("events")).toBe(BATCH);
      expect(await count("snapshot where generation = 2")).toBe(0);
      expect(await place.store("shop").ids()).toEqual([]);
      await shop(2).run({ to });
      expect(await count("events")).toBe(2 * BATCH);
      expect(await count("snapshot where generation = 2")).toBe(BATCH);
    },
  );
});
