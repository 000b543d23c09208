import type { ColumnHint, TableHints } from "../binding/contract.ts";
import { RunletError } from "../errors.ts";
import type { Config } from "./config.ts";
import type { AnyOptions, Column } from "./options.ts";
import { fieldKey, fieldOf } from "./fields.ts";
import { statedTypes } from "./json-schema.ts";
import { mergeHints, mergingOf } from "./merging.ts";
import { tableName } from "./naming.ts";
import { nestedHints, nestedTables } from "./nested.ts";
import { keys } from "./resource.ts";

/** A resource's `columns`, `primaryKey` and `schema` as hints for the engine. Mask keys are resolved. `more`: hints of one
 *  of its tables. */
export async function tableHints(
  name: string,
  options: AnyOptions,
  config: Config,
  more: Record<string, Column> = {},
): Promise<TableHints> {
  const hints = new Map<string, ColumnHint>();
  const at = (field: readonly string[]) => {
    const key = fieldKey(field);
    let hint = hints.get(key);
    if (!hint) hints.set(key, (hint = { path: field }));
    return hint;
  };
  const named = (text: string) => at(fieldOf(text, `resource ${name}`));
  for (const { field, type } of stated(name, options)) at(field).type = type;
  for (const [text, column] of Object.entries({ ...options.columns, ...more })) {
    Object.assign(named(text), await columnHint(`${name}.${text}`, column, config));
  }
  const merging = mergingOf(options);
  const tables = [{ field: [] as readonly string[], options }, ...nestedTables(options)];
  for (const { field: above, options: given } of tables) {
    const below = (text: string) => at([...above, ...fieldOf(text, `resource ${name}`)]);
    if (given !== options)
      for (const [text, column] of Object.entries(given.columns ?? {}))
        Object.assign(below(text), await columnHint(`${name}.${text}`, column, config));
    for (const key of keys(given)) Object.assign(below(key), { primaryKey: true, nullable: false });
    const merge = mergingOf(given);
    for (const [text, role] of merge ? mergeHints(merge).fields : []) Object.assign(below(text), role);
  }
  const nested = nestedHints(options);
  return {
    ...(merging ? mergeHints(merging).table : {}),
    ...(nested.length ? { nested } : {}),
    ...(hints.size ? { columns: reachable([...hints.values()]) } : {}),
    ...(options.maxNesting === undefined ? {} : { maxTableNesting: options.maxNesting }),
  };
}

/** Hints for some of the tables to which a resource's records go, by normalised name. */
export function routedColumns({ table }: AnyOptions): { to: string; more: Record<string, Column> }[] {
  const given = typeof table === "object" ? (table.columns ?? {}) : {};
  return Object.entries(given).map(([name, more]) => ({ to: tableName(name), more }));
}

async function columnHint(where: string, column: Column, config: Config): Promise<Partial<ColumnHint>> {
  if (column === "drop") return { drop: true };
  const { key, ...rest } = typeof column === "string" ? { type: column } : { ...column };
  return key === undefined ? rest : { ...rest, maskKey: await config.text(key, `column ${where}`) };
}

function stated(name: string, options: AnyOptions): ReturnType<typeof statedTypes> {
  try {
    return statedTypes(options);
  } catch (error) {
    if (!(error instanceof RunletError)) throw error;
    throw new RunletError(error.code, `resource ${name}: ${error.message}`, {
      where: { resource: name },
      ...(error.hint ? { hint: error.hint } : {}),
      cause: error.cause,
    });
  }
}

/** Without what a schema states of the inside of a value that `columns` drops, masks or keeps as JSON; the same for a
 *  type it states of a masked value, which is text. */
function reachable(hints: ColumnHint[]): ColumnHint[] {
  const whole = hints.filter(({ drop, mask, type }) => drop || mask || type === "json");
  const within = (inner: ColumnHint, outer: ColumnHint) =>
    inner.path.length > outer.path.length && outer.path.every((key, at) => inner.path[at] === key);
  return hints
    .filter((hint) => !whole.some((outer) => within(hint, outer)))
    .map(({ type, ...hint }) => (type === undefined || hides(hint) ? hint : { ...hint, type }));
}

function hides({ mask, drop }: ColumnHint): boolean {
  return drop === true || mask === "hmac" || mask === "redact";
}
