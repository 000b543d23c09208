import { describe, expect, test } from "vitest";
import { changeLine, schemaChanges } from "../../core/schema/diff.ts";
import { parseDocument } from "../../core/schema/document.ts";
import { schemaTree } from "../../core/schema/tree.ts";
import type { ColumnSchema, Tables } from "../../core/schema/types.ts";
import { FROZEN } from "./frozen.ts";

const tablesOf = (name: string, version = -1) =>
  parseDocument(FROZEN[name]!.versions.at(version)!.schema).tables;

describe("the changes between two documents", () => {
  test("of real loads, one line each", () => {
    const lines = (from: number, to: number) =>
      schemaChanges(tablesOf("evolution", from), tablesOf("evolution", to)).map(changeLine);
    expect(lines(0, 1)).toEqual(["+ users.name text", "+ users__emails"]);
    expect(lines(1, 2)).toEqual(["+ users.id__v_text text (variant)"]);
    expect(lines(2, 2)).toEqual([]);
  });

  test("a column that gets its type is added, one that changes it is widened, one without a type is not there yet", () => {
    const table = (...columns: ColumnSchema[]): Tables => ({
      t: { name: "t", columns: Object.fromEntries(columns.map((c) => [c.name, c])) },
    });
    const before = table({ name: "a", data_type: "bigint" }, { name: "b" }, { name: "c" });
    const after = table(
      { name: "a", data_type: "double" },
      { name: "b", data_type: "text" },
      { name: "c" },
      { name: "d" },
    );
    expect(schemaChanges(before, after)).toEqual([
      { kind: "column-widened", table: "t", column: "a", from: "bigint", type: "double" },
      { kind: "column-added", table: "t", column: "b", type: "text" },
    ]);
    expect(schemaChanges(before, after).map(changeLine)).toEqual(["~ t.a bigint → double", "+ t.b text"]);
  });
});

describe("the tree of tables", () => {
  test("roots with rows and columns, nested tables by their short names", () => {
    const rows = { issues: 1200, issues__labels: 34, issues__labels__tags: 5, issues__labels__tags__list: 5 };
    expect(schemaTree(tablesOf("plain"), { rows, added: ["issues"] })).toEqual([
      "issues         1,200   5 columns  new",
      "└─ labels         34   issues__labels",
      "   └─ tags         5   issues__labels__tags",
      "      └─ list      5   issues__labels__tags__list",
    ]);
  });

  test("brothers are joined by a line; without rows there is no number; other roots can be left out", () => {
    const table = (name: string, parent?: string) => ({ name, columns: {}, ...(parent ? { parent } : {}) });
    const tables: Tables = {
      a: table("a"),
      a__b: table("a__b", "a"),
      a__b__d: table("a__b__d", "a__b"),
      a__c: table("a__c", "a"),
      shrtnd: table("shrtnd", "a__c"),
      z: table("z"),
    };
    expect(schemaTree(tables, { roots: ["a"] })).toEqual([
      "a             0 columns",
      "├─ b          a__b",
      "│  └─ d       a__b__d",
      "└─ c          a__c",
      "   └─ shrtnd  shrtnd",
    ]);
  });
});
