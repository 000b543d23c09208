import { afterEach, describe, expect, test } from "vitest";
import { memory } from "../../core/index.ts";
import { armFailpoints, type Failpoint, FAILPOINTS } from "../../core/packages/failpoints.ts";
import { Crash, Place } from "../packages/place.ts";
import { armCrashPoint } from "../../host-node/crash-point.ts";
import { shop } from "./shop.ts";

const place = new Place();
afterEach(() => armFailpoints(undefined));

describe("failpoints", () => {
  test("all fire, in runs that need them", async () => {
    place.machine();
    const to = place.database();
    const met = new Set<Failpoint>();
    armFailpoints((point) => void met.add(point));
    await shop(1).run({ to });
    await shop(2).run({ to });
    let dead = false;
    armFailpoints((point) => {
      dead ||= point === "package.seal.after";
      if (dead) throw new Crash(point);
    });
    await expect(shop(3).run({ to })).rejects.toThrow("package.seal.after");
    armFailpoints((point) => void met.add(point));
    await shop(3).run({ to });
    expect(FAILPOINTS.filter((point) => !met.has(point))).toEqual([]);
  });

  test("unarmed, do nothing", async () => {
    place.machine();
    const store = memory();
    await shop(1).run({ to: store, packages: "remove" });
    expect(store.tables()["events"]).toHaveLength(40);
  });

  test("are named in RUNLET_FAILPOINT", () => {
    expect(() => armCrashPoint("nowhere")).toThrow("there is no failpoint nowhere");
  });
});
