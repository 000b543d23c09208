import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { measure, type Target } from "./memory-gate.ts";
import { startWorkerd } from "./bare-workerd.ts";
import { bundleWorker } from "./bundled.ts";

/** An isolate has 128 MB. workerd's process holds more than the isolate, so what is there before the load does not count. */
const ISOLATE_MB = 128;
const FULL = process.env["RUNLET_FULL"] === "1";

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(() => postgres.stop());

describe.skipIf(process.platform !== "linux")("a Worker's memory, whatever the size of the source", () => {
  const cases: [Target, number][] = [
    ["null", 200],
    ["parquet", 200],
    ...(FULL ? ([["packages", 200]] satisfies [Target, number][]) : []),
    ["postgres", FULL ? 200 : 50],
  ];

  test.each(cases)("%s: %i MB of NDJSON", { timeout: 300_000 }, async (target, megabytes) => {
    const found = await measure(target, megabytes * 1e6, postgres.url());
    const { baseline, highWater, added, seconds } = found;
    console.log(
      `${target}: ${megabytes} MB, highest VmHWM ${highWater.toFixed(0)} MB, of it workerd with the Worker loaded ` +
        `${baseline.toFixed(0)} MB, the load ${added.toFixed(0)} MB; ${seconds.toFixed(1)} s`,
    );
    expect(found.megabytes).toBeGreaterThanOrEqual(megabytes);
    expect(found.rows["events"]).toBeGreaterThan(megabytes * 70);
    expect(found.rows["events__payload__commits"]).toBeGreaterThan(0);
    expect(added).toBeLessThanOrEqual(ISOLATE_MB);
  });

  test("the limits of the gate are real: workerd refuses more WebAssembly memory than 64 MB", async () => {
    const bundle = await bundleWorker(`export default { fetch() {
      const memory = new WebAssembly.Memory({ initial: 1 });
      let pages = 1;
      try { for (;;) { memory.grow(1); pages++; } } catch { return new Response(String(pages)); }
    } };`);
    const running = await startWorkerd(bundle, { v8Flags: ["--wasm-max-mem-pages=1024"] });
    expect(await (await fetch(running.url)).text()).toBe("1024");
    await running.stop();
    bundle.remove();
  });
});

test("a record larger than 8 MB is refused with what to do, and nothing is loaded", async () => {
  const bundle = await bundleWorker(`
    import { nullDestination, pipeline, resource } from "runlet";
    import { worker } from "runlet/workers";
    const body = () => [JSON.stringify({ big: "x".repeat(9_000_000) })];
    const p = pipeline("p", resource("rows", {}, body));
    export default worker(p, { to: nullDestination(), authorize: () => true, run: { log: () => {} } });`);
  const running = await startWorkerd(bundle, {});
  const answer = await fetch(new URL("/run", running.url), { method: "POST" });
  expect([answer.status, await answer.json()]).toMatchObject([
    502,
    { error: { code: "LIMIT_RECORD", hint: expect.stringContaining("recordBytes") } },
  ]);
  await running.stop();
  bundle.remove();
});
