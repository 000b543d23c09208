import type { NestedHints } from "../binding/contract.ts";
import type { TableSchema } from "../schema/types.ts";
import { columnsFault } from "./column-options.ts";
import { fieldKey, fieldOf } from "./fields.ts";
import { mergeFault, mergeHints, mergingOf } from "./merging.ts";
import type { AnyOptions } from "./options.ts";

const OPTIONS =
  "columns write primaryKey strategy mergeKey hardDelete dedupSort deduplicated validity boundary active".split(
    " ",
  );

/** What a resource says of a nested table. */
export interface NestedTable {
  /** Where the lists are that fill it. */
  readonly field: readonly string[];
  readonly options: AnyOptions;
}

/** All nested tables a resource says something of. */
export function nestedTables({ nested = {} }: AnyOptions): NestedTable[] {
  return Object.entries(nested).map(([text, options]) => ({
    field: fieldOf(text, "nested"),
    options: options as AnyOptions,
  }));
}

/** Those with a key. They stand on their own, as in dlt: no parent, a write disposition of their own. */
export function ownTables(options: AnyOptions): NestedTable[] {
  return nestedTables(options).filter((table) => hasKey(table.options));
}

function hasKey({ primaryKey, mergeKey }: AnyOptions): boolean {
  return primaryKey !== undefined || mergeKey !== undefined;
}

/** What the engine has to know of the tables that stand on their own. */
export function nestedHints(options: AnyOptions): NestedHints[] {
  return ownTables(options).map((table) => {
    const merging = mergingOf(table.options);
    return { path: table.field, ...(merging ? mergeHints(merging).table : {}) };
  });
}

/** What is wrong with what a resource says of its nested tables; undefined when nothing is. */
export function nestedFault(resource: AnyOptions): string | undefined {
  const { nested, columns } = resource;
  if (nested === undefined) return undefined;
  if (typeof nested !== "object" || nested === null || Array.isArray(nested))
    return "nested is no object of lists and options";
  const seen = new Map<string, string>();
  const whole: Record<string, never> = {};
  for (const [text, given] of Object.entries(nested)) {
    if (typeof given !== "object" || given === null) return `nested ${text} has no options`;
    const other = Object.keys(given).find((name) => !OPTIONS.includes(name));
    if (other) return `nested ${text} has no option "${other}"; options: ${OPTIONS.join(", ")}`;
    const field = fieldOf(text, "nested");
    const same = seen.get(fieldKey(field));
    if (same !== undefined) return `nested ${same} and ${text} are one`;
    seen.set(fieldKey(field), text);
    const options = given as AnyOptions;
    const fault = mergeFault(options) ?? columnsFault(options.columns ?? {}, keysOf(options));
    if (fault) return `nested ${text}: ${fault}`;
    if (options.write === "skip")
      return `nested ${text}: columns: { ${JSON.stringify(text)}: "drop" } leaves it out`;
    // Without a key it stays with its parent, and goes where that goes: dlt loses rows otherwise.
    if (options.write !== undefined && !hasKey(options))
      return `nested ${text}: write needs a primaryKey or a mergeKey, which makes it a table of its own`;
    for (const [column, hint] of Object.entries(options.columns ?? {}))
      Object.assign(whole, { [bracketed([...field, ...fieldOf(column, "columns")])]: hint });
  }
  for (const { field } of nestedTables(resource)) {
    for (const [text, hint] of Object.entries(columns ?? {})) {
      const above = fieldOf(text, "columns");
      if (!above.every((key, at) => field[at] === key)) continue;
      if (
        hint === "drop" ||
        hint === "json" ||
        (typeof hint === "object" && (hint.mask || hint.type === "json"))
      )
        return `nested ${field.join(".")} lies in ${text}, which is ${hint === "drop" ? "dropped" : "one column"}`;
    }
  }
  return columnsFault({ ...columns, ...whole }, []);
}

function keysOf({ primaryKey, mergeKey }: AnyOptions): string[] {
  return [...[primaryKey ?? []].flat(), ...[mergeKey ?? []].flat()];
}

/** A path in which every key stands in brackets. */
export function bracketed(field: readonly string[]): string {
  return field.map((key) => (key.includes("'") ? `["${key}"]` : `['${key}']`)).join("");
}

/** The root table and the place among {@link ownTables} that the engine notes at a table of its own. */
export function nestedMark(table: TableSchema): { in: string; at: number } | undefined {
  return table[MARK] as { in: string; at: number } | undefined;
}

const MARK = "x-runlet-nested";

/** The table without what only the run has to know. */
export function unmarked(table: TableSchema): TableSchema {
  if (!(MARK in table)) return table;
  const { [MARK]: _, ...rest } = table;
  return rest as TableSchema;
}
