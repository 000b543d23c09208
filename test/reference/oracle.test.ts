import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { coerce, numberScalar } from "./coerce.ts";
import type { Kind, Scalar } from "./coerce.ts";
import { dltCases, plainDlt, SYSTEM } from "./dlt-cases.ts";
import type { DltCase, PlainTable } from "./dlt-cases.ts";
import { dltCell } from "./dlt-cell.ts";
import { caseDeviation } from "./dlt-deviations.ts";
import { NumberText, parseJson } from "./json.ts";
import { Naming } from "./naming.ts";
import { Reference } from "./shred.ts";
import { detectTimestamp } from "./timestamp.ts";

// Real dlt is the oracle of the reference. Where runlet means to differ (docs/deviations.md), so does the reference, and must.

function read(name: string): { rows: unknown[][] } {
  return JSON.parse(readFileSync(`test/data/oracle/${name}.json`, "utf8")) as { rows: unknown[][] };
}

const bytes = (text: string) => new TextEncoder().encode(text);

test("names are dlt's", () => {
  const { rows } = read("names") as { rows: string[][] };
  expect(rows.length).toBeGreaterThan(1000);
  const wrong = rows.filter(([raw, identifier, path, path20, path63]) => {
    if (raw!.split("__").every((part) => part.trim() === "")) return false; // dlt: the empty name; runlet: _empty
    const at = (max?: number) => new Naming(max).key(raw!);
    return (
      new Naming().identifier(raw!) !== identifier || at() !== path || at(20) !== path20 || at(63) !== path63
    );
  });
  expect(wrong).toEqual([]);
});

test("joined names are dlt's", () => {
  const { rows } = read("fragments") as { rows: [string[], string, string][] };
  expect(rows.length).toBeGreaterThan(300);
  const wrong = rows.filter(
    ([parts, at20, at63]) => new Naming(20).join(...parts) !== at20 || new Naming(63).join(...parts) !== at63,
  );
  expect(wrong).toEqual([]);
});

test("timestamps are detected as dlt does", () => {
  const { rows } = read("timestamps") as { rows: [string, number | string | null][] };
  expect(rows.length).toBeGreaterThan(1000);
  // "!": dlt detects it and then fails (deviation 15). The numbers went through doubles.
  const shown = (text: string) => {
    const us = detectTimestamp(text);
    return us === undefined ? null : Number(us);
  };
  const wrong = rows.filter(([text, us]) => shown(text) !== (typeof us === "number" ? us : null));
  expect(wrong).toEqual([]);
});

test("values are coerced as dlt does", () => {
  const { columns, rows } = read("coercions") as unknown as {
    columns: [string, string, string[]];
    rows: [string, string, (string | null)[]][];
  };
  const types: Kind[] = ["text", "double", "bool", "timestamp", "bigint", "json"];
  let compared = 0;
  const wrong: unknown[] = [];
  for (const [literal, type, results] of rows) {
    if (type === "json") continue;
    const value = scalarOf(literal);
    if (value.kind !== type) continue;
    for (const to of types) {
      const expected = results[columns[2].indexOf(to)]!;
      if (isDeviation(to, value, expected)) continue;
      compared++;
      const mine = coerce(to, value);
      const shown = mine === undefined || mine === null ? null : to === "json" ? "j" : dltCell(to, mine);
      const theirs = expected === null || /^[!n]/.test(expected) ? null : to === "json" ? "j" : expected;
      if (shown !== theirs) wrong.push({ literal, to, mine: shown, dlt: expected });
    }
  }
  expect(wrong).toEqual([]);
  expect(compared).toBeGreaterThan(2000);
});

function scalarOf(literal: string): Scalar {
  const node = parseJson(bytes(literal));
  if (node instanceof NumberText) return numberScalar(node.text)!;
  if (typeof node === "boolean") return { kind: "bool", text: String(node) };
  return { kind: "text", text: node as string };
}

/** Doubles that are not exact, infinities and NaN are never stored; integers beyond 64 bits are no bigint. */
function isDeviation(to: Kind, value: Scalar, expected: string | null): boolean {
  // dlt's parser refuses 1e400, runlet's does not (deviation 14).
  if (to === "json" && value.text === "1e400") return true;
  if (expected === null) return false;
  if (to === "double" && /^d(7ff|fff)/.test(expected)) return true;
  if (to === "double" && value.kind === "bigint" && coerce("double", value) === undefined) return true;
  return (
    to === "bigint" &&
    /^i-?\d{19,}$/.test(expected) &&
    BigInt.asIntN(64, BigInt(expected.slice(1))) !== BigInt(expected.slice(1))
  );
}

describe("dlt's own tables come out of the reference", () => {
  const cases = dltCases().filter(supported);
  test("there are cases", () => expect(cases.length).toBeGreaterThan(200));
  test.each(cases)("$name", (item) => {
    const tables = Object.entries(item.tables!).map(([name, table]) => [name, plainDlt(table)]);
    if (caseDeviation(item)) expect(shredded(item)).not.toEqual(Object.fromEntries(tables));
    else expect(shredded(item)).toEqual(Object.fromEntries(tables));
  });
});

/** The reference knows no hints but json. */
function supported(item: DltCase): boolean {
  const { columns = {}, write_disposition, primary_key, merge_key } = item.options ?? {};
  if (!item.tables || write_disposition !== undefined || primary_key || merge_key) return false;
  return (
    Object.values(columns).every((column) => column.data_type === "json") &&
    !/^(reserved|hint)/.test(item.name)
  );
}

function shredded(item: DltCase): Record<string, PlainTable> {
  const { columns = {}, maxIdentifierLength, max_table_nesting } = item.options ?? {};
  const reference = new Reference({
    onTypeConflict: "variant",
    ...(maxIdentifierLength === undefined ? {} : { maxIdentifierLength }),
    ...(max_table_nesting === undefined ? {} : { maxTableNesting: max_table_nesting }),
    json: Object.keys(columns).map((name) => `${item.table}.${name}`),
  });
  for (const record of item.loads.flat()) reference.record(item.table, parseJson(bytes(record)));
  return Object.fromEntries(
    [...reference.tables.values()].map((table) => [
      table.name,
      {
        parent: table.parent,
        columns: Object.fromEntries(
          [...table.columns]
            .filter(([name]) => !SYSTEM.has(name))
            .map(([name, c]) => [name, c.type + (c.variant ? " variant" : "")])
            .sort(),
        ),
        rows: table.rows.map((row) =>
          Object.fromEntries(
            [...row.cells]
              .filter(([name]) => !SYSTEM.has(name))
              .map(([name, text]) => [name, dltCell(table.columns.get(name)!.type, text)])
              .sort(),
          ),
        ),
        pending: [...table.pending].filter((name) => !SYSTEM.has(name)).sort(),
      },
    ]),
  );
}
