import { expect, test } from "vitest";
import { dataFile, pathPart } from "../../core/destinations/parquet/names.ts";

const folderOf = (table: string) => dataFile(table, "1.5", "0123456789").split("/")[0];

test("a table's files lie in one folder of the dataset, whatever it is called", () => {
  expect(folderOf("items__tags")).toBe("items__tags");
  expect(["..", ".", "../up", "a/b", "a\\b", "%2F", ".hidden"].map(folderOf)).toEqual([
    "%2E.",
    "%2E",
    "%2E.%2Fup",
    "a%2Fb",
    "a%5Cb",
    "%252F",
    "%2Ehidden",
  ]);
});

test("no table takes the place of what is no table", () => {
  expect(["init", "Init", "_runlet_open", "_runlet_commits", "initial"].map(folderOf)).toEqual([
    "%69nit",
    "%49nit",
    "%5Frunlet_open",
    "%5Frunlet_commits",
    "initial",
  ]);
});

test("names that are too long for a file stay apart, and are whole characters", () => {
  const long = ["x".repeat(300), `${"x".repeat(300)}y`, "\u{1f642}".repeat(60), `a${"\u{1f642}".repeat(60)}`];
  const short = long.map(pathPart);
  expect(new Set(short).size).toBe(4);
  for (const name of short) {
    expect(new TextEncoder().encode(name).byteLength).toBeLessThanOrEqual(180);
    expect(() => encodeURIComponent(name)).not.toThrow();
  }
  expect(pathPart("x".repeat(180))).toBe("x".repeat(180));
});
