import { RunletError } from "../errors.ts";
import { defaultNormalizers, defaultSettings, SCHEMA_ENGINE_VERSION, type StoredSchema } from "./stored.ts";
import { DATA_TYPES, type ColumnSchema, type Tables, type TableSchema } from "./types.ts";
import { emptyDocument } from "./document.ts";

/** A schema as files have it: dlt's document, where tables and columns have no name beside their key
 *  (`remove_defaults` in `dlt/common/schema/utils.py`), and only the name and the tables must be there. */
export interface SchemaFile {
  version?: number;
  version_hash?: string;
  engine_version?: number;
  name: string;
  tables: Record<string, Omit<TableSchema, "name" | "columns"> & { columns?: Record<string, object> }>;
  settings?: StoredSchema["settings"];
  normalizers?: StoredSchema["normalizers"];
  previous_hashes?: string[];
  description?: string;
}

/** The document as dlt exports it to files (`export_schema_path`): plain data for YAML or JSON. */
export function exportSchema(schema: StoredSchema): SchemaFile {
  const { imported_version_hash: _, tables, ...rest } = schema;
  return {
    ...rest,
    tables: mapped(tables, ({ columns, ...table }) => ({
      columns: mapped(columns, nameless),
      ...nameless(table),
    })),
  };
}

function mapped<From, To>(of: Record<string, From>, to: (each: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(of).map(([key, each]) => [key, to(each)]));
}

function nameless<T extends { name: string }>({ name: _, ...rest }: T): Omit<T, "name"> {
  return rest;
}

/** Reads what {@link exportSchema} or dlt wrote, or a person: names and what is left out are filled in. `where` names it for
 *  messages.
 *  @throws RunletError SCHEMA_INVALID */
export function importSchema(given: unknown, where = "the schema"): StoredSchema {
  const invalid = (message: string, hint: string) =>
    new RunletError("SCHEMA_INVALID", `${where}: ${message}`, { hint });
  const file = given as Partial<SchemaFile>;
  if (!isObject(given) || typeof file.name !== "string" || !isObject(file.tables)) {
    throw invalid(
      "it is no schema: name or tables are missing",
      "write what runlet schema export writes: name: …, tables: …",
    );
  }
  if (file.engine_version !== undefined && file.engine_version !== SCHEMA_ENGINE_VERSION) {
    throw invalid(
      `it has engine version ${file.engine_version}`,
      `runlet reads engine version ${SCHEMA_ENGINE_VERSION}: export it again with a current dlt or runlet`,
    );
  }
  const column = (of: string, name: string, hints: unknown): ColumnSchema => {
    const what = `column ${of}.${name}`;
    if (!isObject(hints)) throw invalid(`${what} is no mapping`, "write {data_type: text}");
    const { data_type: type } = hints as Partial<ColumnSchema>;
    if (type !== undefined && !DATA_TYPES.includes(type))
      throw invalid(`${what}: ${JSON.stringify(type)} is no type`, `types: ${DATA_TYPES.join(", ")}`);
    for (const digits of ["precision", "scale"]) {
      const value = hints[digits];
      if (value !== undefined && value !== null && !(Number.isInteger(value) && Number(value) >= 0))
        throw invalid(`${what}: ${digits} is ${JSON.stringify(value)}`, "write a whole number");
    }
    const { nullable } = hints;
    if (nullable !== undefined && typeof nullable !== "boolean")
      throw invalid(`${what}: nullable is ${JSON.stringify(nullable)}`, "write true or false");
    return { ...hints, name };
  };
  const table = (name: string, given: unknown): TableSchema => {
    const { columns = {}, ...rest } = isObject(given) ? given : { columns: undefined };
    if (!isObject(given) || !isObject(columns))
      throw invalid(`table ${name} is no mapping`, "write columns: below it, and name: {data_type: text}");
    const all = Object.entries(columns).map(([key, hints]) => [key, column(name, key, hints)] as const);
    const { parent } = rest;
    if (parent !== undefined && typeof parent !== "string")
      throw invalid(`table ${name}: parent is ${JSON.stringify(parent)}`, "write the name of a table");
    return { ...rest, name, columns: Object.fromEntries(all) };
  };
  const tables: Tables = { ...emptyDocument(file.name).tables };
  for (const [name, given] of Object.entries(file.tables)) {
    if (name === "__proto__") throw invalid("no table can be called __proto__", "give it another name");
    tables[name] = table(name, given);
  }
  const nested = Object.keys(tables).find((name) => isBelowItself(name, tables));
  if (nested !== undefined)
    throw invalid(
      `table ${nested} is nested in itself`,
      "parent: is the table whose lists its rows come from",
    );
  for (const [key, isOne] of Object.entries(PARTS)) {
    const part = (given as Record<string, unknown>)[key];
    if (part !== undefined && !isOne(part))
      throw invalid(
        `${key} is ${JSON.stringify(part)}`,
        "leave it as runlet schema export writes it, or out",
      );
  }
  return {
    version: file.version ?? 1,
    version_hash: file.version_hash ?? "",
    engine_version: SCHEMA_ENGINE_VERSION,
    name: file.name,
    tables,
    settings: file.settings ?? defaultSettings(),
    normalizers: file.normalizers ?? defaultNormalizers(),
    previous_hashes: file.previous_hashes ?? [],
    ...(file.description === undefined ? {} : { description: file.description }),
  };
}

/** What the parts of a document beside its tables have to be. */
const PARTS: Record<string, (part: unknown) => boolean> = {
  version: (part) => Number.isInteger(part),
  version_hash: (part) => typeof part === "string",
  settings: isObject,
  normalizers: (part) => isObject(part) && isObject(part["json"]),
  previous_hashes: (part) => Array.isArray(part),
  description: (part) => typeof part === "string",
};

function isBelowItself(name: string, tables: Tables): boolean {
  const above = new Set<string>();
  for (let at: string | undefined = name; at !== undefined; at = tables[at]?.parent) {
    if (above.has(at)) return true;
    above.add(at);
  }
  return false;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
