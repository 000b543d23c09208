import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { RunletError } from "../../core/errors.ts";
import { DATA_TYPES, type DataType } from "../../core/schema/types.ts";
import { secret, type Column } from "../index.ts";

/** What a file of hints says. */
export interface SchemaHints {
  columns?: Record<string, Column>;
  primaryKey?: string[];
}

const COLUMN_KEYS = ["type", "as", "nullable", "precision", "scale", "mask", "key"];

/** Reads hints from a YAML or JSON file:
 *
 *  ```yaml
 *  primary_key: id
 *  columns:
 *    address.zip: text                  # a type
 *    ssn: drop
 *    balance: {type: decimal, precision: 20, scale: 4}
 *    fName: {as: first_name}
 *    email: {mask: hmac, key: PII_KEY}  # key: name of an environment variable
 *  ```
 *  @throws RunletError CONFIG_INVALID */
export function readSchemaHints(path: string): SchemaHints {
  const invalid = (message: string, hint: string, cause?: unknown) =>
    new RunletError("CONFIG_INVALID", `schema hints ${path}: ${message}`, { hint, cause });
  let document: unknown;
  try {
    document = parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw invalid(
      (cause as Error).message.split("\n")[0]!,
      "the file is YAML or JSON with the key columns",
      cause,
    );
  }
  const given = objectOf(document);
  if (!given) throw invalid("no columns in it", "write columns:, and below it name: type");
  for (const key of Object.keys(given)) {
    if (!["columns", "primary_key", "primaryKey"].includes(key))
      throw invalid(`unknown key ${key}`, "keys: columns, primary_key");
  }
  const hints: SchemaHints = {};
  if (given["columns"] !== undefined) {
    const columns = objectOf(given["columns"]);
    if (!columns) throw invalid("columns is no mapping", "write columns:, and below it name: type");
    hints.columns = Object.fromEntries(
      Object.entries(columns).map(([name, hint]) => [
        name,
        columnOf(hint, (message, advice) => invalid(`column ${name}: ${message}`, advice)),
      ]),
    );
  }
  const key = given["primary_key"] ?? given["primaryKey"];
  if (key !== undefined) hints.primaryKey = [key].flat().map(String);
  return hints;
}

function columnOf(hint: unknown, invalid: (message: string, advice: string) => RunletError): Column {
  const types = `types: ${DATA_TYPES.join(", ")}; or drop`;
  const checked = (type: unknown) => {
    if (DATA_TYPES.includes(type as DataType)) return type as DataType;
    throw invalid(`${JSON.stringify(type)} is no type`, types);
  };
  if (hint === "drop") return "drop";
  const options = objectOf(hint);
  if (!options) return checked(hint);
  for (const key of Object.keys(options)) {
    if (!COLUMN_KEYS.includes(key)) throw invalid(`unknown key ${key}`, `keys: ${COLUMN_KEYS.join(", ")}`);
  }
  const { type, key, ...rest } = options;
  return {
    ...rest,
    ...(type === undefined ? {} : { type: checked(type) }),
    ...(key === undefined ? {} : { key: secret(String(key)) }),
  };
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
