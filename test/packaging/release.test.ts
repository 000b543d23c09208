import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

interface Facts {
  manifest: Record<string, unknown>;
  lock: { packages: Record<string, { version: string }> };
  jsr: { version: string };
  versionModule: string;
  changelog: string;
  tag: string | undefined;
}
interface Size {
  name: string;
  gzip: number;
}
const path = "../../scripts/release-checks.mjs";
const { committedSizes, disagreements, sizeDifference } = (await import(path)) as {
  disagreements(facts: Facts): string[];
  sizeDifference(before: Size[], now: Size[]): string[];
  committedSizes(document: string): Size[];
};

const json = (file: string) => JSON.parse(readFileSync(file, "utf8"));
const { version } = json("package.json") as { version: string };

/** As in this repository, with a tag and a day in the changelog. */
function ready(): Facts {
  const changelog = readFileSync("CHANGELOG.md", "utf8");
  return {
    manifest: json("package.json"),
    lock: json("package-lock.json"),
    jsr: json("jsr.json"),
    versionModule: readFileSync("core/version.ts", "utf8"),
    changelog: changelog.replace(new RegExp(`^## ${version} – .*$`, "m"), `## ${version} – 2030-01-31`),
    tag: `v${version}`,
  };
}

describe("a version is published when", () => {
  test("all files say the same version, the changelog has its day, and the commit its tag", () => {
    expect(disagreements(ready())).toEqual([]);
  });

  test.each<[string, (facts: Facts) => void, RegExp]>([
    [
      "the lock file's version",
      (facts) => (facts.lock.packages[""]!.version = "9.9.9"),
      /package-lock\.json says 9\.9\.9/,
    ],
    ["jsr.json's", (facts) => (facts.jsr.version = "9.9.9"), /jsr\.json says 9\.9\.9/],
    [
      "the one that programs are told",
      (facts) => (facts.versionModule = ""),
      /core\/version\.ts says no version/,
    ],
    [
      "no section of the changelog",
      (facts) => (facts.changelog = "# Changelog\n"),
      /CHANGELOG\.md has no section/,
    ],
    ["no day", (facts) => (facts.changelog = `## ${version} – unreleased\n`), /dates .* with no day/],
    ["another tag", (facts) => (facts.tag = "v9.9.9"), /tag is v9\.9\.9/],
    ["no tag", (facts) => (facts.tag = undefined), /tag is none/],
    ["an install script", (facts) => (facts.manifest["scripts"] = { postinstall: "x" }), /runs postinstall/],
    [
      "no repository, which provenance compares",
      (facts) => delete facts.manifest["repository"],
      /no repository/,
    ],
  ])("not with %s", (_, change, complaint) => {
    const facts = ready();
    change(facts);
    const found = disagreements(facts);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(complaint);
  });
});

test("what became larger or smaller is told in bytes", () => {
  const before = [
    { name: "same", gzip: 10 },
    { name: "grown", gzip: 10 },
    { name: "shrunk", gzip: 10 },
    { name: "gone", gzip: 10 },
  ];
  const now = [
    { name: "same", gzip: 10 },
    { name: "grown", gzip: 12 },
    { name: "shrunk", gzip: 7 },
    { name: "added", gzip: 5 },
  ];
  expect(sizeDifference(before, now)).toEqual([
    "     +2  grown: 10 → 12",
    "     -3  shrunk: 10 → 7",
    "new      added: 5",
    "gone     gone",
  ]);
});

test("the sizes to compare with are those of docs/sizes.md", () => {
  const { gzip: limits } = json("bench/size-budget.json") as { gzip: Record<string, number> };
  const committed = committedSizes(readFileSync("docs/sizes.md", "utf8"));
  expect(committed.map(({ name }) => name)).toEqual(Object.keys(limits));
  for (const { name, gzip } of committed) expect(gzip).toBeLessThanOrEqual(limits[name]!);
});
