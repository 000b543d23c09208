import type { ColumnHint, TableHints } from "../binding/contract.ts";
import { RunletError } from "../errors.ts";
import { DATA_TYPES } from "../schema/types.ts";
import type { Config } from "./config.ts";
import type { AnyOptions, Column, DltType } from "./options.ts";
import { mergeHints, mergingOf } from "./merging.ts";
import { parsePath } from "./path.ts";
import { keys } from "./resource.ts";

/** A resource's `columns`, `primaryKey` and `schema` as hints for the engine. Mask keys are resolved. */
export async function tableHints(name: string, options: AnyOptions, config: Config): Promise<TableHints> {
  const hints = new Map<string, ColumnHint>();
  const at = (field: string) => {
    const path = parsePath(field).filter((step) => step !== null);
    const key = JSON.stringify(path);
    let hint = hints.get(key);
    if (!hint) hints.set(key, (hint = { path }));
    return hint;
  };
  for (const [field, type] of schemaTypes(options)) at(field).type = type;
  for (const [field, column] of Object.entries(options.columns ?? {})) {
    Object.assign(at(field), await columnHint(`${name}.${field}`, column, config));
  }
  for (const key of keys(options)) Object.assign(at(key), { primaryKey: true, nullable: false });
  const merging = mergingOf(options);
  const merge = merging && mergeHints(merging);
  for (const [field, role] of merge?.fields ?? []) Object.assign(at(field), role);
  return {
    ...merge?.table,
    ...(hints.size ? { columns: [...hints.values()] } : {}),
    ...(options.maxNesting === undefined ? {} : { maxTableNesting: options.maxNesting }),
  };
}

async function columnHint(where: string, column: Column, config: Config): Promise<Partial<ColumnHint>> {
  const invalid = (message: string) => new RunletError("PIPELINE_INVALID", `column ${where}: ${message}`);
  if (column === "drop") return { drop: true };
  const { key, ...rest } = typeof column === "string" ? { type: column } : { ...column };
  if (rest.type !== undefined && !DATA_TYPES.includes(rest.type)) throw invalid(`"${rest.type}" is no type`);
  if (rest.mask === "hmac" && key === undefined) throw invalid('mask "hmac" needs a key: secret("…")');
  return key === undefined ? rest : { ...rest, maskKey: await config.text(key, `column ${where}`) };
}

/** Types that a Standard JSON Schema states for the top-level fields and those in nested objects. */
function schemaTypes({ schema }: AnyOptions): [string, DltType][] {
  const stated = schema?.["~standard"].jsonSchema?.output({ target: "draft-2020-12" });
  const found: [string, DltType][] = [];
  const walk = (part: unknown, above: string) => {
    const properties = (part as { properties?: Record<string, unknown> } | undefined)?.properties ?? {};
    for (const [field, inner] of Object.entries(properties)) {
      const path = `${above}['${field}']`;
      const type = typeOf(inner as JsonSchema);
      if (type) found.push([path, type]);
      else walk(inner, path);
    }
  };
  if (stated) walk(stated, "");
  return found;
}

interface JsonSchema {
  type?: string | string[];
  format?: string;
}

function typeOf({ type, format }: JsonSchema): DltType | undefined {
  const plain = [type].flat().filter((each) => each !== "null");
  if (plain.length !== 1) return undefined;
  switch (plain[0]) {
    case "integer":
      return "bigint";
    case "number":
      return "double";
    case "boolean":
      return "bool";
    case "string":
      return format === "date-time"
        ? "timestamp"
        : format === "date"
          ? "date"
          : format === undefined
            ? "text"
            : undefined;
    default:
      return undefined;
  }
}
