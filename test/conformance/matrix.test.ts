import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { KNOWN_FAILING, OTHER_FORMS, RUNTIMES } from "./features.ts";
import type { Areas } from "./results.ts";

const rows = JSON.parse(readFileSync(new URL("results.json", import.meta.url), "utf8")) as Record<
  string,
  { title: string; areas: Areas }
>;

test("the README's table is that of the committed results (node scripts/matrix.mjs writes it)", () => {
  const script = fileURLToPath(new URL("../../scripts/matrix.mjs", import.meta.url));
  expect(() => execFileSync(process.execPath, [script, "--check"], { stdio: "pipe" })).not.toThrow();
});

test.each(RUNTIMES)(
  "$title offers what features.ts says, and what fails there is known",
  ({ name, title, offers }) => {
    const { title: row, areas } = rows[name]!;
    expect(row).toBe(title);
    expect(Object.keys(areas).sort()).toEqual(["engine vectors", "pipelines", ...offers].sort());
    const failed = Object.values(areas).reduce((sum, [passed, of]) => sum + of - passed, 0);
    expect(failed).toBe(Object.keys(KNOWN_FAILING[name] ?? {}).length);
  },
);

test.each(Object.entries(OTHER_FORMS))("%s: all vectors pass", (name, title) => {
  const { title: row, areas } = rows[name]!;
  expect(row).toBe(title);
  const [passed, of] = areas["engine vectors"]!;
  expect(of).toBeGreaterThan(80);
  expect(areas).toEqual({ "engine vectors": [of, of] });
  expect(passed).toBe(of);
});

test("every row is one that the suites know", () => {
  const known = [...RUNTIMES.map(({ name }) => name), ...Object.keys(OTHER_FORMS)];
  expect(Object.keys(rows).sort()).toEqual(known.sort());
});
