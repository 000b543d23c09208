import { DATA_TYPES } from "../schema/types.ts";
import { fieldKey, fieldName, fieldOf } from "./fields.ts";
import { isOwn } from "./incremental.ts";
import { tableName } from "./naming.ts";
import type { AnyOptions, Column } from "./options.ts";
import { parsePath } from "./path.ts";
import { isValue } from "./value.ts";

const OPTIONS = ["type", "as", "nullable", "precision", "scale", "mask", "key"];
const MASKS = ["hmac", "redact", "null"];

/** What is wrong with the hints of a resource; undefined when nothing is. The compiler says some of it, too.
 *  @throws RunletError PIPELINE_INVALID for a text that is no path */
export function columnsFault(columns: Record<string, Column>, keys: readonly string[]): string | undefined {
  if (typeof columns !== "object" || columns === null || Array.isArray(columns))
    return "columns is no object of fields and hints";
  const given = new Map<
    string,
    { text: string; field: string[]; hint: Exclude<Column, string> & { drop?: boolean } }
  >();
  for (const [text, column] of Object.entries(columns)) {
    const fault = columnFault(column);
    if (fault) return `column ${text}: ${fault}`;
    const field = fieldOf(text, "columns");
    const other = given.get(fieldKey(field));
    if (other) return `columns ${other.text} and ${text} are one field`;
    const hint = typeof column !== "string" ? column : column === "drop" ? { drop: true } : { type: column };
    given.set(fieldKey(field), { text, field, hint });
  }
  const renamed = (field: readonly string[]) => given.get(fieldKey(field))?.hint.as;
  const named = new Map<string, { text: string; type: string | undefined }>();
  for (const { text, field, hint } of given.values()) {
    for (let above = field.length - 1; above > 0; above--) {
      const outer = given.get(fieldKey(field.slice(0, above)));
      const what = outer?.hint.drop
        ? "is dropped"
        : outer?.hint.mask
          ? "is masked as a whole"
          : outer?.hint.type === "json"
            ? "stays JSON"
            : undefined;
      if (what) return `column ${text} lies in ${outer!.text}, which ${what}`;
    }
    if (hint.drop) continue;
    const name = fieldName(field, renamed);
    const same = named.get(name);
    // Two fields may fill one column: last year's key and this year's. Not as different types.
    if (same && same.type !== hint.type)
      return `columns ${same.text} and ${text} lead to one column, ${name}, as ${same.type ?? "any type"} and ${hint.type ?? "any type"}`;
    named.set(name, { text, type: hint.type });
  }
  for (const key of keys) {
    const hint = given.get(fieldKey(fieldOf(key, "a key")))?.hint;
    if (hint?.drop) return `${key} is a key and dropped`;
    if (hint?.mask === "redact" || hint?.mask === "null")
      return `${key} is a key: mask "${hint.mask}" would make all rows one`;
    if (hint?.nullable) return `${key} is a key and cannot be nullable`;
  }
  return undefined;
}

/** What is wrong with a cursor on columns that are masked; undefined when nothing is. What it keeps is in the pipeline's
 *  state, at the destination. */
export function cursorFault(options: AnyOptions, keys: readonly string[]): string | undefined {
  const { cursor } = options;
  if (!cursor || typeof cursor.path !== "string") return undefined;
  const at = parsePath(cursor.path).filter((step) => step !== null);
  for (const { text, field, column } of allColumns(options)) {
    if (!isMasked(column)) continue;
    if (at.length >= field.length && field.every((key, i) => key === at[i]))
      return `${text} is masked, and the cursor ${cursor.path} would keep it as it is`;
    if (isOwn(cursor) && keys.some((key) => fieldKey(fieldOf(key, "a key")) === fieldKey(field)))
      return `${text} is a key and masked: not with a cursor that has an order of its own`;
  }
  return undefined;
}

/** Fields that are dropped or masked, in any of the tables. */
export function hiddenFields(options: AnyOptions): string[][] {
  return allColumns(options).flatMap(({ field, column }) =>
    column === "drop" || isMasked(column) ? [field] : [],
  );
}

function allColumns({ columns, table }: AnyOptions): { text: string; field: string[]; column: Column }[] {
  const routed = typeof table === "object" ? Object.values(table.columns ?? {}) : [];
  return [columns ?? {}, ...routed].flatMap((each) =>
    Object.entries(each).map(([text, column]) => ({ text, field: fieldOf(text, "columns"), column })),
  );
}

function isMasked(column: Column): boolean {
  return typeof column === "object" && column.mask !== undefined;
}

/** What is wrong with how a resource's records are sent to tables; undefined when nothing is. */
export function routeFault({ table, columns }: AnyOptions, keys: readonly string[]): string | undefined {
  if (table === undefined || typeof table === "string") return undefined;
  if (typeof table !== "object" || table === null || typeof table.by !== "string")
    return "table is a name, or { by: field }";
  const other = Object.keys(table).find((name) => name !== "by" && name !== "columns");
  if (other) return `table has no "${other}"; it has: by, columns`;
  fieldOf(table.by, "table");
  const names = new Map<string, string>();
  for (const [name, more] of Object.entries(table.columns ?? {})) {
    const same = names.get(tableName(name));
    if (same !== undefined) return `tables ${same} and ${name} are one, ${tableName(name)}`;
    names.set(tableName(name), name);
    const fault = columnsFault({ ...columns, ...more }, keys);
    if (fault) return `table ${name}: ${fault}`;
  }
  return undefined;
}

function columnFault(column: unknown): string | undefined {
  const types = `types: ${DATA_TYPES.join(", ")}, and "drop"`;
  if (typeof column === "string")
    return column === "drop" || isType(column) ? undefined : `"${column}" is no type; ${types}`;
  if (typeof column !== "object" || column === null) return `it is no type and no hint; ${types}`;
  const hint = column as Record<string, unknown>;
  const other = Object.keys(hint).find((name) => !OPTIONS.includes(name));
  if (other) return `there is no "${other}"; there are ${OPTIONS.join(", ")}`;
  const { type, as, nullable, precision, scale, mask, key } = hint;
  if (type !== undefined && !isType(type)) return `"${String(type)}" is no type; ${types}`;
  if (as !== undefined && (typeof as !== "string" || as.trim() === "")) return "as is the column's name";
  if (nullable !== undefined && typeof nullable !== "boolean") return "nullable is true or false";
  if (precision !== undefined && (type !== "decimal" || !isWhole(precision, 1, 38)))
    return 'precision is a whole number from 1 to 38, with type "decimal"';
  if (scale !== undefined && !isWhole(scale, 0, precision as number))
    return "scale is a whole number from 0 to the precision, which must be given";
  if (mask !== undefined && !MASKS.includes(mask as string)) return `mask is one of ${MASKS.join(", ")}`;
  if (mask === "hmac" && key === undefined) return 'mask "hmac" needs a key: secret("…")';
  if (key !== undefined && mask !== "hmac") return 'key is of mask "hmac"';
  if (key !== undefined && !isValue(key)) return 'a key is no text in the code: secret("…")';
  if (mask && mask !== "null" && type !== undefined && type !== "text")
    return `what is masked by ${String(mask)} is text`;
  if (mask === "null" && nullable === false) return "what is masked by null is nullable";
  return undefined;
}

function isType(type: unknown): boolean {
  return (DATA_TYPES as readonly unknown[]).includes(type);
}

function isWhole(value: unknown, from: number, to: number | undefined): boolean {
  return Number.isInteger(value) && (value as number) >= from && to !== undefined && (value as number) <= to;
}
