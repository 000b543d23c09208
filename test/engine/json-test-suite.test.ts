import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { RunletError } from "../../core/errors.ts";
import { normalise } from "./engine.ts";
import { split } from "./split.ts";
import outcomes from "./json-test-suite.outcomes.json" with { type: "json" };

const SUITE = "test/data/JSONTestSuite/test_parsing";
const files = readdirSync(SUITE);

/** `accepted`, or the code of the error. */
function verdict(name: string, sizes?: number[]): string {
  try {
    normalise([{ options: { format: "json" }, chunks: split(readFileSync(`${SUITE}/${name}`), sizes) }]);
    return "accepted";
  } catch (error) {
    if (!(error instanceof RunletError)) throw error;
    return error.code;
  }
}

const REFUSALS = ["SOURCE_NOT_JSON", "SOURCE_NOT_UTF8", "LIMIT_DEPTH"];

test("JSONTestSuite: all of y_ is accepted", () => {
  const names = files.filter((name) => name.startsWith("y_"));
  expect(names.length).toBe(95);
  expect(names.map((name) => [name, verdict(name)]).filter(([, v]) => v !== "accepted")).toEqual([]);
});

test("JSONTestSuite: all of n_ is refused with a typed error", () => {
  const names = files.filter((name) => name.startsWith("n_"));
  expect(names.length).toBe(188);
  expect(names.map((name) => [name, verdict(name)]).filter(([, v]) => !REFUSALS.includes(v!))).toEqual([]);
});

test("JSONTestSuite: the implementation-defined i_ cases have these outcomes", () => {
  const names = files.filter((name) => name.startsWith("i_"));
  expect(names.length).toBe(35);
  expect(Object.fromEntries(names.map((name) => [name, verdict(name)]))).toEqual(outcomes);
});

test("JSONTestSuite: the verdicts are the same when every byte comes alone", () => {
  const small = files.filter((name) => readFileSync(`${SUITE}/${name}`).length < 2000);
  expect(small.length).toBeGreaterThan(300);
  expect(small.filter((name) => verdict(name) !== verdict(name, [1]))).toEqual([]);
});
