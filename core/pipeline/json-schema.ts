import { RunletError } from "../errors.ts";
import type { AnyOptions, DltType } from "./options.ts";

/** The part of JSON Schema (draft 2020-12) that says which type a value has. */
interface JsonSchema {
  type?: string | string[];
  format?: string;
  contentEncoding?: string;
  const?: unknown;
  enum?: unknown[];
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema | boolean;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  $ref?: string;
}

/** Column of a nested table that holds elements which are no objects. */
const ELEMENT = "value";
/** Deeper than any data; a schema that refers to itself ends here. */
const DEEPEST = 32;

/** Types of fields as a Standard JSON Schema states them, nested objects and lists included. What it states otherwise, or
 *  several ways, is left to the data.
 *  @throws RunletError PIPELINE_INVALID when the schema cannot be had */
export function statedTypes({ schema }: AnyOptions): { field: string[]; type: DltType }[] {
  let root: JsonSchema;
  try {
    root = described(schema) ?? {};
  } catch (cause) {
    throw new RunletError(
      "PIPELINE_INVALID",
      `its schema has no JSON Schema: ${String((cause as Error).message)}`,
      {
        cause,
        hint: "give the types in columns, or a schema of what is loaded",
      },
    );
  }
  const found: { field: string[]; type: DltType }[] = [];
  const walk = (given: JsonSchema | undefined, field: string[], depth: number) => {
    const part = plain(given, root);
    if (!part || depth > DEEPEST) return;
    if (part.properties) {
      for (const [key, inner] of Object.entries(part.properties)) walk(inner, [...field, key], depth + 1);
      return;
    }
    if (part.items) {
      if (typeof part.items === "object") walk(element(part.items, root), field, depth + 1);
      return;
    }
    const type = typeOf(part);
    if (type && field.length) found.push({ field, type });
  };
  walk(root, [], 0);
  return found;
}

/** zod describes what JSON has no word for as anything, when asked to. */
function described(schema: AnyOptions["schema"]): JsonSchema | undefined {
  const libraryOptions = { unrepresentable: "any" };
  return schema?.["~standard"].jsonSchema?.output({ target: "draft-2020-12", libraryOptions }) as
    JsonSchema | undefined;
}

/** The JSON type that the schema states for the value at a path (keys and places in lists); undefined when it states none,
 *  or several. */
export function statedAt({ schema }: AnyOptions, path: readonly PropertyKey[]): string | undefined {
  let root: JsonSchema;
  try {
    root = described(schema) ?? {};
  } catch {
    return undefined;
  }
  let part = plain(root, root);
  for (const key of path) {
    const inner =
      typeof key === "number"
        ? typeof part?.items === "object"
          ? part.items
          : undefined
        : Object.hasOwn(part?.properties ?? {}, key)
          ? part!.properties![key as string]
          : undefined;
    part = plain(inner, root);
  }
  return typeof part?.type === "string" ? part.type : undefined;
}

/** The elements of a list as its nested table has them: what is no object is the field `value`. */
function element(items: JsonSchema, root: JsonSchema): JsonSchema {
  const part = plain(items, root);
  return !part || part.properties || part.items ? items : { properties: { [ELEMENT]: items } };
}

/** The schema without references, and without what only says that it may be null. */
function plain(part: JsonSchema | undefined, root: JsonSchema, depth = 0): JsonSchema | undefined {
  if (!part || typeof part !== "object" || depth > DEEPEST) return undefined;
  if (part.$ref !== undefined) return plain(referred(part.$ref, root), root, depth + 1);
  const choices = part.anyOf ?? part.oneOf ?? part.allOf;
  if (!choices) return part;
  const [first, ...others] = choices.filter(({ type, const: value }) => type !== "null" && value !== null);
  const chosen = plain(first, root, depth + 1);
  if (others.length === 0 || !chosen) return others.length === 0 ? chosen : undefined;
  const type = typeOf(chosen);
  const same = others.every((other) => typeOf(plain(other, root, depth + 1) ?? {}) === type);
  return type && same ? chosen : undefined;
}

/** What `#/$defs/name` refers to. */
function referred(reference: string, root: JsonSchema): JsonSchema | undefined {
  if (!reference.startsWith("#")) return undefined;
  let at: unknown = root;
  for (const step of reference.slice(1).split("/").filter(Boolean)) {
    const key = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at as JsonSchema;
}

function typeOf({
  type,
  format,
  contentEncoding,
  const: only,
  enum: allowed,
}: JsonSchema): DltType | undefined {
  const values = only === undefined ? allowed : [only];
  const types = type === undefined ? (values ?? []).map(jsonType) : [type].flat();
  const [kind, ...others] = new Set(types.filter((each) => each !== "null"));
  if (others.length) return undefined;
  switch (kind) {
    case "integer":
      return "bigint";
    case "number":
      return "double";
    case "boolean":
      return "bool";
    case "string":
      return contentEncoding === "base64" ? "binary" : (FORMATS[format ?? ""] ?? "text");
    default:
      return undefined;
  }
}

/** Formats of strings that are no text at the destination: of JSON Schema, and of OpenAPI's registry. */
const FORMATS: Record<string, DltType> = {
  "date-time": "timestamp",
  date: "date",
  time: "time",
  byte: "binary",
  int64: "bigint",
  decimal: "decimal",
};

function jsonType(value: unknown): string {
  return value === null ? "null" : typeof value;
}
