import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { DRIVERS, filesOf, native } from "./duckdb-files.ts";

describe.each(DRIVERS)("a process killed while it loads with %s DuckDB", (driver) => {
  const { at, open } = filesOf(driver);
  const child = fileURLToPath(new URL("./duckdb-crash-child.ts", import.meta.url));

  /** Starts loading and kills the process some time after its first commit; returns the last number it reported. */
  async function killWhileLoading(file: string, from: number, delay: number): Promise<number> {
    const loading: ChildProcess = spawn(
      process.execPath,
      ["--import", "jiti/register", child, driver, file, String(from)],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    let last = from - 1;
    let killed = false;
    for await (const line of createInterface({ input: loading.stdout! })) {
      if (line.startsWith("committed")) {
        last = Number(line.split(" ")[1]);
        if (!killed) setTimeout(() => loading.kill("SIGKILL"), delay);
        killed = true;
      }
    }
    return last;
  }

  test("leaves the last committed load whole", { timeout: 120_000 }, async () => {
    const file = at("crash.duckdb");
    let next = 0;
    const sql = `select (select count(distinct n)::int from ds.parents) loads, (select count(*)::int from ds.parents) n,
      (select min(n)::int from ds.parents) parents, (select max(n)::int from ds.log) log,
      (select count(*)::int from ds.log) entries, (select count(*)::int from ds._dlt_loads) known`;
    for (const delay of [1, 17, 43, 80, 120]) {
      const last = await killWhileLoading(file, next, delay);
      const [row] = await native(file, sql);
      const session = await open(file);
      expect(await session.query(sql)).toEqual([row]);
      await session.close();
      // What was reported is there; one more may have been committed and not reported.
      expect(Number(row!.log)).toBeGreaterThanOrEqual(last);
      expect(Number(row!.log)).toBeLessThanOrEqual(last + 1);
      const logged = Number(row!.log) + 1;
      expect(row).toEqual({
        loads: 1,
        n: 20_000,
        parents: row!.log,
        log: row!.log,
        entries: logged,
        known: logged,
      });
      next = logged;
    }
    expect(next).toBeGreaterThan(4);
  });
});
