import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type Dataset,
  type Destination,
  exportSchema,
  importSchema,
  pipeline,
  resource,
} from "../../core/index.ts";
import { schemaVersionHash } from "../../core/schema/version-hash.ts";
import { schemaText, readSchemaFile } from "../../host-node/cli/schema/file.ts";
import type { Place } from "./partner.ts";
import { pythonOfDlt } from "./python.ts";
import { together } from "./stores.ts";

// runlet alters a dataset that dlt has at hand, and dlt goes on with it; schemas go from one to the other as YAML.

const { missing, dlt, folder, inFile, stores } = together();

const people = (records: object[]) => pipeline("crm", resource("people", {}, records), { dataset: "data" });

describe.skipIf(missing).each(Object.keys(stores))(
  missing ?? "dlt goes on after an alteration, %s",
  (name) => {
    let to: Destination;
    let place: Place;
    let dataset: Dataset;
    beforeAll(async () => {
      ({ to, place } = stores[name]!("crm"));
      ({ dataset } = await people([{ id: 1, name: "Ada", age: 36, tags: ["x"] }]).run({ to }));
      await dlt.attach("crm", place, "data", { working: name });
      await dlt.run([{ name: "people", records: [{ id: 2, name: "Bob", age: 1, tags: ["y"] }] }]);
    }, 60_000);

    test("in the working folder it had before: it takes the altered schema up and adds to it", async () => {
      const done = await dataset.alter({
        rename: { "people.name": "full_name", people__tags: "people__labels" },
        drop: ["people.age"],
        destructive: true,
      });
      await dlt.attach("crm", place, "data", { how: "pipeline", working: name });
      await dlt.run([{ name: "people", records: [{ id: 3, full_name: "Cyd", labels: ["z"] }] }]);
      const read = await dlt.read();
      expect(Object.keys(read).sort()).toEqual(["people", "people__labels"]);
      const columns = read["people"]!.columns.map(([column]) => column);
      expect(columns.filter((column) => !column.startsWith("_dlt"))).toEqual(["id", "full_name"]);
      expect(read["people"]!.rows.map((row) => row[1]).sort()).toEqual(["sAda", "sBob", "sCyd"]);
      expect(read["people__labels"]!.rows).toHaveLength(3);
      const { document } = (await dlt.describe()).schemas["crm"]!;
      expect([document.version_hash, ...document.previous_hashes]).toContain(done.versionHash);
    }, 60_000);

    test("and runlet after it", async () => {
      await people([{ id: 4, full_name: "Dan", labels: [] }]).run({ to });
      const rows = await dataset.query<{ n: number }>("select count(full_name) as n from people");
      expect(Number(rows[0]!.n)).toBe(4);
    });
  },
);

/** What Python makes of a schema's YAML: dlt's hash of it, and its YAML. */
const IN_PYTHON = `
import sys, json, yaml, dlt
from dlt.common.schema import Schema
with open(sys.argv[1], encoding="utf-8") as file:
    schema = Schema.from_dict(yaml.safe_load(file))
with open(sys.argv[2], "w", encoding="utf-8") as file:
    file.write(schema.to_pretty_yaml())
print(json.dumps([schema.version_hash, schema.stored_version_hash]))
`;

describe.skipIf(missing)(missing ?? "a schema as YAML", () => {
  test("that runlet writes is dlt's, hash and all, and the other way round", async () => {
    const words = ["on", "no", "null", "1.5", "2024-01-02", "~", "x: y", "é"];
    const record = Object.fromEntries(words.map((word, at) => [`k${at}`, word]));
    const { to } = inFile("words");
    const { dataset } = await people([{ on: 1, yes: 2, null: 3, ...record, tags: [{ no: 1 }] }]).run({ to });
    const schema = await dataset.schema();
    for (const [at, table] of Object.values(schema.tables).entries())
      table.description = words[at % words.length]!;
    const [mine, theirs] = [join(folder, "mine.yaml"), join(folder, "theirs.yaml")];
    writeFileSync(mine, schemaText(exportSchema(schema), "yaml"));
    const hashes = JSON.parse(
      execFileSync(pythonOfDlt(), ["-c", IN_PYTHON, mine, theirs], { encoding: "utf8" }),
    ) as string[];
    expect(hashes[0]).toBe(schemaVersionHash(schema));
    expect(schemaVersionHash(readSchemaFile(theirs))).toBe(hashes[0]);
  }, 60_000);
});

test("YAML that dlt has written is read as what dlt's hash says", () => {
  const schema = readSchemaFile("test/data/dlt-schemas/crm.schema.yaml");
  expect(schema.version_hash).not.toBe("");
  expect(schemaVersionHash(schema)).toBe(schema.version_hash);
  expect(importSchema(exportSchema(schema))).toEqual(schema);
  expect(readFileSync("test/data/dlt-schemas/crm.schema.yaml", "utf8")).toContain("engine_version: 11");
});
