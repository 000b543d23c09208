import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";

interface Row {
  name: string;
  raw: number;
  gzip: number;
}
interface Measured {
  rows: Row[];
  tarball: Record<string, number>;
}

const budget = JSON.parse(readFileSync("bench/size-budget.json", "utf8")) as {
  gzip: Record<string, number>;
  tarball: Record<string, number>;
};

let measured: Measured;

beforeAll(async () => {
  const module = "../../bench/measure-sizes.mjs";
  measured = await ((await import(module)) as { measureSizes(): Promise<Measured> }).measureSizes();
}, 120_000);

test("every row is within its limit", () => {
  const over = measured.rows
    .filter(({ name, gzip }) => gzip > budget.gzip[name]!)
    .map(({ name, gzip }) => `${name}: ${gzip} bytes gzipped, limit ${budget.gzip[name]}`);
  expect(over).toEqual([]);
  expect(Object.keys(budget.gzip)).toEqual(measured.rows.map(({ name }) => name));
});

test("the tarball is within its limits", () => {
  const over = Object.entries(budget.tarball)
    .filter(([what, limit]) => !(measured.tarball[what]! <= limit))
    .map(([what, limit]) => `${what}: ${measured.tarball[what]}, limit ${limit}`);
  expect(over).toEqual([]);
});

test("what is measured is the real thing: nothing is near empty, and compressing helps", () => {
  for (const { name, raw, gzip } of measured.rows) {
    expect({ name, large: gzip > 30_000 }).toEqual({ name, large: true });
    expect(gzip).toBeLessThan(raw);
  }
});

test("docs/sizes.md has these rows, with the sizes of now", () => {
  const lines = readFileSync("docs/sizes.md", "utf8").split("\n");
  for (const { name, gzip } of measured.rows) {
    const cells = lines.find((line) => line.startsWith(`| ${name} `))?.split("|");
    // Rounded, and compilers differ a little between machines.
    const told = Number(cells?.[3]) * 1024;
    expect({ name, told: Math.abs(told - gzip) < 0.1 * gzip ? gzip : told }).toEqual({ name, told: gzip });
  }
});
