import { isDeepStrictEqual } from "node:util";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** How many of an area passed, of how many. Absent: not offered. */
export type Areas = Record<string, [passed: number, of: number]>;

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What a run found out about one row of the matrix; `node scripts/matrix.mjs` takes it from there. */
interface Result {
  title: string;
  areas: Areas;
  /** Areas that were left out: of these, the committed counts stay. */
  leftOut?: readonly string[];
  /** Milliseconds. */
  times?: object;
}

export function writeResult(name: string, result: Result): void {
  mkdirSync(here("../../build/conformance"), { recursive: true });
  writeFileSync(here(`../../build/conformance/${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
}

/** The row as it is committed: what the README says. */
export function committedAreas(name: string): Areas | undefined {
  const rows = JSON.parse(readFileSync(here("results.json"), "utf8")) as Record<string, { areas: Areas }>;
  return rows[name]?.areas;
}

/** As JSON; pages and jco hand over members that are undefined, which JSON has not. */
const plain = (outcome: unknown): unknown => JSON.parse(JSON.stringify(outcome) ?? "null");

/** Whether what was given is what is frozen. */
export const isSame = (given: unknown, expected: unknown): boolean =>
  isDeepStrictEqual(plain(given), plain(expected));
