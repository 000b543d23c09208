import { describe, expect, test } from "vitest";
import { dataTables, emptyDocument, nextDocument, parseDocument } from "../../core/schema/document.ts";
import { stringifyExact } from "../../core/schema/exact-json.ts";
import { hashJson } from "../../core/schema/hash-json.ts";
import type { StoredSchema } from "../../core/schema/stored.ts";
import { STATE_TABLE, stateTable } from "../../core/schema/system-tables.ts";
import type { Tables } from "../../core/schema/types.ts";
import { schemaVersionHash } from "../../core/schema/version-hash.ts";
import { FROZEN, VERSIONS } from "./frozen.ts";

/** The tables as the engine gives them: without what the document adds. */
function asEngineTables(schema: StoredSchema): Tables {
  const tables = structuredClone(dataTables(schema.tables));
  for (const table of Object.values(tables)) {
    delete table.resource;
    delete table.write_disposition;
    for (const column of Object.values(table.columns)) if (column.variant) delete column.description;
  }
  return tables;
}

function resources(schema: StoredSchema) {
  return Object.fromEntries(
    Object.values(dataTables(schema.tables))
      .filter((t) => t.parent === undefined)
      .map((t) => [t.name, { resource: t.resource, write: t.write_disposition }]),
  );
}

describe("the version hash is dlt's", () => {
  test.each(VERSIONS)("$name", ({ row }) => {
    const schema = parseDocument(row.schema);
    expect(schema.version_hash).toBe(row.versionHash);
    expect(schemaVersionHash(schema)).toBe(row.versionHash);
  });

  test("the order of tables and hints does not count, the order of columns does", () => {
    const schema = parseDocument(FROZEN.plain!.versions[0]!.schema);
    const turned = (o: object) => Object.fromEntries(Object.entries(o).reverse());
    expect(schemaVersionHash({ ...schema, tables: turned(schema.tables) })).toBe(schema.version_hash);
    const issues = schema.tables.issues!;
    const columns = turned(issues.columns) as typeof issues.columns;
    const other = { ...schema, tables: { ...schema.tables, issues: { ...issues, columns } } };
    expect(schemaVersionHash(other)).not.toBe(schema.version_hash);
  });
});

describe("building a document", () => {
  test.each(Object.entries(FROZEN).map(([name, frozen]) => ({ name, frozen })))(
    "$name: the same tables, load after load, give dlt's versions and hashes",
    ({ frozen }) => {
      let schema = emptyDocument(frozen.versions[0]!.schemaName);
      for (const row of frozen.versions) {
        const dlt = parseDocument(row.schema);
        const before = schema.version_hash;
        schema = nextDocument(schema, asEngineTables(dlt), resources(dlt));
        expect(schema.tables).toEqual(dlt.tables);
        expect({ version: schema.version, hash: schema.version_hash }).toEqual({
          version: row.version,
          hash: row.versionHash,
        });
        expect(schema.previous_hashes[0]).toBe(before);
      }
    },
  );

  test("keys come in dlt's order, so the text is dlt's, too", () => {
    for (const { row } of VERSIONS) {
      expect(stringifyExact(parseDocument(row.schema))).toBe(row.schema);
      expect(Object.keys(nextDocument(emptyDocument("x"), {}))).toEqual(
        Object.keys(parseDocument(row.schema)),
      );
    }
  });

  test("a load that changes nothing leaves the document as it is", () => {
    const schema = parseDocument(FROZEN.evolution!.versions.at(-1)!.schema);
    expect(nextDocument(schema, asEngineTables(schema))).toBe(schema);
  });

  test("at most ten ancestors are kept, the newest first", () => {
    let schema = emptyDocument("long");
    const hashes: string[] = [];
    for (let i = 0; i < 12; i++) {
      hashes.unshift(schema.version_hash);
      const columns = Object.fromEntries(
        Array.from({ length: i + 1 }, (_, c) => [`c${c}`, { name: `c${c}`, data_type: "text" as const }]),
      );
      schema = nextDocument(schema, { t: { name: "t", columns } });
    }
    expect(schema.version).toBe(13);
    expect(schema.previous_hashes).toEqual(hashes.slice(0, 10));
  });

  test("a nested table with root keys is noted in the normalizer's settings, as dlt does for merge", () => {
    const dlt = parseDocument(FROZEN.merge!.versions[0]!.schema);
    const built = nextDocument(emptyDocument("merge"), asEngineTables(dlt), resources(dlt));
    expect(built.normalizers).toEqual(dlt.normalizers);
    expect(built.normalizers.json.config?.propagation?.tables).toEqual({
      issues: { _dlt_id: "_dlt_root_id" },
    });
  });

  test("the state table is dlt's", () => {
    const dlt = parseDocument(FROZEN.plain!.versions[0]!.schema);
    expect(stateTable()).toEqual(dlt.tables[STATE_TABLE]);
  });

  test("what is no schema document is refused", () => {
    expect(() => parseDocument("{")).toThrow(expect.objectContaining({ code: "SCHEMA_INVALID" }));
    expect(() => parseDocument('{"engine_version":9,"tables":{}}')).toThrow(/engine version 9/);
    expect(() => parseDocument("null")).toThrow(expect.objectContaining({ code: "SCHEMA_INVALID" }));
  });
});

describe("the JSON that is hashed", () => {
  test("keys are in code-point order, not in that of UTF-16 units", () => {
    expect(hashJson({ "\u{10000}": 2, "\uffff": 1, é: 3, a: 4 })).toBe(
      '{"a":4,"é":3,"\uffff":1,"\u{10000}":2}',
    );
  });

  test.each([
    [1e-5, "0.00001"],
    [1e-6, "1e-6"],
    [1.5e-9, "1.5e-9"],
    [-1e-5, "-0.00001"],
    [1.5e300, "1.5e+300"],
    [0.1, "0.1"],
    [12345678901234567n, "12345678901234567"],
    [-0.5, "-0.5"],
    [Number.NaN, "null"],
  ])("%s is written %s, as orjson does", (value, text) => {
    expect(hashJson(value)).toBe(text);
  });
});
