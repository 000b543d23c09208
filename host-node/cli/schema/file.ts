import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import { RunletError } from "../../../core/errors.ts";
import { stringifyExact } from "../../../core/schema/exact-json.ts";
import { importSchema, type SchemaFile } from "../../../core/schema/exchange.ts";
import type { StoredSchema } from "../../../core/schema/stored.ts";

/** A schema as text. YAML is 1.1, which PyYAML reads: `on` and `no` are quoted, that it does not take them for truth
 *  values. */
export function schemaText(schema: SchemaFile, format: "yaml" | "json"): string {
  if (format === "yaml")
    return stringify(schema, { aliasDuplicateObjects: false, version: "1.1", lineWidth: 0 });
  return `${JSON.stringify(JSON.parse(stringifyExact(schema)), undefined, 2)}\n`;
}

/** Reads a schema from a YAML or JSON file. @throws RunletError CONFIG_INVALID, SCHEMA_INVALID */
export function readSchemaFile(path: string): StoredSchema {
  let given: unknown;
  try {
    given = parse(readFileSync(path, "utf8"), { logLevel: "error" });
  } catch (cause) {
    const why = (cause as Error).message.split("\n")[0]!;
    throw new RunletError("CONFIG_INVALID", `schema file ${path}: ${why}`, {
      hint: "the file is YAML or JSON, as runlet schema export writes it",
      cause,
    });
  }
  return importSchema(given, path);
}
