import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pipeline, resource } from "../../core/index.ts";
import type { Place } from "./partner.ts";
import { pythonOfDlt } from "./python.ts";
import { together } from "./stores.ts";

// dlt's command line makes a working folder out of a dataset that runlet wrote, and makes it anew.

const { missing, dlt, folder, stores } = together();

const people = (records: object[]) =>
  pipeline("crm", resource("people", { write: "merge", primaryKey: "id" }, records), { dataset: "data" });

/** `dlt pipeline …` as a person types it; returns what it says. */
function command(place: Place, working: string, ...words: string[]): string {
  const cwd = join(folder, "typed");
  mkdirSync(cwd, { recursive: true });
  const credentials =
    "duckdb" in place
      ? { DESTINATION__DUCKDB__CREDENTIALS: `duckdb:///${place.duckdb}` }
      : { DESTINATION__POSTGRES__CREDENTIALS: place.postgres };
  const options = ["pipeline", "--pipelines-dir", working];
  return execFileSync(pythonOfDlt(), ["-m", "dlt", "--yes", "--no-pwd", ...options, ...words], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, ...credentials, RUNTIME__DLTHUB_TELEMETRY: "false", DLT_DATA_DIR: cwd },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

// Each command starts Python and dlt anew: the second store is for the long run.
const STORES = Object.keys(stores).slice(0, process.env["RUNLET_FULL"] === "1" ? undefined : 1);

describe.skipIf(missing).each(STORES)(missing ?? "dlt pipeline sync, %s", (name) => {
  test("finds the dataset without a working folder; later it has what runlet has altered", async () => {
    const { to, place } = stores[name]!("synced");
    const working = join(folder, `sync ${name}`);
    const { dataset } = await people([{ id: 1, name: "Ada", tags: ["x"] }]).run({ to });
    const kind = "duckdb" in place ? "duckdb" : "postgres";
    command(place, working, "crm", "sync", "--destination", kind, "--dataset-name", "data");
    expect(command(place, working, "crm", "schema")).toContain("people__tags:");

    await dataset.alter({ rename: { "people.name": "full_name" } });
    await people([{ id: 2, full_name: "Bob", tags: ["y"] }]).run({ to });
    command(place, working, "crm", "sync");
    const schema = command(place, working, "crm", "schema");
    expect(schema).toMatch(/^ {6}full_name:$/m);
    expect(schema).not.toMatch(/^ {6}name:$/m);

    // From there it loads.
    await dlt.attach("crm", place, "data", { how: "pipeline", working });
    const described = await dlt.describe();
    expect(described.schemas["crm"]!.hash).toBe((await dataset.schema()).version_hash);
    await dlt.run([
      {
        name: "people",
        records: [{ id: 2, full_name: "Bo", tags: ["z"] }],
        options: { write: "merge", primaryKey: ["id"] },
      },
    ]);
    const read = await dlt.read();
    expect(read["people"]!.rows.map((row) => row.slice(0, 2)).sort()).toEqual([
      ["i1", "sAda"],
      ["i2", "sBo"],
    ]);
    expect(read["people__tags"]!.rows.map(([value]) => value).sort()).toEqual(["sx", "sz"]);
  }, 300_000);
});
